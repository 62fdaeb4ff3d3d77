// Members that are recurrent networks of TensorFlow.js, and a member of tutti's own as a model of TensorFlow.js. It needs
// @tensorflow/tfjs-node.

import { loadData, trainEnsemble } from 'tutti';
import { toLayersModel } from 'tutti/tfjs';

const { train, test } = await loadData('data/digits.csv', {
  target: 'digit',
  testShare: 0.5,
  seed: 1,
  softClip: null, // of which TensorFlow.js has no layer
});
const recurrent = await trainEnsemble(train, {
  engine: 'tfjs',
  model: 'scripts/examples/models/recurrent.mjs',
  members: 2,
  epochs: 5,
  seed: 1,
});
const { accuracy } = await recurrent.evaluate(test);
console.log(`right on four rows of five: ${accuracy > 0.8}`);

const networks = await trainEnsemble(train, {
  ...{ members: 2, hidden: [64], activation: 'relu', epochs: 20, seed: 1 },
  numericEmbedding: 'none', // of which it has none either
});
const model = await toLayersModel(networks, 0);
console.log(`member 0 as a LayersModel: ${model.layers.length} layers`);
