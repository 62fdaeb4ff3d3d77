// What a zip of a tf.LayersModel holds, in the form in which TensorFlow.js loads it from memory.

import { zipEntries } from '../../src/data/readers/zip-file.js';

export interface LayersModelFile {
  readonly modelTopology: {
    readonly class_name: string;
    readonly config: {
      readonly layers: readonly {
        readonly class_name: string;
        readonly name: string;
        readonly config: Readonly<Record<string, unknown>>;
        readonly inbound_nodes: readonly (readonly (readonly [string, number, number, object])[])[];
      }[];
    };
  };
  readonly weightSpecs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: string;
  }[];
  readonly weightData: ArrayBuffer;
  readonly about: { readonly classes?: readonly string[]; readonly columns?: readonly string[] };
}

export function layersModelFile(zip: Uint8Array): LayersModelFile {
  const entries = zipEntries(Buffer.from(zip), 'the export');
  const files = Object.fromEntries(entries.map((entry) => [entry.name, Uint8Array.from(entry.unpack())]));
  const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(
    Buffer.from(files['model.json']!).toString(),
  );
  const [{ weights }] = weightsManifest;
  const weightData = files['weights.bin']!.buffer as ArrayBuffer;
  return { modelTopology, weightSpecs: weights, weightData, about: userDefinedMetadata };
}
