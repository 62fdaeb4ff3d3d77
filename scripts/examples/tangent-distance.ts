// Nearest neighbours by tangent distance against Euclidean ones on the digits with few training rows: the
// table of docs/REGULARIZATION.md. k, smoothing and stiffness are chosen on training rows alone (a third of
// them validates, summed over the seeds); test rows are all the others.
// Run: node dist/scripts/examples/tangent-distance.js [training rows, 100] [seeds, 2]; the documented figures: 100 5, 300 5

import {
  Dataset,
  evaluateEnsemble,
  readCsv,
  splitRows,
  type TrainingOptions,
  trainEnsemble,
} from '../../src/index.js';

/** Quantile 0.975 of Student's t with n − 1 degrees of freedom. */
const STUDENT: Readonly<Record<number, number>> = { 2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776 };

const NEIGHBOURS: TrainingOptions = { engine: 'neighbours', resample: 'none', image: [8, 8] };
const KS = [1, 3].map((neighbours) => ({ ...NEIGHBOURS, neighbours, votes: 'inverseDistance' as const }));
const TANGENTS = KS.flatMap((own) =>
  [0, 0.5, 0.7].flatMap((tangentSigma) =>
    [0.01, 0.1].map((tangentStiffness) => ({ ...own, tangentSigma, tangentStiffness })),
  ),
);
const oneSided = TANGENTS.map((own): TrainingOptions => ({ ...own, distance: 'tangentOneSided' }));
const twoSided = TANGENTS.map((own): TrainingOptions => ({ ...own, distance: 'tangentTwoSided' }));

const table = readCsv('data/digits.csv');
const numbers = table.columns.map((column) =>
  Array.from({ length: table.rows }, (_, row) => Number(column.text(row))),
);
const labels = numbers[64]!;

/** These rows as a dataset, scaled like `like` or by themselves. */
function datasetOf(rows: Uint32Array, like?: Dataset): Dataset {
  const x = Float32Array.from(
    { length: rows.length * 64 },
    (_, at) => numbers[at % 64]![rows[Math.floor(at / 64)]!]!,
  );
  const own = { x, rows: rows.length, features: 64, labels: Array.from(rows, (row) => labels[row]!) };
  return Dataset.fromArrays(like === undefined ? { ...own, standardise: true } : { ...own, like });
}

/** The share of `rows`, stratified by class, and what is left. */
function split(rows: Uint32Array, share: number, seed: number) {
  const own = Int32Array.from(rows, (row) => labels[row]!);
  const { train, test } = splitRows({ rows: rows.length, share, seed, labels: own, groups: null });
  return { left: train.map((at) => rows[at]!), taken: test.map((at) => rows[at]!) };
}

async function accuracyOf(options: TrainingOptions, seed: number, train: Uint32Array, test: Uint32Array) {
  const dataset = datasetOf(train);
  const ensemble = await trainEnsemble(dataset, { members: 1, seed, ...options });
  const { ensemble: scores } = await evaluateEnsemble(ensemble, datasetOf(test, dataset), {
    curves: false,
    replicates: 0,
  });
  return scores!.accuracy!;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `+1.20 (+0.85 … +1.55)`: the mean difference in percent and its 95 % interval over the seeds. */
function paired(own: readonly number[], base: readonly number[]): string {
  const differences = own.map((value, i) => 100 * (value - base[i]!));
  const centre = mean(differences);
  const square = differences.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const half = STUDENT[own.length]! * Math.sqrt(square / (own.length - 1) / own.length);
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
  return `${signed(centre)} (${signed(centre - half)} … ${signed(centre + half)})`;
}

const rows = Number(process.argv[2] ?? 100);
const seeds = Array.from({ length: Number(process.argv[3] ?? 2) }, (_, i) => i + 1);
const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
const splits = seeds.map((seed) => {
  const { left: test, taken: train } = split(all, rows / table.rows, seed);
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
const network: TrainingOptions = { hidden: [64], epochs: 120 };
const networks = await onTest({ ...network, members: 8 });
print('8 networks', networks, euclidean, '');
const members = [0, 1, 2, 3].flatMap(() => [network, { ...two, resample: 'bootstrap' as const }]);
print('4 networks and 4 two-sided neighbours, against 8 networks', await onTest({ members }), networks, '');
