// The rows that a member is fitted to, for layers whose initial values follow from them.

import type { InitialRows } from '../../model/layer-kind.js';
import type { MemberRows, TrainerContext } from '../shared/engine.js';

/** Reads them where the training has them in memory. */
export function initialRows(
  { memory, layout: { dataset } }: Pick<TrainerContext, 'memory' | 'layout'>,
  { inBag, columns }: MemberRows,
): InitialRows {
  return {
    count: inBag.length,
    values(feature) {
      const column = columns === null ? feature : columns[feature]!;
      const stride = dataset.xStrideBytes / 4;
      const x = new Float32Array(memory.buffer, dataset.x, dataset.rows * stride);
      return Float32Array.from(inBag, (row) => x[row * stride + column]!);
    },
  };
}
