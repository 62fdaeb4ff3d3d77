// JSON of an ensemble: a reader that knows nothing but the page of the format predicts what tutti does.

import t, { type Test } from 'tap';
import { Ensemble } from '../../src/api/ensemble.js';
import { loadData } from '../../src/api/load-data.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { Dataset, type DatasetArrays } from '../../src/data/dataset/dataset.js';
import type { DataRecord } from '../../src/data/table/record-table.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { type ExportOptions, writeExport } from '../../src/exports/formats.js';
import type { TrainingOptions } from '../../src/model/options/training-options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { predictFromJson } from '../support/json-reader.js';
import { mixedRecords } from '../support/mixed-records.js';

/** Members' single precision, and what it comes to in logarithms. */
const NEAR = 1e-5;

type Choice = Omit<ExportOptions, 'format'>;

async function jsonOf(ensemble: TrainedEnsemble, options: Choice = {}) {
  const bytes = await writeExport(ensemble, { format: 'json', ...options });
  return JSON.parse(Buffer.from(bytes).toString());
}

function furthest(own: readonly (readonly number[])[], expected: ArrayLike<number>, scale = 1): number {
  return own.flat().reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!) / scale), 0);
}

async function agrees(t: Test, ensemble: TrainedEnsemble, rows: Dataset, options: Choice = {}) {
  const { x, features, encoding } = rows;
  const lists = Array.from({ length: rows.rows }, (_, row) => [
    ...x.subarray(row * features, (row + 1) * features),
  ]);
  const read = predictFromJson(await jsonOf(ensemble, options), lists);
  const { mean, variance, labels } = await predictEnsemble(ensemble, rows, options);
  const scale = encoding.targets.std[0] ?? 1;
  t.ok(furthest(read.mean, mean, scale) < NEAR, `means: ${furthest(read.mean, mean, scale)}`);
  if (labels !== null) t.same(read.labels, [...labels]);
  if (variance !== null && rows.task.kind === 'regression') {
    t.ok(
      furthest(read.variance!, variance, scale * scale) < NEAR,
      `variances: ${furthest(read.variance!, variance)}`,
    );
  }
}

const classes = clusters(120, 6, 3);
const numbers = linear(120, 4, 2);
const images = clusters(60, 25, 2);
/** The same rows with other targets. */
const withTargets = ({ x, rows, features, targets }: Dataset, of: (value: number) => number): Dataset =>
  Dataset.fromArrays({ x, rows, features, targets: targets.map(of), targetNames: ['a', 'b'] });
const counted = withTargets(numbers, (value) => Math.round(Math.abs(value)));
const labelled = withTargets(numbers, (value) => (value > 0 ? 1 : 0));

function scaledBy(
  scaling: 'robust' | 'quantile',
  clip: Pick<DatasetArrays, 'softClip' | 'clipShape'>,
  { x, rows, features, labels } = classes,
): Dataset {
  // Some columns with an outlier, some of few values.
  const own = Float64Array.from(x, (value, at) => (at % features < 2 ? value ** 3 : Math.round(value)));
  return Dataset.fromArrays({ x: own, rows, features, labels, scaling, ...clip });
}

function bent(targetScaling: 'log' | 'quantile'): Dataset {
  const { x, rows, features, targets } = numbers;
  return Dataset.fromArrays({
    x,
    rows,
    features,
    targets: targets.map((y) => 1 + Math.abs(y)),
    targetScaling,
  });
}

