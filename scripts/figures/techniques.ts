// Every technique on the digits with 300 training rows, five seeds: the table of docs/techniques/index.md.
// Each technique's options are chosen on rows of the 300 alone: 200 train and 100 validate, and the choice
// with the best ensemble accuracy over the five seeds trains on all 300. Test rows are the other 1 497.
// Run: node dist/scripts/figures/techniques.js [seeds]

import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import {
  createPool,
  Dataset,
  readCsv,
  splitRows,
  type TrainingOptions,
  trainEnsemble,
} from '../../src/index.js';
import { formerly } from '../support/former-defaults.js';

const TRAINING_ROWS = 300;
const VALIDATION_SHARE = 1 / 3;
const MEMBERS = 8;
const IMAGE = [1, 8, 8] as const;
/** Quantile 0.975 of Student's t with n − 1 degrees of freedom, for the intervals over n seeds. */
const STUDENT: Readonly<Record<number, number>> = { 2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776 };

/** The same net and budget for all; without resampling the members differ by initialisation and order. */
const BASE: TrainingOptions = {
  ...{ members: MEMBERS, hidden: [64], epochs: 120, learningRate: 1e-3, earlyStopping: 'none' },
  ...{ resample: 'none', image: IMAGE },
};

const dropouts: TrainingOptions[] = [
  { inputKeep: 0.8, hiddenKeep: 0.5 },
  { inputKeep: 0.9, hiddenKeep: 0.5 },
  { inputKeep: 1, hiddenKeep: 0.5 },
];
const adversarial: TrainingOptions[] = [0.02, 0.05, 0.1, 0.2].map((adversarialEpsilon) => ({
  adversarialEpsilon,
}));
const tangents: TrainingOptions[] = [1e-4, 3e-4, 1e-3].flatMap((tangentStrength) => [
  { tangentStrength },
  { tangentStrength, tangents: ['translateX', 'translateY', 'rotation', 'scaling'] },
]);
const penalties: TrainingOptions[] = [1e-2, 1e-1, 1].map((activityPenalty) => ({ activityPenalty }));
const ties: TrainingOptions[] = [1e-2, 1e-1, 1].map((tie) => ({ tie }));
const convolutional: TrainingOptions[] = [
  { layers: ['conv 16@3 same', 'maxpool 2', 'dense 64'], hidden: [] },
  { layers: ['conv 16@3 same', 'maxpool 2', 'conv 32@3 same', 'maxpool 2', 'dense 64'], hidden: [] },
];

const TECHNIQUES: Readonly<Record<string, readonly TrainingOptions[]>> = {
  plain: [{}],
  dropout: dropouts,
  adversarial,
  'tangent propagation': tangents,
  'activity penalty': penalties,
  tied: ties,
  bagged: [{ resample: 'bootstrap' }],
  convolution: convolutional,
};

/** Not part of the last line of the first ones. */
const FURTHER: Readonly<Record<string, readonly TrainingOptions[]>> = {
  'L2 penalty': [1e-4, 1e-3, 1e-2].map((l2) => ({ l2 })),
  'L1 penalty': [1e-5, 1e-4, 1e-3].map((l1) => ({ l1 })),
  'label smoothing': [0.05, 0.1, 0.2].map((labelSmoothing) => ({ labelSmoothing })),
  'input noise': [0.1, 0.3, 0.5].map((inputNoise) => ({ inputNoise })),
  'early stopping': [0.1, 0.2].map((validationShare) => ({ earlyStopping: 'validation', validationShare })),
  snapshots: [2, 4].map((snapshots) => ({ snapshots, members: MEMBERS / snapshots, learningRate: 3e-3 })),
};

interface Result {
  readonly accuracy: number;
  readonly memberAccuracy: number;
  readonly v: number;
  readonly c: number;
  readonly rho: number;
}

const table = readCsv('data/digits.csv');
const columns = table.columns.filter(({ name }) => name !== 'digit');
const pixels = Float64Array.from({ length: table.rows * columns.length }, (_, at) =>
  columns[at % columns.length]!.number(Math.floor(at / columns.length)),
);
const digit = table.columns.find(({ name }) => name === 'digit')!;
const labels = Int32Array.from({ length: table.rows }, (_, row) => digit.number(row));
const classes = Array.from({ length: 10 }, (_, label) => String(label));

