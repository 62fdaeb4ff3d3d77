// Trainings that PyTorch repeats, and what it is given of each: rows, truths, the weights that tutti drew, in which order it shows
// rows and whom it mixes them with. torch-trainings.py has the formulas of the networks and steps, and says how its figures are made.

import { Dataset } from '../../../src/data/dataset/dataset.js';
import { initialParameters } from '../../../src/engines/wasm/parameters.js';
import { drawCandidates, drawMember } from '../../../src/ensemble/member-rows.js';
import { loadData } from '../../../src/index.js';
import { symmetricBeta } from '../../../src/math/beta.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../../src/math/random.js';
import { weightCount } from '../../../src/model/layer-kind.js';
import { weightShapes } from '../../../src/model/layers.js';
import { layerShapes, parameterCount } from '../../../src/model/network.js';
import { submodelParameters, trainedShapes } from '../../../src/model/shared-weights.js';
import type { EnsemblePlan } from '../../../src/model/spec.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear, seen, taught } from '../../support/datasets.js';
import { networkOf } from '../../support/reference-tying.js';

export interface TorchCase {
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
}

const ROWS = 24;
const FEATURES = 3;
const numbers = linear(ROWS, FEATURES, 2);
const classes = clusters(ROWS, FEATURES, 3);
/** With a column of few values, between which quantiles are equal. */
const steps = linear(ROWS, FEATURES, 2);
for (let row = 0; row < ROWS; row++) steps.x[row * FEATURES] = Math.round(steps.x[row * FEATURES]!);
const pairs = clusters(ROWS, FEATURES, 2);
const rounded = (of: (value: number) => number) =>
  Dataset.fromArrays({
    ...{ x: numbers.x, rows: ROWS, features: FEATURES, targets: numbers.targets.map(of), standardise: false },
    targetNames: ['a', 'b'],
  });
const counts = rounded((value) => Math.floor(value * value));
const marks = rounded((value) => (value > 0.3 ? 1 : 0));
const letters = await loadData(
  Array.from({ length: ROWS }, (_, row) => ({
    number: numbers.x[row * FEATURES],
    letter: 'abcde'[(row * row) % 5]!,
    y: numbers.targets[row * 2],
  })),
  { target: 'y', testShare: 0 },
);

/** Four steps on all rows. */
const BASE: TrainingOptions = {
  ...{ members: 1, seed: 5, epochs: 4, batchSize: ROWS, resample: 'none', earlyStopping: 'none' },
  ...{ hidden: [5], activation: 'tanh', numericEmbedding: 'none', schedule: 'constant' },
  ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1 },
};

const ADAM_W: TrainingOptions = {
  ...{ optimizer: 'adamW', weightDecay: 0.5, learningRate: 0.02, momentum: undefined },
};
const MUON: TrainingOptions = {
  ...{ optimizer: 'muon', muonLearningRate: 0.05, muonMomentum: 0.9, weightDecay: 0.5 },
  ...{ learningRate: 0.02, momentum: undefined },
};

function of(dataset: Dataset, options: TrainingOptions): TorchCase {
  return { dataset, options: { ...BASE, ...options } };
}

function shared(sharing: NonNullable<TrainingOptions['sharing']>, options: TrainingOptions = {}): TorchCase {
  return of(classes, { ...ADAM_W, hidden: [4, 3], sharing, submodels: 3, ...options });
}

