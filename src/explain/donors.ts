// Whose value each row is given when a column is permuted. On held-out rows that is a permutation of the rows. Out of bag a
// row is predicted by members that never saw it, and a member may remember the value of a row that it did see: so the value
// comes from a row that is out of bag too, for members that the row is out of bag for, and those alone predict it. (In
// a forest each tree's own out-of-bag rows are permuted among themselves, which says the same of one member; the average of
// members needs one value for all of them.)
//
// **Source:** Breiman, "Random forests", Machine Learning 2001, section 10.

import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';
import type { ExplainedRows } from './explained-rows.js';

export interface Donors {
  /** The row whose value each row is given, u32[rows]. */
  readonly of: Uint32Array;
  /** u8[k, rows], 1 where a member counts for the row with that value; null where all do. */
  readonly mask: Uint8Array | null;
}

/** Rows that are tried for each row; of these the one that leaves it the most members. */
const TRIES = 8;

/** Draws donors for any number of columns and repeats. */
export function createDonors(
  { rows, mask, groups }: ExplainedRows,
  seed: number,
): (feature: number, repeat: number) => Donors {
  const stream = (feature: number, repeat: number) =>
    new RandomStream(streamKey(seed, 'permutation', feature, repeat));
  if (mask === null) {
    return (feature, repeat) => {
      const of = Uint32Array.from({ length: rows }, (_, row) => row);
      shuffleInPlace(of, stream(feature, repeat));
      return { of, mask: null };
    };
  }
  const members = mask.length / rows;
  const words = Math.ceil(members / 32);
  const bits = packed(mask, rows, words);
  return (feature, repeat) => {
    const random = stream(feature, repeat);
    const of = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) of[row] = donorOf(row, rows, groups, bits, words, random);
    const own = new Uint8Array(mask.length);
    for (let at = 0, row = 0; at < mask.length; at++, row = row + 1 === rows ? 0 : row + 1) {
      const donor = of[row]!;
      own[at] = donor === row ? 0 : mask[at]! & mask[at - row + donor]!;
    }
    return { of, mask: own };
  };
}

/**
 * Another row, drawn evenly from a few. Which members a row is out of bag for says nothing of its values, so that the
 * best of several is as much a draw of the column as any; where whole groups are drawn it would say the group, and there
 * the first that leaves a member is taken, of another group. The row itself where none is found: no member counts.
 */
function donorOf(
  row: number,
  rows: number,
  groups: Int32Array | null,
  bits: Uint32Array,
  words: number,
  random: RandomStream,
): number {
  let best = row;
  let most = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const other = random.below(rows);
    if (other === row || (groups !== null && (most > 0 || groups[other] === groups[row]))) continue;
    let shared = 0;
    for (let word = 0; word < words; word++) {
      shared += bitCount(bits[row * words + word]! & bits[other * words + word]!);
    }
    if (shared <= most) continue;
    most = shared;
    best = other;
  }
  return best;
}

/** u32[rows, words] of u8[k, rows]. */
function packed(mask: Uint8Array, rows: number, words: number): Uint32Array {
  const bits = new Uint32Array(rows * words);
  const members = mask.length / rows;
  for (let member = 0; member < members; member++) {
    const word = member >>> 5;
    for (let row = 0; row < rows; row++) {
      if (mask[member * rows + row] === 1) bits[row * words + word]! |= 1 << (member & 31);
    }
  }
  return bits;
}

/** **Source:** Warren, Hacker's Delight, 5.1. */
function bitCount(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