/** The rows as a dataset: pixels scaled to −1…1, alike in every split. */
function datasetOf(rows: Uint32Array): Dataset {
  const features = columns.length;
  const x = Float32Array.from({ length: rows.length * features }, (_, at) => {
    const row = rows[Math.floor(at / features)]!;
    return pixels[row * features + (at % features)]! / 8 - 1;
  });
  const own = Int32Array.from(rows, (row) => labels[row]!);
  return Dataset.fromArrays({ x, rows: rows.length, features, labels: own, classes, standardise: false });
}

const pool = createPool();

async function measure(train: Dataset, test: Dataset, options: TrainingOptions): Promise<Result> {
  const ensemble = await trainEnsemble(train, formerly({ ...BASE, ...options }), { runner: pool });
  const report = await evaluateEnsemble(ensemble, test, { curves: false, replicates: 0 });
  const { v, c, rho } = report.errorCorrelation;
  return {
    accuracy: report.ensemble!.accuracy!,
    memberAccuracy: report.meanMember.accuracy!,
    v,
    c: c!,
    rho: rho!,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The candidate with the best mean validation accuracy; the first of equals. */
async function choose(
  candidates: readonly TrainingOptions[],
  seeds: readonly number[],
): Promise<[TrainingOptions, number]> {
  let best: [TrainingOptions, number] = [candidates[0]!, -1];
  for (const candidate of candidates) {
    const accuracies: number[] = [];
    for (const seed of seeds) {
      const { train } = outerSplit(seed);
      const inner = splitRows({
        rows: train.length,
        share: VALIDATION_SHARE,
        seed,
        labels: Int32Array.from(train, (row) => labels[row]!),
      });
      const pick = (at: Uint32Array) => datasetOf(at.map((index) => train[index]!));
      accuracies.push((await measure(pick(inner.train), pick(inner.test), { ...candidate, seed })).accuracy);
    }
    if (mean(accuracies) > best[1]) best = [candidate, mean(accuracies)];
  }
  return best;
}

function outerSplit(seed: number) {
  return splitRows({ rows: table.rows, share: 1 - TRAINING_ROWS / table.rows, seed, labels });
}

function row(
  name: string,
  results: readonly Result[],
  plain: readonly Result[],
  options: TrainingOptions,
): string {
  const percent = (value: number) => (100 * value).toFixed(2);
  const differences = results.map(({ accuracy }, at) => 100 * (accuracy - plain[at]!.accuracy));
  const centre = mean(differences);
  const variance = differences.reduce((sum, d) => sum + (d - centre) ** 2, 0) / (differences.length - 1);
  const margin = STUDENT[differences.length]! * Math.sqrt(variance / differences.length);
  const difference =
    name === 'plain' ? '' : `${centre >= 0 ? '+' : ''}${centre.toFixed(2)} ± ${margin.toFixed(2)}`;
  const average = (of: keyof Result) => mean(results.map((result) => result[of]));
  const figures = [average('v').toFixed(4), average('c').toFixed(4), average('rho').toFixed(3)];
  const chosen = JSON.stringify(options).replaceAll('"', '').slice(1, -1);
  return `| ${[name, percent(average('memberAccuracy')), percent(average('accuracy')), difference, ...figures, chosen].join(' | ')} |`;
}

const seeds = Array.from({ length: Number(process.argv[2] ?? 5) }, (_, index) => index + 1);
const test = (seed: number) => datasetOf(outerSplit(seed).test);
console.log('| technique | member % | ensemble % | against plain, points | v | c | ρ | chosen options |');
console.log('|---|---|---|---|---|---|---|---|');
const chosen = new Map<string, [TrainingOptions, number]>();
let plain: Result[] = [];
async function report(name: string, options: TrainingOptions): Promise<void> {
  const results: Result[] = [];
  for (const seed of seeds) {
    results.push(await measure(datasetOf(outerSplit(seed).train), test(seed), { ...options, seed }));
  }
  if (name === 'plain') plain = results;
  console.log(row(name, results, plain, options));
}
for (const [name, candidates] of Object.entries(TECHNIQUES)) {
  chosen.set(name, await choose(candidates, seeds));
  await report(name, chosen.get(name)![0]);
}
// Useful is what did better than plain on the validation rows.
const baseline = chosen.get('plain')![1];
const useful = [...chosen].filter(([, [, accuracy]]) => accuracy > baseline);
await report(
  `all useful (${useful.map(([name]) => name).join(', ')})`,
  Object.assign({}, ...useful.map(([, [options]]) => options)),
);
for (const [name, candidates] of Object.entries(FURTHER)) {
  await report(name, (await choose(candidates, seeds))[0]);
}
await pool.close();
