// Runs of rows of predictions, of the truth and of masks; and blocks of predictions as one.

import type { Values } from '../data/dataset/dataset.js';
import { joined as joinedArrays } from '../math/joined.js';
import type { RowRange, TargetBlock } from './blocks.js';
import type { Predictions } from './predictions.js';
import { joinQuantiles, quantilesPart, withValues } from './quantiles.js';

/** A run of rows of one job within a block. */
export interface Part {
  readonly job: number;
  /** Its first row in the job, and in the block. */
  readonly row: number;
  readonly from: number;
  readonly rows: number;
}

/** A block of rows of jobs of `count` rows each, job by job. */
export function* partsOf({ start, end }: RowRange, count: number): Generator<Part> {
  for (let at = start; at < end; ) {
    const job = Math.floor(at / count);
    const next = Math.min(end, (job + 1) * count);
    yield { job, row: at - job * count, from: at - start, rows: next - at };
    at = next;
  }
}

/** Rows from … from + rows, as views. */
export function rowsOf(block: Predictions, from: number, rows: number): Predictions {
  const { outputs, mean: values, logProbabilities, variance: variances, quantiles } = block;
  if (rows === block.rows) return block;
  const [start, end] = [from * outputs, (from + rows) * outputs];
  return {
    ...{ rows, outputs },
    mean: values.subarray(start, end),
    logProbabilities: logProbabilities?.subarray(start, end) ?? null,
    variance: variances?.subarray(start, end) ?? null,
    ...(quantiles && {
      quantiles: withValues(quantiles, block.rows, (own, width) =>
        own.subarray(from * width, (from + rows) * width),
      ),
    }),
  };
}

export function truthOf(
  { rows: all, labels, targets }: TargetBlock,
  from: number,
  rows: number,
): TargetBlock {
  const columns = targets.length / all;
  return {
    rows,
    labels: labels.subarray(from, Math.min(labels.length, from + rows)),
    targets: targets.subarray(from * columns, (from + rows) * columns),
  };
}

/** Columns from … from + rows of u8[k, all]. */
export function columnsOf(mask: Uint8Array, all: number, from: number, rows: number): Uint8Array {
  const members = mask.length / all;
  const own = new Uint8Array(members * rows);
  for (let member = 0; member < members; member++) {
    own.set(mask.subarray(member * all + from, member * all + from + rows), member * rows);
  }
  return own;
}

/** The same in memory of its own: blocks are views that the next one overwrites. */
export function copyOf({
  rows,
  outputs,
  mean: values,
  logProbabilities,
  variance: variances,
  quantiles,
}: Predictions): Predictions {
  return {
    ...{ rows, outputs },
    mean: values.slice(),
    logProbabilities: logProbabilities?.slice() ?? null,
    variance: variances?.slice() ?? null,
    ...(quantiles && { quantiles: withValues(quantiles, rows, (own) => own.slice()) }),
  };
}

/** Consecutive blocks as one. */
export function joined(parts: readonly Predictions[], rows: number): Predictions {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const whole = <Own extends Values>(of: (part: Predictions) => Own | null): Own | null => {
    return of(first!) === null ? null : joinedArrays(parts.map((part) => of(part)!));
  };
  return {
    ...{ rows, outputs: first!.outputs },
    mean: whole((part) => part.mean)!,
    logProbabilities: whole((part) => part.logProbabilities),
    variance: whole((part) => part.variance),
    ...quantilesPart(joinQuantiles(parts.map((part) => part.quantiles))),
  };
}

/** Zeros, of the same precision. */
export function emptyLike<Own extends Values>(values: Own, length: number): Own {
  return new (values.constructor as new (size: number) => Own)(length);
}

/** Consecutive numbers as one. */
export function joinedValues(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Consecutive true values as one. */
export function joinedTruth(parts: readonly TargetBlock[]): TargetBlock {
  const labels = parts.flatMap((part) => [...part.labels]);
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    labels: Int32Array.from(labels),
    targets: joinedValues(parts.map(({ targets }) => Float64Array.from(targets))),
  };
}
