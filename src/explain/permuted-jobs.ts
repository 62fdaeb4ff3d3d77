// Columns permuted, predicted and scored: many at once, so that threads have enough to do, and each row of them where its
// block comes back.

import type { Values } from '../data/dataset/dataset.js';
import type { MemberBlocks } from '../ensemble/predict/member-blocks.js';
import type { Predictions } from '../predictions/predictions.js';
import { columnsOf, copyOf, emptyLike, joined, partsOf, rowsOf, truthOf } from '../predictions/row-parts.js';
import { createDonors, type Donors } from './donors.js';
import type { ExplainedColumn } from './explained-columns.js';
import type { ExplainedRows } from './explained-rows.js';
import type { MemberScores, ScoreSink } from './scored-rows.js';

/** Numbers of x that are made at once: 32 MiB in double precision. */
const BATCH_NUMBERS = 2 ** 22;

/** A column permuted once. */
export interface Job {
  readonly column: ExplainedColumn;
  /** Drawn when its turn comes. */
  donors(): Donors;
}

/** Each column as often as it is permuted, one after the other. */
export function jobsOf(
  columns: readonly ExplainedColumn[],
  repeats: number,
  rows: ExplainedRows,
  seed: number,
): readonly Job[] {
  const draw = createDonors(rows, seed);
  return columns.flatMap((column) =>
    Array.from({ length: repeats }, (_, repeat) => ({
      column,
      donors: () => draw(column.features[0]!, repeat),
    })),
  );
}

/** Every member's predictions of the rows as they are, whole. */
export async function predictPlain(
  blocks: MemberBlocks,
  { x, rows }: ExplainedRows,
): Promise<readonly Predictions[]> {
  const parts: Predictions[][] = [];
  await blocks.each(x, rows, null, (members) => {
    for (const [at, block] of members.entries()) {
      parts[at] ??= [];
      parts[at].push(copyOf(block));
    }
  });
  return parts.map((own) => joined(own, rows));
}

export interface Scoring {
  readonly features: number;
  /** 1 where a lower score is better. */
  readonly sign: 1 | -1;
  tell(done: number): void;
  /** Scores of the rows as they are, by the members that count for them with such donors. */
  before(donors: Donors): MemberScores;
}

/** How much worse each job makes the scores. Jobs are predicted many at once, so that threads have enough to do. */
export async function scoreJobs(
  blocks: MemberBlocks,
  rows: ExplainedRows,
  jobs: readonly Job[],
  sink: () => ScoreSink,
  { features, sign, tell, before }: Scoring,
): Promise<readonly MemberScores[]> {
  const count = rows.rows;
  const atOnce = Math.max(1, Math.min(jobs.length, Math.floor(BATCH_NUMBERS / (count * features))));
  const x = emptyLike(rows.x, atOnce * count * features);
  const changes: MemberScores[] = [];
  let done = count;
  for (let from = 0; from < jobs.length; from += atOnce) {
    const batch = jobs
      .slice(from, from + atOnce)
      .map((job) => ({ ...job, donors: job.donors(), sink: sink() }));
    batch.forEach(({ column, donors }, at) => {
      writePermuted(x.subarray(at * count * features), rows.x, features, column.features, donors.of);
    });
    await blocks.each(x, batch.length * count, null, (members, range) => {
      for (const part of partsOf(range, count)) {
        const { donors, sink: own } = batch[part.job]!;
        own.add(
          members.map((block) => rowsOf(block, part.from, part.rows)),
          truthOf(rows.truth, part.row, part.rows),
          donors.mask && columnsOf(donors.mask, count, part.row, part.rows),
          rows.weights?.subarray(part.row, part.row + part.rows) ?? null,
        );
      }
      done += range.end - range.start;
      tell(done);
    });
    for (const { donors, sink: own } of batch) changes.push(difference(own.finish(), before(donors), sign));
  }
  return changes;
}

/** Copies all rows with some features from other rows. */
function writePermuted(
  into: Values,
  x: Values,
  features: number,
  permuted: Uint32Array,
  of: Uint32Array,
): void {
  into.set(x);
  for (let row = 0; row < of.length; row++) {
    const [to, from] = [row * features, of[row]! * features];
    for (const feature of permuted) into[to + feature] = x[from + feature]!;
  }
}

function difference(after: MemberScores, before: MemberScores, sign: 1 | -1): MemberScores {
  const change = (now: number | null, then: number | null) =>
    now === null || then === null ? null : sign * (now - then);
  return {
    ensemble: change(after.ensemble, before.ensemble),
    members: after.members.map((now, at) => change(now, before.members[at]!)),
  };
}
