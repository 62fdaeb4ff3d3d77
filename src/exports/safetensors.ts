// Safetensors: weights by name behind a header in JSON, which programs map into memory without running anything.
//
// **Source:** github.com/huggingface/safetensors, README, "Format": a u64 length, little-endian, so many bytes of JSON
// padded by spaces, then the tensors without gaps.

import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { swapOnBigEndian } from '../files/byte-order.js';
import { describeEnsemble, weightShapeOf } from './shared/described-ensemble.js';
import type { ExportFormat } from './shared/export-format.js';
import { type ExportCombineOptions, exportedNetworks } from './shared/exported-ensemble.js';

export const safetensors = {
  name: 'safetensors',
  title: 'safetensors',
  says: 'weights by name, for PyTorch, JAX and what else reads safetensors',
  extension: '.safetensors',
  takes: ['aggregator', 'calibrated', 'clip'],
  write: async (ensemble, options) => writeSafetensors(ensemble, options),
} as const satisfies ExportFormat;

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Tensors begin at whole multiples of so many bytes. */
const ALIGNMENT = 8;

function writeSafetensors(ensemble: TrainedEnsemble, options: ExportCombineOptions): Uint8Array {
  const networks = exportedNetworks(ensemble, options, 'safetensors');
  const tensors: Tensor[] = [];
  const described = describeEnsemble(
    { ...networks, members: networks.networks },
    (layer, { member }, at) => {
      const name = `member.${member}.layer.${at + 1}`;
      const [weight, bias] = [`${name}.weight`, `${name}.bias`];
      tensors.push({ name: weight, shape: weightShapeOf(layer), values: layer.weight });
      tensors.push({ name: bias, shape: [layer.bias.length], values: layer.bias });
      return { weight, bias };
    },
    (name, shape, values) => {
      tensors.push({ name, shape, values });
      return name;
    },
  );
  let end = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const start = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }] as const;
  });
  const metadata = { format: described.format, ensemble: JSON.stringify(described) };
  const text = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const header = Buffer.alloc(ALIGNMENT * Math.ceil(text.length / ALIGNMENT), ' ');
  text.copy(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...tensors.map(({ values }) => bytesOf(values))]);
}

/** The weights are copies, so that they may be turned round where they lie. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return swapOnBigEndian(new Uint8Array(buffer, byteOffset, byteLength), 4);
}
