// The topology and weights of a tf.LayersModel, layer by layer, without TensorFlow.js: what `tf.loadLayersModel` reads.
//
// **Source:** tfjs-layers 4.22, src/models.ts and src/engine/container.ts (`fromConfig`), and Keras 2's JSON of models.

/** A weight by its name in the layer, such as `kernel`. */
export interface LayerWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type LayerKind =
  | 'Activation'
  | 'Add'
  | 'Average'
  | 'AveragePooling2D'
  | 'BatchNormalization'
  | 'Conv2D'
  | 'Dense'
  | 'Flatten'
  | 'InputLayer'
  | 'LayerNormalization'
  | 'LeakyReLU'
  | 'MaxPooling2D'
  | 'Permute'
  | 'ReLU'
  | 'Reshape';

export class LayerGraph {
  readonly #layers: object[] = [];
  readonly #weights: LayerWeight[] = [];

  /**
   * Adds a layer.
   * @param config its own options, by Keras' names.
   * @param inputs names of the layers it takes the outputs of.
   * @param name @default one of its kind and number
   * @returns its name.
   */
  add(
    kind: LayerKind,
    config: object,
    inputs: readonly string[] = [],
    weights: readonly LayerWeight[] = [],
    name = `${kind.toLowerCase()}_${this.#layers.length}`,
  ): string {
    const nodes = inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])];
    this.#layers.push({ class_name: kind, config: { name, ...config }, name, inbound_nodes: nodes });
    for (const weight of weights) this.#weights.push({ ...weight, name: `${name}/${weight.name}` });
    return name;
  }

  /** model.json. @param about what is kept beside the model. */
  modelJson(input: string, output: string, about: object): object {
    const config = {
      ...{ name: 'ensemble', layers: this.#layers },
      ...{ input_layers: [[input, 0, 0]], output_layers: [[output, 0, 0]] },
    };
    return {
      ...{ format: 'layers-model', generatedBy: 'tutti', convertedBy: null },
      modelTopology: { class_name: 'Model', config, keras_version: '2.2.4', backend: 'tensor_flow.js' },
      weightsManifest: [
        {
          paths: ['weights.bin'],
          weights: this.#weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
        },
      ],
      userDefinedMetadata: about,
    };
  }

  /** The weights in the manifest's order. */
  get weights(): readonly Float32Array[] {
    return this.#weights.map(({ values }) => values);
  }
}
