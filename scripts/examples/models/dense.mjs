// A dense network for the option `model`: with `engine: 'tfjs'` TensorFlow.js trains it, with `engine: 'wasm'`
// the wasm engine trains the same network, some 40 times faster. Copy it and change its layers.

/**
 * Builds a member's model. tutti calls it once for every member, with random numbers keyed by the member.
 * @param {object} context
 * @param context.tf TensorFlow.js: what @tensorflow/tfjs-node exports.
 * @param {number} context.features numbers of a row, which the model's input shape multiplies up to.
 * @param {number} context.outputs raw outputs: a logit for each class, or a number for each target.
 */
export default function build({ tf, features, outputs }) {
  const hidden = { units: 64, activation: 'relu', kernelInitializer: 'heUniform' };
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [features], ...hidden }),
      tf.layers.dense(hidden),
      tf.layers.dense({ units: outputs }),
    ],
  });
}
