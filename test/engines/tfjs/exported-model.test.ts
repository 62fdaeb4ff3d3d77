// Ensembles that are exported as one tf.LayersModel, loaded by TensorFlow.js, say what they say here.

import t from 'tap';
import { Ensemble } from '../../../src/api/ensemble.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { type ExportOptions, writeExport } from '../../../src/exports/formats.js';
import type { TrainingOptions } from '../../../src/model/options/training-options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';
import { layersModelFile } from '../../support/layers-model-file.js';
import { largestDifference, tensorFlowOrSkip } from '../../support/tfjs.js';

const tf = await tensorFlowOrSkip(t);

/** What loading takes of TensorFlow.js, beside what the engine uses. */
interface Loading {
  loadLayersModel(handler: unknown): Promise<{
    predict(x: unknown): { dataSync(): Float32Array; dispose(): void };
  }>;
  readonly io: { fromMemory(artifacts: object): unknown };
  tensor(values: Float32Array, shape: readonly number[]): unknown;
}

const classes = clusters(90, 25, 3);
const pair = clusters(90, 25, 2);
const { x, rows, labels } = clusters(80, 4, 3);
const scaled = Dataset.fromArrays({ x: x.map((value) => 50 + 7 * value), rows, features: 4, labels });
const numbers = linear(90, 4, 2);

const CASES: Readonly<Record<string, readonly [Dataset, TrainingOptions, Omit<ExportOptions, 'format'>?]>> = {
  'dense members of one size': [scaled, { hidden: [6] }],
  'mixed sizes and activations': [
    classes,
    {
      members: [
        { hidden: [4], activation: 'gelu' },
        { hidden: [] },
        { hidden: [3, 3], activation: 'leakyRelu' },
        { hidden: [5], activation: 'softplus' },
      ],
    },
  ],
  'norms and residual blocks': [
    classes,
    {
      members: [{ hidden: [7, 5], norm: 'layer' }, { layers: ['residual 6, residual 8@5 mish, norm silu'] }],
    },
  ],
  'random subspaces': [scaled, { featureShare: 0.5, hidden: [5] }],
  'a product': [classes, { hidden: [5] }, { aggregator: 'geometricMean' }],
  'one logit': [pair, { loss: 'binaryCrossEntropy', hidden: [4] }],
  convolutions: [
    classes,
    { image: '5x5', layers: ['conv 3@3x3 same', 'maxpool 2', 'conv 4@2x2 sigmoid'], hidden: [5] },
  ],
  strides: [classes, { image: '5x5', layers: ['conv 2@3x2 stride 2 same', 'avgpool 2'] }],
  numbers: [numbers, { hidden: [6] }],
  'numbers without a clip': [numbers, { hidden: [6] }, { clip: false }],
  'means of Gaussians': [numbers, { hidden: [6], loss: 'gaussianNll' }],
};

async function predicted(ensemble: Ensemble, dataset: Dataset, options: Omit<ExportOptions, 'format'>) {
  const { about: _, ...artifacts } = layersModelFile(
    await writeExport(ensemble, { format: 'tfjs', ...options }),
  );
  const loading = tf as unknown as Loading;
  const model = await loading.loadLayersModel(loading.io.fromMemory(artifacts));
  const input = loading.tensor(Float32Array.from(dataset.x), [dataset.rows, dataset.features]);
  return model.predict(input).dataSync();
}

if (tf !== null) {
  for (const [name, [dataset, options, choice = {}]] of Object.entries(CASES)) {
    t.test(name, async (t) => {
      const members = await trainEnsemble(dataset, { members: 3, epochs: 8, seed: 1, ...options });
      const own = await predicted(new Ensemble(members), dataset, choice);
      const { mean } = await predictEnsemble(members, dataset, choice);
      const off = largestDifference(own, mean) / (dataset.encoding.targets.std[0] ?? 1);
      t.ok(off < 1e-5, `${off}`);
    });
  }

  t.test('weights of members, and a temperature', async (t) => {
    const members = await trainEnsemble(classes, {
      members: 3,
      hidden: [9],
      resample: 'bootstrap',
      epochs: 60,
      seed: 1,
      labelSmoothing: 0.3,
    });
    const weighed = new Ensemble(members).withWeights([3, 0, 1]);
    t.ok(
      largestDifference(await predicted(weighed, classes, {}), (await weighed.predict(classes)).mean) < 1e-5,
    );
    const calibrated = await weighed.calibrate(classes, {
      method: 'temperature',
      aggregator: 'geometricMean',
    });
    const { mean } = await calibrated.predict(classes);
    t.ok(largestDifference(await predicted(calibrated, classes, {}), mean) < 1e-5);
  });
}
