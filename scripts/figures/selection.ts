// Selection out of bag against equal weights on the digits, 300 training rows, 24 members of three sizes, two learning
// rates and two activations: the figures of docs/techniques/member-selection.md, squared error, log-loss and share of wrong classes
// on the other rows.
// Run: node dist/scripts/figures/selection.js [seeds, 2]

import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
import { selectMembers } from '../../src/ensemble/select/select-members.js';
import { createPool, type TrainedEnsemble, trainEnsemble } from '../../src/index.js';
import { allRows, datasetOf, split } from '../support/digits.js';
import { formerly } from '../support/former-defaults.js';

const GRID = { hidden: [[8], [32], [64]], learningRate: [1e-3, 1e-2], activation: ['relu', 'tanh'] } as const;

const { hidden: _, learningRate: _rate, activation: _kind, ...OTHERS } = formerly({ members: 24 });

const pool = createPool();
for (let seed = 1; seed <= Number(process.argv[2] ?? 2); seed++) {
  const rows = allRows();
  const { left, taken } = split(rows, 1 - 300 / rows.length, seed);
  const train = datasetOf(left);
  const test = datasetOf(taken, train);
  const ensemble = await trainEnsemble(train, { ...OTHERS, grid: GRID as never, seed }, { runner: pool });
  const { check, weights } = await selectMembers(ensemble, train, { outOfBag: true, always: true });
  const scores = async (own: TrainedEnsemble) => {
    const { squaredError, logLoss, errorRate } = (
      await evaluateEnsemble(own, test, { curves: false, replicates: 0 })
    ).ensemble!;
    return [squaredError, logLoss, errorRate].map((score) => score!.toFixed(4)).join(', ');
  };
  console.log(`seed ${seed}: gain ${check!.gain.toFixed(4)} ± ${check!.standardError.toFixed(4)} out of bag`);
  console.log(`  equal weights ${await scores(ensemble)}`);
  console.log(
    `  selected ${weights.filter((weight) => weight > 0).length}: ${await scores(withAveragingWeights(ensemble, weights))}`,
  );
}
await pool.close();
