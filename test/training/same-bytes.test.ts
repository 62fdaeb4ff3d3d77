// Every technique of a member, an ensemble each: the same saved bytes on the calling thread, on two threads, and as two hosts that
// hand it over to each other and run WebAssembly where the others run native code.

import t, { type Test } from 'tap';
import { loadData } from '../../src/api/load-data.js';
import { boostEnsemble } from '../../src/boosting/boost.js';
import type { BoostOptions } from '../../src/boosting/options.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { createPool } from '../../src/pool/pool.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { messageRunner } from '../support/message-runner.js';
import { mixedRecords } from '../support/mixed-records.js';

const classes = clusters(60, 5, 3);
const numbers = linear(60, 4, 2);
const withTargets = (of: (y: number) => number, own = {}): Dataset => {
  const { x, rows, features, targets } = numbers;
  return Dataset.fromArrays({ x, rows, features, targets: targets.map(of), ...own });
};
const { records, target } = mixedRecords();
const mixed = (await loadData(records, { target, impute: 'mean', unseen: 'learned' })).train;
const counted = withTargets((y) => Math.round(Math.abs(y)));
const labelled = withTargets((y) => Number(y > 0));
const bent = (scaling: 'robust' | 'quantile', targetScaling: 'log' | 'quantile') =>
  withTargets((y) => 1 + Math.abs(y), { scaling, targetScaling });

const BASE: TrainingOptions = {
  ...{ members: 2, seed: 5, hidden: [9, 6], activation: 'gelu', init: 'he', batchSize: 16, epochs: 3 },
  ...{ optimizer: 'adam', learningRate: 0.01, schedule: 'constant', resample: 'bootstrap' },
  ...{ earlyStopping: 'none', numericEmbedding: 'none' },
};

const TECHNIQUES: Readonly<Record<string, readonly [Dataset, TrainingOptions]>> = {
  'adam, to tell others from': [classes, {}],
  'of numbers too': [numbers, {}],
  'of counts too': [counted, {}],
  'of labels too': [labelled, {}],
  'weight decay': [classes, { optimizer: 'adamW', weightDecay: 0.05 }],
  muon: [classes, { optimizer: 'muon', muonLearningRate: 0.02, muonMomentum: 0.9, weightDecay: 0.05 }],
  'weight decay that falls': [
    classes,
    { optimizer: 'adamW', weightDecay: 0.05, weightDecaySchedule: 'flatCos' },
  ],
  'clipped gradients': [classes, { gradientClip: 0.2 }],
  mixup: [classes, { mixup: 0.4 }],
  'mixup of numbers': [numbers, { mixup: 0.4 }],
  'an average that decays': [classes, { weightAverage: 'ema', averageDecay: 0.9 }],
  'the average of the last epochs': [classes, { weightAverage: 'swa', trajectoryStart: 0.3 }],
  flatCos: [classes, { schedule: 'flatCos', flatShare: 0.3 }],
  coslog4: [classes, { schedule: 'coslog4' }],
  'rate factors and a warm-up': [
    classes,
    {
      ...{ numericEmbedding: 'periodic', embeddingFrequencies: 5, inputScale: true, warmupEpochs: 1 },
      ...{ biasRateFactor: 0.1, scaleRateFactor: 6, embeddingRateFactor: 0.2, schedule: 'cosine' },
    },
  ],
  'numbers as waves': [classes, { numericEmbedding: 'periodic', embeddingFrequencies: 5, embeddingSize: 3 }],
  'numbers as cosines': [classes, { numericEmbedding: 'cosine', embeddingSize: 4 }],
  'numbers by bins': [classes, { numericEmbedding: 'piecewiseLinear', embeddingBins: 5 }],
  'numbers by bins, learned': [
    classes,
    { numericEmbedding: 'piecewiseLinear', embeddingBins: 5, embeddingSize: 3 },
  ],
  'categories by tables': [mixed, { categoryEmbedding: 'learned', categoryEmbeddingSize: 2 }],
  'inputs with factors': [classes, { inputScale: true, init: 'ntk' }],
  'norms and residual blocks': [
    numbers,
    { layers: ['residual 9, residual 6@5 mish, norm selu'], hidden: [4], norm: 'layer', activation: 'silu' },
  ],
  huber: [numbers, { loss: 'huber', huberDelta: 0.3 }],
  poisson: [counted, { loss: 'poisson' }],
  quantiles: [numbers, { loss: 'quantile', quantiles: [0.1, 0.5, 0.8] }],
  focal: [classes, { loss: 'focal', focalGamma: 1.5 }],
  'several labels': [labelled, { loss: 'multilabel' }],
  'robust scaling, logarithms of targets': [bent('robust', 'log'), {}],
  'quantiles of features and targets': [bent('quantile', 'quantile'), {}],
  batchEnsemble: [classes, { sharing: 'batchEnsemble', submodels: 3 }],
  tabm: [classes, { sharing: 'tabm', submodels: 3, numericEmbedding: 'piecewiseLinear', embeddingBins: 4 }],
  tabmMini: [numbers, { sharing: 'tabmMini', submodels: 3, submodelBatch: 'whole' }],
  packed: [classes, { sharing: 'packed', submodels: 3, hiddenKeep: 0.8 }],
  masksembles: [numbers, { sharing: 'masksembles', submodels: 2, maskScale: 2, submodelBatch: 'split' }],
  swag: [classes, { snapshots: 2, snapshotMode: 'swag', swagRank: 2, trajectoryStart: 0.3, epochs: 6 }],
  'fast geometric': [
    classes,
    { snapshots: 2, snapshotMode: 'fastGeometric', trajectoryStart: 0.3, epochs: 6, schedule: undefined },
  ],
};

