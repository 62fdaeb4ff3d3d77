// Networks of both engines, decision trees and nearest neighbours by tangent distance in one ensemble on the digits:
// what each kind errs and shares of its errors, what the mean of all makes of it, and the mean with weights chosen on
// validation rows beside the member that is best on those rows. The tfjs members have a layer that the wasm engine
// lacks; @tensorflow/tfjs-node has to be installed.
// Run: node dist/scripts/examples/mixed.js [seeds, 1]; the figures of docs/LEARNERS.md: 5

import { fileURLToPath } from 'node:url';
import {
  createPool,
  Dataset,
  type Ensemble,
  evaluateEnsemble,
  type MemberOptions,
  readCsv,
  selectMembers,
  splitRows,
  trainEnsemble,
  withAveragingWeights,
} from '../../src/index.js';

const file = (path: string) => fileURLToPath(new URL(`../../../scripts/examples/${path}`, import.meta.url));

/** Two of each kind, so that each has error products of its own. */
const KINDS: readonly MemberOptions[] = [
  { hidden: [64] },
  { engine: 'tfjs', model: file('models/recurrent.mjs'), epochs: 15, learningRate: 5e-3 },
  // A tree of this package takes time that grows with the square of its rows.
  {
    learner: file('learners/tree.mjs'),
    ...{ resample: 'subsample', resampleShare: 0.5, featureShare: 0.5 },
  },
  {
    engine: 'neighbours',
    ...{ distance: 'tangentTwoSided', image: [8, 8], votes: 'inverseDistance', voteSmoothing: 0.1 },
  },
];
const MEMBERS = KINDS.flatMap((kind) => [kind, kind]);

/** Quantile 0.975 of Student's t with n − 1 degrees of freedom. */
const STUDENT: Readonly<Record<number, number>> = { 2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776 };

const table = readCsv('data/digits.csv');
const numbers = table.columns.map((column) =>
  Array.from({ length: table.rows }, (_, row) => Number(column.text(row))),
);
const labels = Int32Array.from(numbers[64]!);

/** These rows as a dataset, scaled like `like` or by themselves. */
function datasetOf(rows: Uint32Array, like?: Dataset): Dataset {
  const x = Float32Array.from(
    { length: rows.length * 64 },
    (_, at) => numbers[at % 64]![rows[Math.floor(at / 64)]!]!,
  );
  const own = { x, rows: rows.length, features: 64, labels: Array.from(rows, (row) => labels[row]!) };
  return Dataset.fromArrays(like === undefined ? { ...own, standardise: true } : { ...own, like });
}

/** A share of `rows`, stratified by class, and what is left. */
function split(rows: Uint32Array, share: number, seed: number) {
  const own = rows.map((row) => labels[row]!);
  const { train, test } = splitRows({
    ...{ rows: rows.length, share, seed, labels: Int32Array.from(own), groups: null },
  });
  return { left: train.map((at) => rows[at]!), taken: test.map((at) => rows[at]!) };
}

/** Half of the rows train, a sixth validates, a third tests. */
function datasets(seed: number) {
  const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
  const test = split(all, 1 / 3, seed);
  const validation = split(test.left, 1 / 4, seed);
  const train = datasetOf(validation.left);
  return { train, validation: datasetOf(validation.taken, train), test: datasetOf(test.taken, train) };
}

const accuracyOf = async (ensemble: Ensemble, test: Dataset) =>
  (await evaluateEnsemble(ensemble, test, { replicates: 0, curves: false })).ensemble!.accuracy!;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** Trains and measures one mixed ensemble; returns its accuracies on the test rows. */
async function run(seed: number) {
  const { train, validation, test } = datasets(seed);
  const ensemble = await trainEnsemble(train, { seed, members: MEMBERS }, { runner: pool });
  for (const { error } of ensemble.failures) console.log(error.message);
  const report = await evaluateEnsemble(ensemble, test);
  console.log(`seed ${seed}`);
  for (const { kind, members, meanMember, errorCorrelation } of report.kinds) {
    const { v, c, rho } = errorCorrelation!;
    const figures = [v, c, rho].map((value) => value?.toFixed(4) ?? '–');
    const own = `accuracy ${percent(meanMember!.accuracy!)}, v ${figures[0]}, c ${figures[1]}, ρ ${figures[2]}`;
    console.log(`  ${members.length} × ${kind}: ${own}`);
  }
  const { v, c, rho } = report.errorCorrelation!;
  console.log(`  all: v ${v.toFixed(4)}, c ${c!.toFixed(4)}, ρ ${rho!.toFixed(4)}`);
  const { weights, bestMember } = await selectMembers(ensemble, validation, { metric: 'squaredError' });
  const equal = report.ensemble!.accuracy!;
  const chosen = await accuracyOf(withAveragingWeights(ensemble, weights), test);
  const best = await accuracyOf({ ...ensemble, members: [ensemble.members[bestMember.index]!] }, test);
  const meanMember = report.meanMember!.accuracy!;
  console.log(`  mean member ${percent(meanMember)}, equal weights ${percent(equal)}`);
  console.log(`  weights ${weights.map((weight) => weight.toFixed(2)).join(', ')}: ${percent(chosen)}`);
  console.log(`  member ${bestMember.index}, the best on the validation rows: ${percent(best)}`);
  return { meanMember, equal, chosen, best };
}

/** `+0.40 (+0.10 … +0.70)`: the mean of paired differences in points, and its 95 % interval over the seeds. */
function interval(differences: readonly number[]): string {
  const points = differences.map((difference) => 100 * difference);
  const mean = points.reduce((sum, value) => sum + value, 0) / points.length;
  const square = points.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = STUDENT[points.length]! * Math.sqrt(square / (points.length - 1) / points.length);
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
  return `${signed(mean)} (${signed(mean - half)} … ${signed(mean + half)})`;
}

const seeds = Number(process.argv[2] ?? 1);
const pool = createPool();
const results: Awaited<ReturnType<typeof run>>[] = [];
for (let seed = 1; seed <= seeds; seed++) results.push(await run(seed));
await pool.close();
if (seeds > 1) {
  const against = (base: 'meanMember' | 'equal' | 'best') =>
    interval(results.map((result) => result.chosen - result[base]));
  console.log(`chosen weights over ${seeds} seeds, in points of accuracy:`);
  console.log(`  to the mean member ${against('meanMember')}, to equal weights ${against('equal')}`);
  console.log(`  to the best member on the validation rows ${against('best')}`);
}
