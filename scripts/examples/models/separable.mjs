// Convolutions in two halves, each channel by itself and then all channels at each place, with batch normalisation
// and dropout between: layers that the wasm engine lacks. For images of 8 × 8 pixels, with `engine: 'tfjs'`.

/** Builds a member's model; see dense.mjs for what it is given. */
export default function build({ tf, features, outputs }) {
  const size = Math.sqrt(features);
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [size, size, 1], filters: 8, kernelSize: 3, padding: 'same' }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.separableConv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.25 }),
      tf.layers.dense({ units: outputs }),
    ],
  });
}