const pool = createPool({ threads: 2 });
t.teardown(() => pool.close());

/** Trains three times, the last handed over after so many epochs; the weights of the first. */
async function sameBytes(
  t: Test,
  handOverAfter: number,
  train: (runner?: MemberRunner) => Promise<TrainedEnsemble>,
) {
  const ensemble = await train();
  const file = fileOf(ensemble);
  t.ok(file.equals(fileOf(await train(pool))), 'on two threads');
  t.intercept(process, 'env', { value: { ...process.env, TUTTI_EXECUTOR: 'wasm' } });
  const hosts = messageRunner(handOverAfter);
  const elsewhere = await train(hosts);
  t.same(elsewhere.executors, ['wasm']);
  t.ok(file.equals(fileOf(elsewhere)), 'by hosts that run WebAssembly');
  return { weights: ensemble.members[0]!.parameters.join(), continued: hosts.said.continued };
}

/** What is saved, but for the executors' names, which a file has. */
function fileOf(ensemble: TrainedEnsemble): Buffer {
  return Buffer.from(ensembleToBytes({ ...ensemble, executors: [] }));
}

const seen = new Map<string, string>();

for (const [name, [dataset, options]] of Object.entries(TECHNIQUES)) {
  t.test(name, async (t) => {
    const all = { ...BASE, ...options };
    // Averages and trajectories have begun by then.
    const { weights, continued } = await sameBytes(t, Number(all.epochs) - 1, (runner) =>
      trainEnsemble(dataset, all, runner === undefined ? {} : { runner }),
    );
    t.ok(continued >= 2, 'each member, or run, was handed over');
    t.equal(seen.get(weights), undefined, 'and it has an effect');
    seen.set(weights, name);
  });
}

const BOOSTED: BoostOptions = {
  ...{ rounds: 2, shrinkage: 0.5, heldOutShare: 0.2, seed: 7, hidden: [6], activation: 'gelu' },
  ...{ optimizer: 'adam', learningRate: 0.01, batchSize: 16, epochs: 3 },
};

for (const kind of ['gradient', 'soft'] as const) {
  t.test(`${kind} boosting of nets`, async (t) => {
    await sameBytes(t, 2, async (runner) => {
      const own = { ...BOOSTED, kind, ...(runner === undefined ? {} : { runner }) };
      return (await boostEnsemble(classes, own)).ensemble;
    });
  });
}
