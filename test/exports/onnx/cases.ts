// Small ensembles of every kind that ONNX has a form for, each with how it is exported and what tutti itself predicts.

import type { FormatOptions } from '../../../src/exports/shared/export-format.js';
import {
  calibrateEnsemble,
  createInlineRunner,
  loadTraining,
  readCsv,
  type Table,
  type TrainedEnsemble,
  type TrainingOptions,
  tableFromRecords,
  trainEnsemble,
  withAveragingWeights,
} from '../../../src/index.js';
import { ACTIVATIONS } from '../../../src/model/layer-kind.js';
import { mixedRecords } from './records.js';

export interface Case {
  readonly name: string;
  readonly ensemble: TrainedEnsemble;
  readonly table: Table;
  readonly options: FormatOptions;
  /** Largest difference allowed, of probabilities or in standard deviations of the targets. */
  readonly within: number;
}

const runner = createInlineRunner();
/** Within which the issue of exports is that they agree. */
const WITHIN = 1e-5;

const digits = readCsv('data/digits.csv');
const diabetes = readCsv('data/diabetes.csv');
const mixed = tableFromRecords(mixedRecords(400));
/** A column of 150 categories beside a number. */
const coded = tableFromRecords(
  Array.from({ length: 450 }, (_, i) => ({
    code: `c${(i * 7) % 150}`,
    x: i % 11,
    y: (i * 7) % 150 < 75 ? 'low' : 'high',
  })),
);
/** Two labels, which any number of rows have. */
const labelled = tableFromRecords(
  Array.from({ length: 90 }, (_, i) => ({
    ...{ hour: (i * 7) % 24, price: (i * i) % 31 },
    ...{ late: (i * 7) % 24 > 15 ? 1 : 0, dear: (i * i) % 31 > 12 ? 1 : 0 },
  })),
);
const TRAINED = { seed: 1, epochs: 3, earlyStopping: 'none' } as const;

type Adapt = (
  ensemble: TrainedEnsemble,
  train: ReturnType<typeof loadTraining>['train'],
) => TrainedEnsemble | Promise<TrainedEnsemble>;

interface Asked {
  readonly table: Table;
  readonly load: Parameters<typeof loadTraining>[1];
  readonly train: TrainingOptions;
  readonly options?: FormatOptions;
  readonly within?: number;
  readonly adapt?: Adapt;
  /** @default true */
  readonly networks?: false;
}

const DIGITS = { table: digits, load: { target: 'digit' } } as const;
const DIABETES = { table: diabetes, load: { target: 'progression' } } as const;
const bought = (target: string) => ({
  table: mixed,
  load: {
    target,
    drop: ['bought', 'again', 'spent'].filter((name) => name !== target),
    impute: 'median' as const,
  },
});
const BOUGHT = bought('bought');
const AGAIN = bought('again');
const small = { members: 3, hidden: [6], resample: 'bootstrap' } as const;
const TREES = { engine: 'trees', rounds: 12, maxLeaves: 7 } as const;
const NEAREST = { engine: 'neighbours', neighbours: 5 } as const;
const calibrated = (method: 'temperature' | 'vector' | 'isotonic', threshold?: 'f1'): Adapt => {
  const asked = { method, runner, ...(threshold === undefined ? {} : { threshold }) };
  return (ensemble, train) => calibrateEnsemble(ensemble, train, asked);
};

