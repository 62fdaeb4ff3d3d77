// Plain JSON: an ensemble as text that any language reads, weights and all.

import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { shortestSingle } from '../math/shortest-single.js';
import { describeEnsemble, weightShapeOf } from './shared/described-ensemble.js';
import type { ExportFormat } from './shared/export-format.js';
import { type ExportCombineOptions, exportedEnsemble } from './shared/exported-ensemble.js';

export const json = {
  name: 'json',
  title: 'JSON',
  says: 'all of it as text, for a few lines of any language',
  extension: '.json',
  takes: ['aggregator', 'calibrated', 'clip'],
  write: async (ensemble, options) => writeJson(ensemble, options),
} as const satisfies ExportFormat;

/** Numbers in lists of lists. */
type Nested = readonly (number | Nested)[];

/**
 * The description with each layer's `weight` and `bias` in it; a line for each member. Weights are the shortest decimals that
 * read back as the same number in single precision.
 */
function writeJson(ensemble: TrainedEnsemble, options: ExportCombineOptions): Uint8Array {
  const portable = exportedEnsemble(ensemble, options);
  const { members, ...head } = describeEnsemble(
    portable,
    (layer) => ({
      weight: nested(layer.weight, weightShapeOf(layer)),
      bias: Array.from(layer.bias, shortestSingle),
    }),
    (_, shape, values) => nested(values, shape),
  );
  // Member by member: a text holds half a gigabyte, and no more.
  const lines = members.map((member, at) => `${at === 0 ? '' : ','}\n${JSON.stringify(member)}`);
  const start = `${JSON.stringify(head).slice(0, -1)},"members":[`;
  return Buffer.concat([start, ...lines, '\n]}\n'].map((text) => Buffer.from(text)));
}

function nested(values: Float32Array, shape: readonly number[]): Nested {
  const [length, ...inner] = shape;
  if (inner.length === 0) return Array.from(values, shortestSingle);
  const size = values.length / length!;
  return Array.from({ length: length! }, (_, at) =>
    nested(values.subarray(at * size, (at + 1) * size), inner),
  );
}