const CASES: Readonly<Record<string, readonly [Dataset, TrainingOptions, Choice?]>> = {
  'dense networks, averaged': [classes, { hidden: [7, 5] }],
  'the geometric mean': [classes, { hidden: [7] }, { aggregator: 'geometricMean' }],
  votes: [classes, { hidden: [3], epochs: 2 }, { aggregator: 'majorityVote' }],
  'robust scaling and a smooth clip': [
    scaledBy('robust', { softClip: 3, clipShape: 'smooth' }),
    { hidden: [7] },
  ],
  'quantiles, softly clipped': [scaledBy('quantile', { softClip: 2 }), { hidden: [7] }],
  'logarithms of targets': [bent('log'), { hidden: [7] }],
  'targets by their quantiles': [bent('quantile'), { hidden: [7] }],
  'random subspaces': [classes, { hidden: [7], featureShare: 0.5 }],
  'plain and inverted dropout': [
    classes,
    { grid: { dropoutScaling: ['plain', 'inverted'] }, hidden: [8], inputKeep: 0.9, hiddenKeep: 0.7 },
  ],
  'embedded numbers and scaled inputs': [
    classes,
    {
      members: [
        { hidden: [4], numericEmbedding: 'periodic', embeddingFrequencies: 6, inputScale: true },
        { hidden: [4], numericEmbedding: 'cosine', embeddingSize: 4 },
        { hidden: [4], numericEmbedding: 'piecewiseLinear', embeddingBins: 5 },
        { hidden: [4], numericEmbedding: 'piecewiseLinear', embeddingBins: 5, embeddingSize: 3 },
        { hidden: [4], inputScale: true },
      ],
    },
  ],
  'mixed sizes and activations': [
    classes,
    {
      members: [
        { hidden: [4], activation: 'gelu' },
        { hidden: [], loss: 'softmaxCrossEntropy' },
        { hidden: [3, 3], activation: 'leakyRelu' },
        { hidden: [5], activation: 'softplus' },
      ],
    },
  ],
  'norms and residual blocks': [
    classes,
    {
      members: [{ hidden: [7, 5], norm: 'layer' }, { layers: ['residual 6, residual 8@5 mish, norm selu'] }],
    },
  ],
  'submodels that share weights': [
    classes,
    {
      ...{ hidden: [8, 6], submodels: 2, epochs: 3, batchSize: 32 },
      members: [
        { sharing: 'batchEnsemble' },
        { sharing: 'tabm', numericEmbedding: 'piecewiseLinear', embeddingBins: 4 },
        { sharing: 'tabmMini', loss: 'focal', focalGamma: 2 },
        { sharing: 'packed' },
        { sharing: 'masksembles', maskScale: 2, submodelBatch: 'split' },
      ],
    },
  ],
  'Huber, SWAG and fast geometric snapshots': [
    numbers,
    {
      ...{ hidden: [6], epochs: 6, earlyStopping: 'none' },
      members: [
        { loss: 'huber', huberDelta: 0.5 },
        { snapshots: 2, snapshotMode: 'swag', trajectoryStart: 0.3 },
        { snapshots: 2, snapshotMode: 'fastGeometric', trajectoryStart: 0.3 },
        { weightAverage: 'ema', averageDecay: 0.9 },
      ],
    },
  ],
  'one logit for two classes': [images, { hidden: [4], loss: 'binaryCrossEntropy', activation: 'tanh' }],
  'convolutions and pools': [
    images,
    {
      image: '5x5',
      layers: ['conv 3@3x3 same', 'maxpool 2', 'conv 4@2x2 sigmoid', 'avgpool 1'],
    },
  ],
  strides: [images, { image: '5x5', layers: ['conv 2@3x2 stride 2 same'] }],
  numbers: [numbers, { hidden: [6] }],
  'numbers without a clip': [numbers, { hidden: [6] }, { clip: false }],
  'Gaussian heads': [numbers, { hidden: [6], loss: 'gaussianNll' }],
  'rates of counts': [counted, { hidden: [6], loss: 'poisson' }],
  'several labels': [labelled, { hidden: [6], loss: 'multilabel' }],
  quantiles: [numbers, { hidden: [6], loss: 'quantile', quantiles: [0.1, 0.3, 0.5, 0.8] }],
  'trees, networks and neighbours': [
    classes,
    {
      members: [
        { hidden: [4], epochs: 6 },
        { engine: 'trees', rounds: 8, maxLeaves: 6 },
        { engine: 'neighbours', neighbours: 4, votes: 'inverseDistance', featureShare: 0.7 },
      ],
    },
  ],
  'trees of two classes and neighbours of images': [
    scaledBy('robust', { softClip: 3 }, images),
    {
      members: [
        { engine: 'trees', rounds: 8, maxLeaves: 6, featureShare: 0.5 },
        { engine: 'neighbours', neighbours: 3, image: '5x5', distance: 'euclidean' },
      ],
    },
  ],
  'trees and neighbours of numbers': [
    bent('log'),
    { members: [{ engine: 'trees', rounds: 8 }, { engine: 'neighbours' }, { hidden: [4], epochs: 6 }] },
  ],
  'the product of Gaussians': [
    numbers,
    { hidden: [6], loss: 'gaussianNll' },
    { aggregator: 'geometricMean' },
  ],
};

for (const [name, [dataset, options, choice]] of Object.entries(CASES)) {
  t.test(`${name} are saved, loaded and read as they predict`, async (t) => {
    const ensemble = await trainEnsemble(dataset, {
      ...('members' in options ? {} : { members: 3, epochs: 6 }),
      seed: 1,
      ...options,
    });
    const loaded = await loadEnsemble(ensembleToBytes(ensemble));
    const [one, other] = await Promise.all([ensemble, loaded].map((own) => predictEnsemble(own, dataset.x)));
    t.same(other, one);
    await agrees(t, loaded, dataset, choice);
  });
}

