// The rows that a member is fitted to, for layers whose initial values follow from them.

import type { InitialRows } from '../../model/layer-kind.js';
import type { MemberRows, TrainerContext } from '../shared/engine.js';

/** Reads them where the training has them in memory. */
export function initialRows(
  { memory, layout: { dataset } }: Pick<TrainerContext, 'memory' | 'layout'>,
  { inBag, columns }: MemberRows,
): InitialRows {
  const stride = dataset.xStrideBytes / 4;
  const x = new Float32Array(memory.buffer, dataset.x, dataset.rows * stride);
  return {
    count: inBag.length,
    values(feature, step) {
      const column = columns === null ? feature : columns[feature]!;
      // By hand: `from` calls a function for each row, which takes longer than to sort them.
      const values = new Float32Array(Math.ceil(inBag.length / step));
      for (let at = 0; at < values.length; at++) values[at] = x[inBag[at * step]! * stride + column]!;
      return values;
    },
  };
}
