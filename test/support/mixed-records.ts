// Records with columns of several kinds: numbers with gaps, a constant, categories with gaps.

import type { DataRecord } from '../../src/data/table/record-table.js';

export interface MixedRecords {
  readonly target: string;
  readonly records: DataRecord[];
  /** Others, of which one has a category that is not among the first. */
  readonly fresh: DataRecord[];
}

export function mixedRecords(rows = 80): MixedRecords {
  const colours = ['red', 'green', 'blue', ''];
  const all = Array.from({ length: rows + 12 }, (_, row): DataRecord => {
    const size = ((row * 37) % 101) + 0.5;
    return {
      size: row % 9 === 4 ? null : size,
      colour: colours[(row * 7) % 4]!,
      floor: 3,
      grade: ['1', '2', '3'][row % 3]!,
      seen: (row * 13) % 50,
      kind: size + 20 * (row % 3) > 60 ? 'yes' : 'no',
    };
  });
  const fresh = all.splice(rows).map(({ kind: _, ...others }) => others);
  fresh[2] = { ...fresh[2]!, colour: 'violet' };
  return { target: 'kind', records: all, fresh };
}