t.test('arrays are standardised and softly clipped as they were', async (t) => {
  const { Dataset: make } = await import('../../src/data/dataset/dataset.js');
  const x = Float64Array.from({ length: 240 }, (_, at) => 1e4 + Math.sin(at) * (at % 11 === 0 ? 900 : 30));
  const dataset = make.fromArrays({
    x,
    rows: 60,
    features: 4,
    labels: x.slice(0, 60).map((v) => +(v > 1e4)),
    softClip: 1,
  });
  await agrees(t, await trainEnsemble(dataset, { members: 2, hidden: [5], epochs: 5, seed: 1 }), dataset);
});

t.test('averaging weights count, and members without one are left out', async (t) => {
  const members = await trainEnsemble(classes, { members: 3, hidden: [4], epochs: 4, seed: 1 });
  const weighed = new Ensemble(members).withWeights([3, 0, 1]);
  const file = await jsonOf(weighed);
  t.same(
    file.members.map(({ member, weight }: { member: number; weight: number }) => [member, weight]),
    [
      [0, 0.75],
      [2, 0.25],
    ],
  );
  await agrees(t, weighed, classes);
});

for (const method of ['temperature', 'vector'] as const) {
  t.test(`calibration by ${method} goes along, unless it is left out`, async (t) => {
    const members = await trainEnsemble(classes, {
      members: 3,
      hidden: [9],
      epochs: 60,
      seed: 1,
      labelSmoothing: 0.3,
    });
    const calibrated = await new Ensemble(members).calibrate(classes, { method });
    await agrees(t, calibrated, classes);
    await agrees(t, calibrated, classes, { calibrated: false });
  });
}

t.test('isotonic calibration and a threshold go along', async (t) => {
  const members = await trainEnsemble(images, { members: 3, hidden: [9], epochs: 30, seed: 1 });
  const calibrated = await new Ensemble(members).calibrate(images, { method: 'isotonic', threshold: 0.3 });
  await agrees(t, calibrated, images);
});

t.test(
  'columns of a file are read by name: categories, gaps, constants, categories not seen before',
  async (t) => {
    const { records, target, fresh } = mixedRecords();
    for (const missingIndicators of [false, true]) {
      const unseen = missingIndicators ? 'learned' : 'ignore';
      const load = { target, impute: 'median', unseen, missingIndicators } as const;
      const { train } = await loadData(records, load);
      const ensemble = new Ensemble(
        await trainEnsemble(train, { members: 3, hidden: [6], epochs: 20, seed: 1 }),
      );
      const read = predictFromJson(await jsonOf(ensemble), fresh as readonly DataRecord[]);
      const answers = await ensemble.predict(fresh);
      answers.forEach((answer, row) => {
        const { probabilities } = answer as { probabilities: Readonly<Record<string, number>> };
        const expected = Object.values(probabilities);
        t.ok(furthest([read.mean[row]!], expected) < NEAR, `row ${row}: ${read.mean[row]}, ${expected}`);
      });
    }
  },
);

t.test('weights are the shortest decimals that read back the same', async (t) => {
  const ensemble = await trainEnsemble(classes, { members: 2, hidden: [4], epochs: 3, seed: 1 });
  const file = await jsonOf(ensemble);
  const [layer] = file.members[1].layers;
  t.same([layer.weight.length, layer.weight[0].length, layer.bias.length], [6, 4, 4]);
  const flat: number[] = layer.weight.flat();
  t.same(flat.map(Math.fround), [...ensemble.members[1]!.parameters.subarray(0, 24)]);
  for (const value of flat) t.ok(String(value).replace(/^-?0\.0*|e.*$|\D/g, '').length <= 9, `${value}`);
});

t.test('the same bytes again; options of other formats are refused', async (t) => {
  const ensemble = await trainEnsemble(classes, { members: 2, hidden: [4], epochs: 3, seed: 1 });
  const once = await writeExport(ensemble, { format: 'json' });
  t.same(await writeExport(ensemble, { format: 'json' }), once);
  await t.rejects(writeExport(ensemble, { format: 'json', inputs: 'columns' }), {
    code: 'ERR_OPTION',
    message: /`inputs` to be absent for JSON/,
  });
});

t.test('less frequent categories share a feature', async (t) => {
  const { records, target, fresh } = mixedRecords();
  const options = { target, impute: 'mean', maxCategories: 2 } as const;
  const { train } = await loadData(records, options);
  const ensemble = new Ensemble(await trainEnsemble(train, { members: 2, hidden: [4], epochs: 10, seed: 1 }));
  const file = await jsonOf(ensemble);
  t.ok(file.inputs.some(({ others }: { others?: boolean }) => others === true));
  const read = predictFromJson(file, fresh as readonly DataRecord[]);
  const answers = await ensemble.predict(fresh);
  answers.forEach((answer, row) => {
    const { probabilities } = answer as { probabilities: Readonly<Record<string, number>> };
    t.ok(furthest([read.mean[row]!], Object.values(probabilities)) < NEAR, `row ${row}`);
  });
});
