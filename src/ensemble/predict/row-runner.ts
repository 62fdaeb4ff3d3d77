// Whoever can predict rows beside the calling thread: a pool, and what is asked of one.

import type { CoverageOptions } from '../../conformal/guarantee-options.js';
import type { Values } from '../../data/dataset/dataset.js';
import type { OptionTable } from '../../option-names.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { TrainedEnsemble } from '../ensemble.js';

/** What may be wanted of a block of rows: the members' average, or each member's own. */
export interface RowAnswers {
  readonly combined: CombinedPredictions;
  readonly members: readonly Predictions[];
}

/** Rows for an ensemble that a thread has loaded. */
export interface RowsAsked<What extends keyof RowAnswers = keyof RowAnswers> {
  /** [rows, features] in the user's units, in shared memory. */
  readonly x: Values;
  readonly rows: number;
  readonly what: What;
}

/** How all rows of a session are predicted; see CombineOptions. */
export interface RowOptions extends CoverageOptions {
  readonly aggregator?: Aggregator;
  readonly weights?: readonly number[];
  readonly tolerance?: number;
  readonly clip?: boolean;
  readonly calibrated?: boolean;
}

/** An ensemble that threads predict with; each of them loads it once. */
export interface RowSession {
  /**
   * @returns an answer for each block of rows, the size of which follows from the ensemble; combined, one for all rows.
   * @throws what predicting them here would, without the right rows in its messages; and whatever befalls a thread.
   */
  predict<What extends keyof RowAnswers>(asked: RowsAsked<What>): Promise<readonly RowAnswers[What][]>;
  /** Threads let go of the ensemble; once is enough. */
  close(): void;
}

/** A pool; and, without threads that predict, whatever else runs members. */
export interface RowRunner {
  readonly threads: number;
  /** Whether its threads run already. @default true */
  readonly started?: boolean;
  openRows?(ensemble: TrainedEnsemble, options: RowOptions): RowSession;
}

/** Who predicts rows where this runner is named: one whose threads are on other machines leaves it to another. */
export function predictingRunner(runner: RowRunnerOptions['runner']): RowRunner | undefined {
  return runner?.rowRunner ?? runner;
}

/** What every function takes that may predict many rows. */
export interface RowRunnerOptions {
  /**
   * Whose threads predict networks where there are many rows: a pool. The answers are the same on any. @default one on
   * every core, shared with trainings
   */
  readonly runner?: RowRunner & { readonly rowRunner?: RowRunner };
}

/** What the options must be; see src/option-names.ts. */
export const ROW_RUNNER_OPTIONS = {
  runner: { expected: 'a runner, such as createPool() makes', holds: isRowRunner },
} satisfies OptionTable<RowRunnerOptions>;

/** Whether a value of a caller's is a runner. */
function isRowRunner(value: unknown): value is RowRunner {
  if (typeof value !== 'object' || value === null) return false;
  const { threads, openRows } = value as Partial<Record<keyof RowRunner, unknown>>;
  const callable = openRows === undefined || typeof openRows === 'function';
  return callable && Number.isSafeInteger(threads) && (threads as number) >= 1;
}
