// A network that the wasm engine has no layers for: a gated recurrent unit reads an image of 8 × 8 pixels row by
// row, and a normalised layer makes logits of what it remembers. For the option `model` with `engine: 'tfjs'`.

const ROWS = 8;

/** Builds a member's model; see dense.mjs for what it is given. */
export default function build({ tf, features, outputs }) {
  return tf.sequential({
    layers: [
      tf.layers.reshape({ inputShape: [features], targetShape: [ROWS, features / ROWS] }),
      tf.layers.simpleRNN({ units: 32, recurrentInitializer: 'glorotUniform' }),
      tf.layers.layerNormalization(),
      tf.layers.dense({ units: outputs }),
    ],
  });
}
