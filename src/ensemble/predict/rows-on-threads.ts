// Many rows on the threads of a pool: cut into whole blocks, sent a few at a time, answered in order. Every row's answer
// depends on that row alone, so it is the same bytes as on the calling thread; what a thread cannot do is done there.

import type { Values } from '../../data/dataset/dataset.js';
import { betweenBlocks } from '../../long-calls.js';
import { blockRanges, type RowRange } from '../../predictions/blocks.js';
import type { RowAnswers, RowSession } from './row-runner.js';

/** Rows to predict, block by block. */
export interface BlocksAsked<What extends keyof RowAnswers> {
  /** [n, features] in the user's units. */
  readonly x: Values;
  readonly features: number;
  readonly rows: number;
  /** Rows that positions stand for, or null for themselves. */
  readonly index: Uint32Array | null;
  readonly blockRows: number;
  readonly what: What;
  readonly signal: AbortSignal | undefined;
  /** Answers a block on the calling thread. */
  here(range: RowRange): Promise<RowAnswers[What]>;
}

/** Rows that are sent at once: enough that sending them is nothing beside predicting them, and few enough to hold. */
const SENT_ROWS = 4096;
/** Of each member's own answers, which are many times as many numbers, and which one thread goes through. */
const SENT_MEMBER_ROWS = 1024;
/** Parts per thread, so that none is long the last to end. */
const PARTS = 4;
/** Parts that are sent ahead, per thread: one that it works on, one that waits. */
const AHEAD = 2;

/** A mean and a logarithm or a variance of each number, at both ends. */
const BYTES_PER_ANSWER = 32;

/** Bytes of what is on its way at once, at most. @param answers of all members, for one row. */
export function sentBytes(rows: number, features: number, answers: number, threads: number): number {
  const underWay = Math.min(rows, AHEAD * threads * SENT_MEMBER_ROWS);
  return underWay * (8 * features + BYTES_PER_ANSWER * answers);
}

/** Visits the answers of all blocks, in order; where they are combined, of many blocks at once. */
export async function eachBlockOnThreads<What extends keyof RowAnswers>(
  session: RowSession,
  threads: number,
  asked: BlocksAsked<What>,
  visit: (answer: RowAnswers[What], range: RowRange) => void,
): Promise<void> {
  const { rows, blockRows, what, signal, here } = asked;
  const most = what === 'combined' ? SENT_ROWS : SENT_MEMBER_ROWS;
  const share = Math.min(most, Math.ceil(rows / (PARTS * threads)));
  const partRows = blockRows * Math.max(1, Math.ceil(share / blockRows));
  const parts = [...blockRanges(rows, partRows)];
  const places = sharedPlaces(asked.x, AHEAD * threads, partRows * asked.features);
  const underWay: Promise<readonly RowAnswers[What][] | null>[] = [];
  let sent = 0;
  try {
    for (const [at, part] of parts.entries()) {
      for (; sent < parts.length && sent < at + places.length; sent++) {
        const x = fill(places[sent % places.length]!, asked, parts[sent]!);
        const answers = session.predict({ x, rows: parts[sent]!.end - parts[sent]!.start, what });
        underWay.push(answers.catch(() => null));
      }
      const answers = await underWay.shift()!;
      signal?.throwIfAborted();
      if (answers === null) {
        for (const range of blocksOf(part, blockRows)) visit(await here(range), range);
      } else {
        // As many as there are blocks, or one for all of them.
        const size = answers.length === 1 ? partRows : blockRows;
        for (const [at, range] of [...blocksOf(part, size)].entries()) visit(answers[at]!, range);
      }
      await betweenBlocks(signal);
    }
  } finally {
    // They read memory of this call.
    await Promise.all(underWay);
  }
}

function* blocksOf({ start, end }: RowRange, blockRows: number): Generator<RowRange> {
  for (const own of blockRanges(end - start, blockRows)) {
    yield { start: start + own.start, end: start + own.end };
  }
}

/** Room for parts of x, of its precision. */
function sharedPlaces(x: Values, count: number, length: number): Values[] {
  return Array.from({ length: count }, () => {
    const buffer = new SharedArrayBuffer(length * x.BYTES_PER_ELEMENT);
    return x instanceof Float32Array ? new Float32Array(buffer) : new Float64Array(buffer);
  });
}

/** Copies a part of x to its place. */
function fill(
  place: Values,
  { x, features, index }: Pick<BlocksAsked<never>, 'x' | 'features' | 'index'>,
  { start, end }: RowRange,
): Values {
  if (index === null) {
    place.set(x.subarray(start * features, end * features));
  } else {
    for (let at = start; at < end; at++) {
      const from = index[at]! * features;
      place.set(x.subarray(from, from + features), (at - start) * features);
    }
  }
  return place.subarray(0, (end - start) * features);
}
