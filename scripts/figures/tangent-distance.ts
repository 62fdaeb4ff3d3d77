// Nearest neighbours by tangent distance against Euclidean ones on the digits with few training rows: the
// table of docs/techniques/tangent-distance.md. k, smoothing and stiffness are chosen on training rows alone (a third of
// them validates, summed over the seeds); test rows are all the others.
// Run: node dist/scripts/figures/tangent-distance.js [training rows, 100] [seeds, 2]; the documented figures: 100 5, 300 5

import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { allRows, datasetOf, mean, paired, split } from '../support/digits.js';
import { formerly } from '../support/former-defaults.js';

const NEIGHBOURS: TrainingOptions = { engine: 'neighbours', resample: 'none', image: [8, 8] };
const KS = [1, 3].map((neighbours) => ({ ...NEIGHBOURS, neighbours, votes: 'inverseDistance' as const }));
const TANGENTS = KS.flatMap((own) =>
  [0, 0.5, 0.7].flatMap((tangentSigma) =>
    [0.01, 0.1].map((tangentStiffness) => ({ ...own, tangentSigma, tangentStiffness })),
  ),
);
const oneSided = TANGENTS.map((own): TrainingOptions => ({ ...own, distance: 'tangentOneSided' }));
const twoSided = TANGENTS.map((own): TrainingOptions => ({ ...own, distance: 'tangentTwoSided' }));

async function accuracyOf(options: TrainingOptions, seed: number, train: Uint32Array, test: Uint32Array) {
  const dataset = datasetOf(train);
  const ensemble = await trainEnsemble(dataset, { members: 1, seed, ...options });
  const { ensemble: scores } = await evaluateEnsemble(ensemble, datasetOf(test, dataset), {
    curves: false,
    replicates: 0,
  });
  return scores!.accuracy!;
}

const rows = Number(process.argv[2] ?? 100);
const seeds = Array.from({ length: Number(process.argv[3] ?? 2) }, (_, i) => i + 1);
const all = allRows();
const splits = seeds.map((seed) => {
  const { left: test, taken: train } = split(all, rows / all.length, seed);
  return { seed, train, test, inner: split(train, 1 / 3, seed) };
});

/** The candidate with the best accuracy on the held-out third, over all seeds; the first of equals. */
async function choose(candidates: readonly TrainingOptions[]): Promise<TrainingOptions> {
  const scores: number[] = [];
  for (const options of candidates) {
    const own = splits.map(({ seed, inner }) => accuracyOf(options, seed, inner.left, inner.taken));
    scores.push(mean(await Promise.all(own)));
  }
  return candidates[scores.indexOf(Math.max(...scores))]!;
}

async function onTest(options: TrainingOptions): Promise<number[]> {
  const accuracies: number[] = [];
  for (const { seed, train, test } of splits) accuracies.push(await accuracyOf(options, seed, train, test));
  return accuracies;
}

/** One line of the table: accuracy, its paired difference to `base`, the options that were chosen. */
function print(
  name: string,
  accuracies: readonly number[],
  base: readonly number[] | null,
  note: string,
): void {
  const difference = base === null ? '' : paired(accuracies, base);
  console.log(`| ${name} | ${(100 * mean(accuracies)).toFixed(2)} % | ${difference} | ${note} |`);
}

console.log(
  `${splits[0]!.train.length} training rows, ${splits[0]!.test.length} test rows, ${seeds.length} seeds`,
);
const plain = await choose(KS);
const euclidean = await onTest(plain);
print('Euclidean', euclidean, null, `k ${plain.neighbours}`);
const one = await choose(oneSided);
const two = await choose(twoSided);
for (const [name, options] of Object.entries({ 'tangent, one-sided': one, 'tangent, two-sided': two })) {
  const { neighbours, tangentSigma, tangentStiffness } = options;
  const note = `k ${neighbours}, sigma ${tangentSigma}, stiffness ${tangentStiffness}`;
  print(name, await onTest(options), euclidean, note);
}
const network: TrainingOptions = formerly({ epochs: 120, learningRate: 1e-3, earlyStopping: 'none' });
const networks = await onTest({ ...network, members: 8 });
print('8 networks', networks, euclidean, '');
const members = [0, 1, 2, 3].flatMap(() => [network, { ...two, resample: 'bootstrap' as const }]);
print('4 networks and 4 two-sided neighbours, against 8 networks', await onTest({ members }), networks, '');
