// Rows that the same members never saw, together: what those say of a new row is the same for all of them.

import type { Conformity } from './conformity.js';

export interface MaskPatterns {
  /** Distinct sets of members. */
  readonly count: number;
  /** Bytes of a set. */
  readonly width: number;
  /** The sets, u8[count, width]; bit m & 7 of byte m >> 3 is member m. */
  readonly bits: Uint8Array;
  /** Rows of pattern p are `order[starts[p]]` to `order[starts[p + 1] − 1]`, u32[count + 1]. */
  readonly starts: Uint32Array;
  /** The rows, pattern by pattern, ascending within each, u32[rows]. */
  readonly order: Uint32Array;
}

/** @param members how many there are @param counting which of them count where there is no mask: weights above 0 */
export function maskPatterns(
  { mask, rows }: Pick<Conformity, 'mask' | 'rows'>,
  members: number,
  counting: (member: number) => boolean,
): MaskPatterns {
  const width = Math.ceil(members / 8);
  if (mask === null) {
    const bits = new Uint8Array(width);
    for (let m = 0; m < members; m++) if (counting(m)) bits[m >> 3]! |= 1 << (m & 7);
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    return { count: 1, width, bits, starts: Uint32Array.of(0, rows), order };
  }
  const known = new Map<string, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = String.fromCharCode(...mask.subarray(row * width, (row + 1) * width));
    const own = known.get(key);
    if (own === undefined) known.set(key, [row]);
    else own.push(row);
  }
  const all = [...known.values()];
  const starts = new Uint32Array(all.length + 1);
  const bits = new Uint8Array(all.length * width);
  const order = new Uint32Array(rows);
  for (const [pattern, own] of all.entries()) {
    bits.set(mask.subarray(own[0]! * width, (own[0]! + 1) * width), pattern * width);
    order.set(own, starts[pattern]!);
    starts[pattern + 1] = starts[pattern]! + own.length;
  }
  return { count: all.length, width, bits, starts, order };
}
