// An ensemble as a tf.LayersModel without TensorFlow.js: what is written fits together, and what has no layer is refused.
// That it predicts what tutti does is for test/engines/tfjs/exported-model.test.ts.

import t from 'tap';
import { Ensemble } from '../../src/api/ensemble.js';
import { loadData } from '../../src/api/load-data.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { writeExport } from '../../src/exports/formats.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { layersModelFile } from '../support/layers-model-file.js';
import { mixedRecords } from '../support/mixed-records.js';

const classes = clusters(60, 16, 3);

t.test('layers follow from the input, and weights are as long as their shapes', async (t) => {
  const options = { image: '4x4', layers: ['conv 3@2x2 same leakyRelu', 'maxpool 2'], hidden: [5] };
  const ensemble = await trainEnsemble(classes, { members: 2, epochs: 2, seed: 1, ...options });
  const zip = await writeExport(ensemble, { format: 'tfjs' });
  t.same(await writeExport(ensemble, { format: 'tfjs' }), zip, 'the same bytes again');
  const { modelTopology, weightSpecs, weightData, about } = layersModelFile(zip);
  const { layers } = modelTopology.config;
  const seen = new Set<string>();
  for (const { name, inbound_nodes: nodes } of layers) {
    t.notOk(seen.has(name), 'names differ');
    for (const [input] of nodes.flat()) t.ok(seen.has(input), `${name} comes after ${input}`);
    seen.add(name);
  }
  t.same(
    layers.slice(1, 9).map(({ class_name: kind }) => kind),
    ['Reshape', 'Permute', 'Conv2D', 'LeakyReLU', 'MaxPooling2D', 'Flatten', 'Dense', 'Dense'],
  );
  const numbers = weightSpecs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  t.equal(4 * numbers, weightData.byteLength);
  for (const { name } of weightSpecs) t.ok(seen.has(name.split('/')[0]!));
  t.same(about.classes, ['0', '1', '2']);
});

t.test('it says what its features are', async (t) => {
  const { records, target } = mixedRecords();
  const { train } = await loadData(records, { target, impute: 'mean', softClip: null });
  const bare = { members: 2, epochs: 2, seed: 1, numericEmbedding: 'none' } as const;
  const ensemble = await trainEnsemble(train, bare);
  const { about, modelTopology } = layersModelFile(await writeExport(ensemble, { format: 'tfjs' }));
  t.equal(about.columns!.length, train.features);
  t.ok(about.columns!.includes('size') && about.columns!.includes('colour=red'));
  t.equal(modelTopology.config.layers[1]!.class_name, 'BatchNormalization');
});

t.test('what has no layer is refused by name', async (t) => {
  const refused = async (ensemble: Parameters<typeof writeExport>[0], message: RegExp, options = {}) =>
    t.rejects(writeExport(ensemble, { format: 'tfjs', ...options }), { code: 'ERR_OPTION', message });
  const { records, target } = mixedRecords();
  const { train } = await loadData(records, { target, impute: 'mean' });
  await refused(
    await trainEnsemble(train, { members: 1, epochs: 1, numericEmbedding: 'none' }),
    /`softClip` to be null \(--soft-clip none\)/,
  );
  const { x, rows, features, targets } = linear(40, 3);
  for (const targetScaling of ['log', 'quantile'] as const) {
    const bent = Dataset.fromArrays({ x, rows, features, targets: targets.map(Math.abs), targetScaling });
    const own = await trainEnsemble(bent, { members: 1, epochs: 1, numericEmbedding: 'none' });
    await refused(own, new RegExp(`\`targetScaling\` to be standard .*, got "${targetScaling}"`));
  }
  const plain = await trainEnsemble(classes, {
    members: 3,
    hidden: [9],
    epochs: 40,
    seed: 1,
    labelSmoothing: 0.3,
  });
  await refused(plain, /`aggregator` to be one that layers/, { aggregator: 'majorityVote' });
  const calibrated = await new Ensemble(plain).calibrate(classes, { method: 'vector' });
  await refused(calibrated, /`calibrated` to be false/);
  t.ok(await writeExport(calibrated, { format: 'tfjs', calibrated: false }));
  const gaussian = await trainEnsemble(linear(40, 3), { members: 2, epochs: 1, loss: 'gaussianNll' });
  await refused(gaussian, /`aggregator` to be one that layers/, { aggregator: 'geometricMean' });
});
