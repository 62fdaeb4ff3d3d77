// Networks of both engines, decision trees and nearest neighbours by tangent distance in one ensemble on the digits:
// what each kind errs and shares of its errors, what the mean of all makes of it, and the mean with weights chosen on
// validation rows beside the member that is best on those rows. The tfjs members have a layer that the wasm engine
// lacks; @tensorflow/tfjs-node has to be installed.
// Run: node dist/scripts/figures/mixed.js [seeds, 1]; the figures of docs/guide/mixed-ensembles.md: 5

import { fileURLToPath } from 'node:url';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
import { selectMembers } from '../../src/ensemble/select/select-members.js';
import {
  createPool,
  type Dataset,
  type MemberOptions,
  type TrainedEnsemble,
  trainEnsemble,
} from '../../src/index.js';
import { allRows, datasetOf, paired, split } from '../support/digits.js';
import { formerly } from '../support/former-defaults.js';

const file = (path: string) => fileURLToPath(new URL(`../../../scripts/examples/${path}`, import.meta.url));

/** Two of each kind, so that each has error products of its own. */
const KINDS: readonly MemberOptions[] = [
  formerly({ hidden: [64], epochs: 40, learningRate: 1e-3, earlyStopping: 'none' }),
  {
    engine: 'tfjs',
    model: file('models/recurrent.mjs'),
    ...{ epochs: 15, optimizer: 'adam', learningRate: 5e-3, earlyStopping: 'none', resample: 'bootstrap' },
  },
  // A tree of this package takes time that grows with the square of its rows.
  {
    learner: file('learners/tree.mjs'),
    ...{ resample: 'subsample', resampleShare: 0.5, featureShare: 0.5 },
  },
  {
    engine: 'neighbours',
    resample: 'bootstrap',
    ...{ distance: 'tangentTwoSided', image: [8, 8], votes: 'inverseDistance', voteSmoothing: 0.1 },
  },
];
const MEMBERS = KINDS.flatMap((kind) => [kind, kind]);

/** Half of the rows train, a sixth validates, a third tests. */
function datasets(seed: number) {
  const test = split(allRows(), 1 / 3, seed);
  const validation = split(test.left, 1 / 4, seed);
  const train = datasetOf(validation.left);
  return { train, validation: datasetOf(validation.taken, train), test: datasetOf(test.taken, train) };
}

const accuracyOf = async (ensemble: TrainedEnsemble, test: Dataset) =>
  (await evaluateEnsemble(ensemble, test, { replicates: 0, curves: false })).ensemble!.accuracy!;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** Trains and measures one mixed ensemble; returns its accuracies on the test rows. */
async function run(seed: number) {
  const { train, validation, test } = datasets(seed);
  const ensemble = await trainEnsemble(train, { seed, members: MEMBERS }, { runner: pool });
  for (const { error } of ensemble.failures) console.log(error.message);
  const report = await evaluateEnsemble(ensemble, test);
  console.log(`seed ${seed}`);
  for (const { kind, memberIndices, meanMember, errorCorrelation } of report.kinds) {
    const { v, c, rho } = errorCorrelation!;
    const figures = [v, c, rho].map((value) => value?.toFixed(4) ?? '–');
    const own = `accuracy ${percent(meanMember!.accuracy!)}, v ${figures[0]}, c ${figures[1]}, ρ ${figures[2]}`;
    console.log(`  ${memberIndices.length} × ${kind}: ${own}`);
  }
  const { v, c, rho } = report.errorCorrelation!;
  console.log(`  all: v ${v.toFixed(4)}, c ${c!.toFixed(4)}, ρ ${rho!.toFixed(4)}`);
  const { weights, bestMember } = await selectMembers(ensemble, validation, {
    metric: 'squaredError',
  });
  const equal = report.ensemble!.accuracy!;
  const chosen = await accuracyOf(withAveragingWeights(ensemble, weights), test);
  const best = await accuracyOf({ ...ensemble, members: [ensemble.members[bestMember.place]!] }, test);
  const meanMember = report.meanMember!.accuracy!;
  console.log(`  mean member ${percent(meanMember)}, equal weights ${percent(equal)}`);
  console.log(`  weights ${weights.map((weight) => weight.toFixed(2)).join(', ')}: ${percent(chosen)}`);
  console.log(`  member ${bestMember.index}, the best on the validation rows: ${percent(best)}`);
  return { meanMember, equal, chosen, best };
}

const seeds = Number(process.argv[2] ?? 1);
const pool = createPool();
const results: Awaited<ReturnType<typeof run>>[] = [];
for (let seed = 1; seed <= seeds; seed++) results.push(await run(seed));
await pool.close();
if (seeds > 1) {
  const figures = (of: keyof (typeof results)[number]) => results.map((result) => result[of]);
  const against = (base: 'meanMember' | 'equal' | 'best') => paired(figures('chosen'), figures(base));
  console.log(`chosen weights over ${seeds} seeds, in points of accuracy:`);
  console.log(`  to the mean member ${against('meanMember')}, to equal weights ${against('equal')}`);
  console.log(`  to the best member on the validation rows ${against('best')}`);
}