const ASKED: Readonly<Record<string, Asked>> = {
  'digits, 16 members': { ...DIGITS, train: { members: 16, hidden: [32] } },
  'digits, rows of features': {
    ...DIGITS,
    train: { members: 2, hidden: [8] },
    options: { inputs: 'features' },
  },
  convolutions: {
    ...DIGITS,
    train: {
      members: 3,
      image: '8x8',
      layers: ['conv 4@3x3 same', 'maxpool 2', 'conv 5@3 stride 2 same tanh', 'dense 8'],
    },
  },
  'poolings first': {
    ...DIGITS,
    train: { members: 2, image: '8x8', layers: ['avgpool 3 stride 1', 'conv 3@2x3', 'avgpool 2'] },
  },
  'one convolutional net': {
    ...DIGITS,
    train: { members: 1, image: '8x8', layers: ['maxpool 2', 'conv 3@2 gelu'] },
  },
  'norms and residual blocks': {
    ...BOUGHT,
    train: {
      members: [
        { layers: ['residual 6, residual 8@5 mish', 'norm relu'] },
        { layers: ['residual 6, residual 8@5 mish', 'norm relu'] },
        { layers: ['norm', 'dense 6', 'norm tanh', 'add 1'] },
        { layers: ['norm', 'dense 6', 'norm tanh', 'add 1'] },
        { hidden: [7, 5], norm: 'layer' },
        { hidden: [7, 5], norm: 'layer', featureShare: 0.5 },
        { hidden: [7, 5], norm: 'layer', featureShare: 0.5 },
      ],
    },
  },
  'embedded inputs': {
    ...BOUGHT,
    train: {
      members: [
        {
          numericEmbedding: 'periodic',
          categoryEmbedding: 'learned',
          categoryEmbeddingSize: 2,
          inputScale: true,
        },
        {
          numericEmbedding: 'periodic',
          categoryEmbedding: 'learned',
          categoryEmbeddingSize: 2,
          inputScale: true,
        },
        { numericEmbedding: 'cosine', embeddingSize: 5 },
        { numericEmbedding: 'piecewiseLinear', embeddingBins: 6 },
        { numericEmbedding: 'piecewiseLinear', embeddingBins: 6, embeddingSize: 4, inputScale: true },
        { inputScale: true },
      ],
    },
  },
  'submodels that share weights': {
    ...BOUGHT,
    train: {
      hidden: [8, 6],
      submodels: 2,
      members: [
        { sharing: 'batchEnsemble' },
        { sharing: 'tabm', numericEmbedding: 'piecewiseLinear', embeddingBins: 4 },
        { sharing: 'tabmMini', loss: 'focal', focalGamma: 2 },
        { sharing: 'packed' },
        { sharing: 'masksembles', maskScale: 2 },
      ],
    },
  },
  'random subspaces': { ...BOUGHT, train: { members: 4, hidden: [8], featureShare: 0.5 } },
  'mixed sizes': {
    ...BOUGHT,
    train: {
      members: [
        { hidden: [8] },
        { hidden: [5, 4] },
        { hidden: [8] },
        { hidden: [8], featureShare: 0.4 },
        { hidden: [] },
      ],
    },
  },
  activations: {
    ...BOUGHT,
    train: {
      members: ACTIVATIONS.map((activation) => ({ ...{ hidden: [6, 5], activation } })),
    },
  },
  'dropout that scales at prediction': {
    ...BOUGHT,
    train: { members: 2, hidden: [8, 6], hiddenKeep: 0.7, inputKeep: 0.9, dropoutScaling: 'plain' },
  },
  'numbers in double precision': { ...BOUGHT, train: small, options: { numbers: 'float64' } },
  'unseen categories pass': { ...BOUGHT, load: { ...BOUGHT.load, unseen: 'ignore' }, train: small },
  'many categories': {
    ...{ table: coded, train: small },
    load: { target: 'y', task: 'classification', impute: 'mean', maxCategories: 200, unseen: 'ignore' },
  },
  'no soft clip': { ...BOUGHT, load: { ...BOUGHT.load, softClip: null }, train: small },
  'robust scaling and a smooth clip': {
    ...BOUGHT,
    load: { ...BOUGHT.load, scaling: 'robust' },
    train: small,
  },
  'quantiles and a soft clip': {
    ...BOUGHT,
    load: { ...BOUGHT.load, scaling: 'quantile', softClip: 2 },
    train: small,
  },
  'quantiles of features': {
    ...BOUGHT,
    load: { ...BOUGHT.load, scaling: 'quantile' },
    train: small,
    options: { inputs: 'features' },
  },
  'logarithms of a target': {
    ...bought('spent'),
    load: { ...bought('spent').load, targetScaling: 'log' },
    train: small,
  },
  'quantiles of a target': {
    ...bought('spent'),
    load: { ...bought('spent').load, targetScaling: 'quantile' },
    train: small,
  },
  'quantiles of two targets by their quantiles, weighed': {
    ...DIABETES,
    load: { target: ['progression', 'bp'], targetScaling: 'quantile' },
    train: { ...small, loss: 'quantile', quantiles: [0.2, 0.4, 0.9] },
    options: { numbers: 'float64' },
    adapt: (own) => withAveragingWeights(own, [1, 2, 0.5]),
  },
  'missing cells as values': {
    ...BOUGHT,
    load: { ...BOUGHT.load, missingIndicators: true, unseen: 'ignore' },
    train: small,
  },
  'missing cells as values, rare categories together': {
    ...BOUGHT,
    load: { ...BOUGHT.load, missingIndicators: true, maxCategories: 2 },
    train: small,
  },
  'unseen categories by shares': { ...BOUGHT, load: { ...BOUGHT.load, unseen: 'learned' }, train: small },
  'many categories by shares': {
    ...{ table: coded, train: small },
    load: { target: 'y', task: 'classification', impute: 'mean', maxCategories: 200, unseen: 'learned' },
  },
  'one logit beside two': {
    ...AGAIN,
    train: { members: [{ hidden: [6] }, { hidden: [6], loss: 'binaryCrossEntropy' }] },
  },
  'geometric mean': { ...BOUGHT, train: small, options: { aggregator: 'geometricMean' } },
  'majority vote': {
    ...BOUGHT,
    train: { ...small, members: 4, epochs: 1 },
    options: { aggregator: 'majorityVote' },
  },
  weights: {
    ...BOUGHT,
    train: { ...small, members: 4 },
    adapt: (own) => withAveragingWeights(own, [0.5, 0, 2, 1]),
  },
  temperature: { ...BOUGHT, train: small, adapt: calibrated('temperature') },
  'vector scaling': { ...BOUGHT, train: small, adapt: calibrated('vector') },
  // Where the map is steep it magnifies what single precision leaves of probabilities.
  'isotonic, with a threshold': {
    ...AGAIN,
    train: { ...small, members: 12 },
    adapt: calibrated('isotonic', 'f1'),
    within: 1e-3,
  },
  'uncalibrated all the same': {
    ...BOUGHT,
    train: small,
    adapt: calibrated('temperature'),
    options: { calibrated: false },
  },
  'diabetes, Gaussian heads': {
    ...DIABETES,
    train: { members: 5, hidden: [8], loss: 'gaussianNll', epochs: 20 },
  },
  'rates of counts': { ...DIABETES, train: { ...small, loss: 'poisson' } },
  'several labels': {
    ...{ table: labelled, load: { target: ['late', 'dear'], task: 'regression' } },
    train: { ...small, loss: 'multilabel' },
  },
  quantiles: { ...DIABETES, train: { ...small, loss: 'quantile', quantiles: [0.05, 0.5, 0.95] } },
  'quantiles of logarithms of two targets, weighed, none of them the median': {
    ...DIABETES,
    load: { target: ['progression', 'bp'], targetScaling: 'log' },
    train: {
      members: [{ hidden: [6] }, { hidden: [4] }, { hidden: [6] }],
      ...{ loss: 'quantile', quantiles: [0.2, 0.4, 0.7, 0.9] },
    },
    adapt: (own) => withAveragingWeights(own, [1, 2, 0.5]),
  },
  'members of Huber, drawn of SWAG and at the ends of cycles': {
    ...DIABETES,
    train: {
      ...{ hidden: [6], epochs: 5 },
      members: [
        { loss: 'huber', huberDelta: 0.5 },
        { snapshots: 2, snapshotMode: 'swag', trajectoryStart: 0.3 },
        { snapshots: 2, snapshotMode: 'fastGeometric', trajectoryStart: 0.2 },
        { weightAverage: 'swa', trajectoryStart: 0.3 },
      ],
    },
  },
  'members of other quantiles, and of none': {
    ...DIABETES,
    train: {
      members: [
        { hidden: [6], loss: 'quantile', quantiles: [0.1, 0.9] },
        { hidden: [6], loss: 'quantile', quantiles: [0.3, 0.6] },
        { hidden: [6], loss: 'quantile', quantiles: [0.7] },
        { hidden: [6] },
      ],
    },
  },
  'Gaussian heads, their product': {
    ...DIABETES,
    ...{ train: { ...small, loss: 'gaussianNll' }, options: { aggregator: 'geometricMean' } },
  },
  'two targets, not clipped': {
    ...DIABETES,
    ...{ load: { target: ['progression', 'bmi'] }, train: small, options: { clip: false } },
  },
  'trees of two classes': { ...AGAIN, train: { members: 2, ...TREES }, networks: false },
  'trees, networks, a linear member and neighbours': {
    ...BOUGHT,
    train: {
      members: [
        ...[{ hidden: [6] }, { ...TREES }, { hidden: [] }, { ...TREES, featureShare: 0.6 }, { hidden: [6] }],
        ...[NEAREST, { ...NEAREST, featureShare: 0.6, votes: 'inverseDistance' as const }],
      ],
    },
    adapt: (own) => withAveragingWeights(own, [1, 3, 0.5, 2, 0, 1, 0.25]),
  },
  'trees where features are given, softly clipped': {
    ...BOUGHT,
    load: { ...BOUGHT.load, scaling: 'robust' },
    train: { members: 2, ...TREES },
    networks: false,
    options: { inputs: 'features' },
  },
  'trees of quantiles, one logit beside two, by a geometric mean': {
    ...AGAIN,
    load: { ...AGAIN.load, scaling: 'quantile', missingIndicators: true, unseen: 'ignore' },
    train: { members: [TREES, { hidden: [4] }, NEAREST] },
    options: { aggregator: 'geometricMean' },
  },
  'trees in double precision': {
    ...bought('spent'),
    load: { ...bought('spent').load, targetScaling: 'log' },
    train: { members: [TREES, { hidden: [6] }, NEAREST] },
    options: { numbers: 'float64' },
  },
  'trees of two targets beside Gaussian heads': {
    ...DIABETES,
    load: { target: ['progression', 'bmi'] },
    train: { members: [TREES, { hidden: [6], loss: 'gaussianNll' }, NEAREST] },
  },
  'digits, trees and neighbours among images': {
    ...DIGITS,
    train: {
      members: [
        { engine: 'trees', rounds: 5, maxLeaves: 8 },
        {
          engine: 'neighbours',
          neighbours: 3,
          image: '8x8',
          votes: 'inverseDistance',
          distance: 'euclidean',
        },
      ],
      epochs: undefined,
    },
  },
  'means beside Gaussian heads': {
    ...bought('spent'),
    train: { members: [{ hidden: [6] }, { hidden: [6], loss: 'gaussianNll' }] },
  },
};

export const CASES: readonly string[] = Object.keys(ASKED);

/** Trains a case's ensemble. */
export async function makeCase(name: string): Promise<Case> {
  const { table, load, train, options = {}, within = WITHIN, adapt, networks = true } = ASKED[name]!;
  const { train: dataset } = loadTraining(table, load);
  const { epochs, ...others } = TRAINED;
  const all = networks ? { epochs, ...others, ...train } : { ...others, ...train };
  const trained = await trainEnsemble(dataset, all, { runner });
  const ensemble = adapt === undefined ? trained : await adapt(trained, dataset);
  return { name, ensemble, table, options, within };
}
