// Each member's own predictions of rows, block by block: of one run of rows, or of many runs with the members loaded once.

import { outputCount, type Values } from '../../data/dataset/dataset.js';
import { betweenBlocks } from '../../long-calls.js';
import { pickOptions } from '../../option-names.js';
import { blockRanges, blockRowsFor, type RowRange } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { bareEnsemble, type TrainedEnsemble } from '../ensemble.js';
import { ANSWER_OPTIONS, type AnswerOptions } from './answer-rules.js';
import { createBlockPredictor } from './predictors.js';
import { predictingRunner, type RowRunnerOptions } from './row-runner.js';
import { eachBlockOnThreads } from './rows-on-threads.js';
import { isWorthThreads } from './worth-threads.js';

/** Sees a block of rows with each member's predictions in the user's units: views that the next block overwrites. */
export type MembersVisitor = (members: readonly Predictions[], range: RowRange) => void;

/** An ensemble whose members stay loaded, here or on a runner's threads. */
export interface MemberBlocks {
  /**
   * Visits every block of some rows, in order. Between blocks the event loop gets its turn, so that signals and timers work.
   * @param x [n, features] in the user's units. @param index rows to visit, or null for all.
   */
  each(x: Values, rows: number, index: Uint32Array | null, visit: MembersVisitor): Promise<void>;
  /** Lets go of the members. */
  close(): void;
}

/** Rows that an ensemble predicts at once, at the most. */
export function blockRowsOf({ members, task }: TrainedEnsemble): number {
  return blockRowsFor(members.length, outputCount(task));
}

/**
 * Loads the members for several runs of rows.
 * @param rows of all runs together: whether threads are worth their start follows from them.
 * @throws as `createBlockPredictor`.
 */
export async function openMemberBlocks(
  ensemble: TrainedEnsemble,
  rows: number,
  options: AnswerOptions & RowRunnerOptions = {},
): Promise<MemberBlocks> {
  const { signal } = options;
  const runner = predictingRunner(options.runner);
  signal?.throwIfAborted();
  const { features } = ensemble;
  const blockRows = blockRowsOf(ensemble);
  const predictor = await createBlockPredictor(ensemble, blockRows, options);
  const threads = isWorthThreads(ensemble, rows, runner)
    ? {
        session: runner.openRows(bareEnsemble(ensemble), pickOptions(options, { clip: ANSWER_OPTIONS.clip })),
        count: runner.threads,
      }
    : null;
  return {
    async each(x, count, index, visit) {
      signal?.throwIfAborted();
      const here = (range: RowRange) => predictor.predictBlock(x, range, index);
      if (threads !== null) {
        const asked = { x, features, rows: count, index, blockRows, what: 'members', signal, here } as const;
        await eachBlockOnThreads(threads.session, threads.count, asked, visit);
        return;
      }
      for (const range of blockRanges(count, blockRows)) {
        visit(await here(range), range);
        await betweenBlocks(signal);
      }
    },
    close() {
      threads?.session.close();
      predictor.dispose();
    },
  };
}

/** Visits every block of one run of rows; see {@link MemberBlocks}. */
export async function eachBlock(
  ensemble: TrainedEnsemble,
  x: Values,
  rows: number,
  index: Uint32Array | null,
  visit: MembersVisitor,
  options: AnswerOptions & RowRunnerOptions = {},
): Promise<void> {
  const blocks = await openMemberBlocks(ensemble, rows, options);
  try {
    await blocks.each(x, rows, index, visit);
  } finally {
    blocks.close();
  }
}
