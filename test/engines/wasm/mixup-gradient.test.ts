// The gradient of mixed rows against finite differences: of the loss of rows that are mixed at both truths, in double precision.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { initialParameters } from '../../../src/engines/wasm/parameters.js';
import { symmetricBeta } from '../../../src/math/beta.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../../src/math/random.js';
import { layerShapes } from '../../../src/model/network.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear, taught } from '../../support/datasets.js';
import { rawOutputs, slopes } from '../../support/reference-graph.js';
import { judgedBy, lossOf } from '../../support/reference-network.js';
import { networkOf } from '../../support/reference-tying.js';
import { relativeDistance } from '../../support/relative-distance.js';

const ROWS = 20;
/** One step down the gradient of all rows. */
const ONE_STEP: TrainingOptions = {
  ...{ members: 1, seed: 5, epochs: 1, batchSize: ROWS, resample: 'none', earlyStopping: 'none' },
  ...{ hidden: [5, 4], activation: 'tanh', numericEmbedding: 'none', schedule: 'constant' },
  ...{ optimizer: 'sgd', momentum: 0, learningRate: 1, mixup: 0.7 },
};

const numbers = linear(ROWS, 3, 2);
const weighted = Dataset.fromArrays({
  ...{ x: numbers.x, rows: ROWS, features: 3, targets: numbers.targets, standardise: false },
  ...{ targetNames: ['a', 'b'], rowWeights: Array.from({ length: ROWS }, (_, row) => 1 + (row % 3)) },
});

const CASES: Readonly<Record<string, readonly [Dataset, TrainingOptions]>> = {
  classes: [clusters(ROWS, 3, 3), {}],
  'smoothed classes': [clusters(ROWS, 3, 3), { labelSmoothing: 0.2 }],
  'two classes by one output': [clusters(ROWS, 3, 2), { loss: 'binaryCrossEntropy' }],
  'focal loss': [clusters(ROWS, 3, 3), { loss: 'focal', focalGamma: 1.5 }],
  numbers: [numbers, {}],
  'numbers of rows with weights': [weighted, {}],
  'numbers under huber': [numbers, { loss: 'huber', huberDelta: 0.4 }],
};

for (const [name, [dataset, options]] of Object.entries(CASES)) {
  t.test(`the gradient of mixed rows: ${name}`, async (t) => {
    for (const arithmetic of ['strict', 'fused'] as const) {
      const { plan, members } = await trainEnsemble(dataset, { ...ONE_STEP, ...options, arithmetic });
      const spec = networkOf(plan, 0);
      const { streams, mixup, network, labelSmoothing } = spec;
      const shapes = layerShapes(spec, dataset.features, dataset.task);
      const initial = initialParameters(shapes, network.init, streamKey(5, 'init', streams.init));
      const inOrder = (purpose: 'order' | 'mixup') => {
        const order = Array.from({ length: ROWS }, (_, row) => row);
        shuffleInPlace(order, new RandomStream(streamKey(5, purpose, streams.order, 1)));
        return order;
      };
      const [rows, partners] = [inOrder('order'), inOrder('mixup')];
      const share = symmetricBeta(new RandomStream(streamKey(5, 'mixup', streams.masks, 1, 1)), mixup!);
      const targets = dataset.task.kind === 'regression' ? taught(dataset) : [];
      const width = targets.length / ROWS;
      const judged = judgedBy(spec, dataset.encoding.targets);
      const lossAt = (z: readonly number[], row: number) => {
        const y = [...targets.slice(row * width, (row + 1) * width)];
        const [loss] = lossOf(judged, z, dataset.labels[row] ?? 0, y, labelSmoothing);
        return loss * (dataset.rowWeights?.[row] ?? 1);
      };
      const inputs = (row: number) => [...dataset.x.subarray(row * 3, (row + 1) * 3)];
      const objective = (flat: Float64Array) =>
        rows.reduce((sum, row, place) => {
          const [own, other] = [inputs(row), inputs(partners[place]!)];
          const mixed = own.map((value, i) => (1 - share) * value + share * other[i]!);
          const z = rawOutputs(shapes, flat, mixed);
          return sum + (1 - share) * lossAt(z, row) + share * lossAt(z, partners[place]!);
        }, 0) / ROWS;
      const slope = slopes(initial, objective);
      const moved = members[0]!.parameters.map((value, at) => initial[at]! - value);
      const off = relativeDistance(moved, slope);
      t.ok(off < 2e-6, `${arithmetic}: off by ${off}`);
      t.ok(share > 0.05 && share < 0.95 && rows.some((row, place) => row !== partners[place]));
      const { loss } = members[0]!.history[0]!;
      t.ok(Math.abs(loss - objective(Float64Array.from(initial))) < 1e-6, `${arithmetic}: loss ${loss}`);
    }
  });
}
