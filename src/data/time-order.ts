// Rows in the order of time: taken out at its end, drawn block by block, and left aside where they lie next to rows that are
// drawn, because rows that follow each other say nearly the same. Works on row numbers alone.

import { TuttiError } from '../errors.js';
import { joined } from '../math/joined.js';
import { type RandomStream, shuffleInPlace } from '../math/random.js';

/** When rows happened, as far as it matters. */
export interface TimedRows {
  /** Rank of each row's time, from 0 and without gaps, i32[rows]: equal times have equal ranks. */
  readonly times: Int32Array;
  /** Rows of the order on either side of those drawn, or before those taken out, that are used for nothing. */
  readonly timeGap: number;
}

/** The given rows in the order of time; those of one time in the order of their numbers. */
export function inTimeOrder(times: Int32Array, rows: Uint32Array): Uint32Array {
  return Uint32Array.from(rows).sort((a, b) => times[a]! - times[b]! || a - b);
}

/**
 * Takes the latest `count` rows out, or as many more, or fewer, as have the time of the first of them; the `timeGap` rows before
 * those are on neither side.
 *
 * @throws ERR_DATA where nothing is left before them
 */
export function splitLatest(
  { times, timeGap }: TimedRows,
  count: number,
): { train: Uint32Array; test: Uint32Array } {
  const order = inTimeOrder(times, Uint32Array.from(times.keys()));
  const rankAt = (at: number) => times[order[at]!]!;
  let start = order.length - count;
  while (start > 0 && rankAt(start - 1) === rankAt(start)) start--;
  // All rows from the beginning on are of one time: what is later than that alone is taken.
  if (start === 0) while (start < order.length && rankAt(start) === rankAt(0)) start++;
  const end = start - timeGap;
  if (end < 1 || start === order.length) {
    const gap = timeGap === 0 ? '' : ` and a gap of ${timeGap}`;
    const message = `Expected rows before the latest ${count} of ${order.length} in time${gap}, got none`;
    throw new TuttiError('ERR_DATA', message, { rows: order.length });
  }
  return { train: order.slice(0, end).sort(), test: order.slice(start).sort() };
}

/** Rows of a block where nobody says how many: the cube root of all of them, the order at which the bootstrap's error is least. */
export function blockLength(rows: number, stated: number | undefined): number {
  return Math.min(rows, stated ?? Math.max(1, Math.round(Math.cbrt(rows))));
}

/**
 * Blocks of rows that follow each other in time, drawn with replacement from all there are until `count` rows are drawn.
 *
 * **Source:** Künsch, "The jackknife and the bootstrap for general stationary observations", Annals of Statistics 1989.
 */
export function drawMovingBlocks(
  order: Uint32Array,
  length: number,
  count: number,
  stream: RandomStream,
): Uint32Array {
  const blocks = Array.from({ length: Math.ceil(count / length) }, () => {
    const start = stream.below(order.length - length + 1);
    return order.subarray(start, start + length);
  });
  return joined(blocks).slice(0, count);
}

/** As many of the blocks that the order is cut into, from a random place on, as have `count` rows: each row at most once. */
export function drawDistinctBlocks(
  order: Uint32Array,
  length: number,
  count: number,
  stream: RandomStream,
): Uint32Array {
  const first = 1 + stream.below(length);
  const blocks = [order.subarray(0, first)];
  for (let start = first; start < order.length; start += length)
    blocks.push(order.subarray(start, Math.min(order.length, start + length)));
  const chosen = Uint32Array.from(blocks.keys());
  shuffleInPlace(chosen, stream);
  return joined(Array.from(chosen, (at) => blocks[at]!)).slice(0, count);
}

/** The rows but those of a fold, which is a part of the order, and but those near it; `turn` moves where the first fold begins. */
export function drawOtherBlocks(
  { times, timeGap }: TimedRows,
  order: Uint32Array,
  folds: number,
  fold: number,
  turn: number,
): Uint32Array {
  const rows = order.length;
  const at = (share: number) => Math.floor(turn + (rows * share) / folds) % rows;
  const [start, end] = [at(fold), at(fold + 1)];
  const held = new Set<number>();
  for (let place = start; place !== end; place = (place + 1) % rows) held.add(order[place]!);
  const near = nearTo({ times, timeGap }, order, (row) => held.has(row));
  return order.filter((_, place) => near[place] === 0).sort();
}

/**
 * Which rows of the order are chosen, or of the time of one that is, or within the gap of one, u8[order].
 */
export function nearTo(
  { times, timeGap }: TimedRows,
  order: Uint32Array,
  isChosen: (row: number) => boolean,
): Uint8Array {
  const near = new Uint8Array(order.length);
  const sweep = (places: Iterable<number>) => {
    let since = Number.POSITIVE_INFINITY;
    let rank = -1;
    for (const place of places) {
      const row = order[place]!;
      if (isChosen(row)) [since, rank] = [0, times[row]!];
      else since++;
      if (since <= timeGap || times[row] === rank) near[place] = 1;
    }
  };
  sweep(order.keys());
  sweep(Uint32Array.from(order.keys()).reverse());
  return near;
}