/** By the names that torch-trainings.py has for them. */
export const TORCH_CASES: Readonly<Record<string, TorchCase>> = {
  relu: of(numbers, { activation: 'relu' }),
  leakyRelu: of(numbers, { activation: 'leakyRelu' }),
  tanh: of(numbers, {}),
  sigmoid: of(numbers, { activation: 'sigmoid' }),
  softplus: of(numbers, { activation: 'softplus' }),
  gelu: of(numbers, { activation: 'gelu' }),
  selu: of(numbers, { activation: 'selu' }),
  silu: of(numbers, { activation: 'silu' }),
  mish: of(numbers, { activation: 'mish' }),

  periodic: of(numbers, {
    ...{ numericEmbedding: 'periodic', embeddingFrequencies: 5, embeddingSize: 4, frequencyScale: 0.5 },
    embeddingRateFactor: 0.5,
  }),
  cosine: of(numbers, { numericEmbedding: 'cosine', embeddingSize: 5, frequencyScale: 0.5 }),
  piecewiseLinear: of(steps, { numericEmbedding: 'piecewiseLinear', embeddingBins: 6 }),
  'piecewiseLinear, mapped': of(steps, {
    ...{ numericEmbedding: 'piecewiseLinear', embeddingBins: 6, embeddingSize: 3, ...ADAM_W },
  }),
  categories: of(letters.train, { categoryEmbedding: 'learned', categoryEmbeddingSize: 2 }),
  inputScale: of(numbers, { inputScale: true, scaleRateFactor: 3 }),
  'inputScale of cosines': of(numbers, {
    ...{ numericEmbedding: 'cosine', embeddingSize: 4, frequencyScale: 0.5, inputScale: true, ...ADAM_W },
  }),

  residual: of(numbers, {
    ...{ layers: ['residual 6@9 silu', 'norm relu'], hidden: [], activation: undefined },
    ...{ ...ADAM_W, weightDecay: 0.1, epochs: 20 },
  }),
  'ntk, sgd': of(numbers, { init: 'ntk' }),
  'ntk, adamW': of(numbers, { init: 'ntk', ...ADAM_W }),

  nesterov: of(numbers, { nesterov: true }),
  adamW: of(numbers, ADAM_W),
  muon: of(numbers, { ...MUON, hidden: [5, 4] }),
  'muon, clipped': of(numbers, { ...MUON, hidden: [5, 4], norm: 'layer', gradientClip: 0.5 }),
  gradientClip: of(numbers, { gradientClip: 0.2 }),
  ema: of(numbers, { batchSize: 10, weightAverage: 'ema', averageDecay: 0.5 }),
  'ema, from a mean on': of(numbers, {
    ...{ batchSize: 10, weightAverage: 'ema', averageDecay: 0.8, trajectoryStart: 0.25 },
  }),
  swa: of(numbers, { batchSize: 10, weightAverage: 'swa', trajectoryStart: 0.25 }),

  gaussianNll: of(numbers, { loss: 'gaussianNll' }),
  huber: of(numbers, { loss: 'huber', huberDelta: 0.4 }),
  poisson: of(counts, { loss: 'poisson' }),
  quantile: of(numbers, { loss: 'quantile', quantiles: [0.1, 0.5, 0.8] }),
  multilabel: of(marks, { loss: 'multilabel' }),
  binaryCrossEntropy: of(pairs, { loss: 'binaryCrossEntropy' }),
  focal: of(classes, { loss: 'focal', focalGamma: 1.5 }),
  labelSmoothing: of(classes, { labelSmoothing: 0.1 }),
  mixup: of(classes, { mixup: 0.7, batchSize: 10 }),
  'mixup of numbers': of(numbers, { mixup: 0.7, batchSize: 10 }),

  batchEnsemble: shared('batchEnsemble'),
  'batchEnsemble, divided': shared('batchEnsemble', { submodelBatch: 'split' }),
  tabm: shared('tabm'),
  tabmMini: shared('tabmMini'),
  packed: shared('packed'),
  masksembles: shared('masksembles'),
};

/** Weights of a run as they were drawn, in canonical order. */
function drawn({ dataset }: TorchCase, plan: EnsemblePlan) {
  const spec = networkOf(plan, 0);
  const { features, task, rows } = dataset;
  const shapes = trainedShapes(spec, layerShapes(spec, features, task));
  const x = seen(dataset);
  const values = (feature: number) => x.filter((_, at) => at % features === feature);
  const key = streamKey(plan.seed, 'init', spec.streams.init);
  return { shapes, initial: initialParameters(shapes, spec.network.init, key, { count: rows, values }) };
}

/** Of member j as a network of its own. */
export function drawnMember(one: TorchCase, plan: EnsemblePlan, j: number): Float32Array {
  const { shapes, initial } = drawn(one, plan);
  const { features, task } = one.dataset;
  const member = new Float32Array(parameterCount(layerShapes(networkOf(plan, 0), features, task)));
  submodelParameters(shapes, initial, j, member);
  return member;
}

/** What PyTorch is given. */
function givenOf(one: TorchCase, plan: EnsemblePlan) {
  const { dataset } = one;
  const { features, task } = dataset;
  const spec = networkOf(plan, 0);
  const { streams, epochs, batchSize, mixup } = spec;
  const { inBag } = drawMember(plan.seed, spec, dataset, features, drawCandidates(plan, dataset));
  const eachEpoch = <T>(draw: (epoch: number) => T) =>
    Array.from({ length: epochs }, (_, at) => draw(at + 1));
  const stream = (purpose: 'order' | 'mixup', member: number, epoch: number, step = 0) =>
    new RandomStream(streamKey(plan.seed, purpose, member, epoch, step));
  const shuffled = (purpose: 'order' | 'mixup') =>
    eachEpoch((epoch) => {
      const order = [...inBag];
      shuffleInPlace(order, stream(purpose, streams.order, epoch));
      return order;
    });
  const shares = (shape: number) =>
    eachEpoch((epoch) =>
      Array.from({ length: Math.ceil(inBag.length / batchSize) }, (_, step) =>
        symmetricBeta(stream('mixup', streams.masks, epoch, step + 1), shape),
      ),
    );
  return {
    features,
    x: [...seen(dataset)],
    ...(task.kind === 'regression'
      ? { y: [...taught(dataset)], targets: [...dataset.targets] }
      : { labels: [...dataset.labels] }),
    batch: batchSize,
    orders: shuffled('order'),
    ...(mixup === undefined ? {} : { partners: shuffled('mixup'), shares: shares(mixup) }),
    matrices: matricesOf(one, plan),
  };
}

function matricesOf(one: TorchCase, plan: EnsemblePlan) {
  const { shapes, initial } = drawn(one, plan);
  let next = 0;
  return shapes.flatMap(weightShapes).map((shape) => {
    const start = next;
    next += weightCount(shape);
    return { inputs: shape.inputs, units: shape.units, values: [...initial.subarray(start, next)] };
  });
}

if (process.argv[1] === import.meta.filename) {
  const given: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(TORCH_CASES)) {
    given[name] = givenOf(one, (await trainEnsemble(one.dataset, one.options)).plan);
  }
  process.stdout.write(JSON.stringify(given));
}
