// Streams members' predictions block by block into v, c and ρ. Keeps a few numbers per row and k × k sums,
// never predictions, so memory does not grow with members × rows. Row order and values alone decide the
// result: how rows are cut into blocks changes no bit.

import type { Task } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';
import type { Numbers, TargetBlock } from '../../predictions/blocks.js';
import { counts, fillErrors, outputFactor, type Pass, rowFigures } from './error-pass.js';
import { type ErrorCorrelation, type ErrorSums, toReport } from './error-report.js';
import { bootstrapIntervals, INTERVAL_OPTIONS, type IntervalOptions } from './intervals.js';
import { createRowStore, type RowStore } from './row-sums.js';
import { createSecondMoments, type SecondMoments } from './second-moments.js';
import { estimatesOf, unitsOf } from './standard-errors.js';

export interface ErrorAccumulatorOptions extends IntervalOptions {
  /** k ≥ 1. */
  readonly memberCount: number;
  readonly task: Task;
  /** Whether blocks come with a mask of who counts for which row. @default false */
  readonly outOfBag?: boolean;
  /** Whether to keep the k × k matrix; it costs k² time per row. @default members ≤ 128 */
  readonly covariance?: boolean;
}

export interface ErrorAccumulator {
  /**
   * Adds rows. `predictions`: k of [rows, outputs], row-major, probabilities or values in the user's units
   * (classification with two classes also takes one column, the probability of the second class).
   * `outOfBag`: u8[k, rows], 1 where the row is out of bag for the member; others are not read.
   * @throws ERR_SHAPE when sizes disagree; ERR_DATA for a prediction that is not finite (member and row).
   */
  addBlock(predictions: readonly Numbers[], targets: TargetBlock, outOfBag?: Uint8Array | null): void;
  /** @throws ERR_DATA when no row was ever counted. */
  finish(): ErrorCorrelation;
}

/** Above this many members the covariance matrix must be asked for. */
const MOST_DEFAULT_COVARIANCE = 128;

/** Doubles of error scratch per pass: 1 MB, within a second-level cache. */
const SCRATCH_LENGTH = 131_072;

/** An empty accumulator. @throws ERR_OPTION for members, replicates or level out of range. */
export function createErrorAccumulator(options: ErrorAccumulatorOptions): ErrorAccumulator {
  const state = createState(options);
  const intervals = resolveIntervals(options);
  return {
    addBlock: (predictions, targets, outOfBag = null) => addBlock(state, predictions, targets, outOfBag),
    finish: () => {
      if (state.store.rows === 0) {
        throw new TuttiError('ERR_DATA', 'Expected at least one row to measure, got none', {
          totalRows: state.totalRows,
        });
      }
      return report(state, intervals);
    },
  };
}

function report(state: State, options: Required<IntervalOptions>): ErrorCorrelation {
  const { store, memberCount, rowsFrom, task } = state;
  const sums: ErrorSums = { ...state, task: task.kind, totals: store.totals() };
  const { standardErrors } = estimatesOf(unitsOf(store.values(), memberCount), null);
  const intervals = bootstrapIntervals(store, memberCount, rowsFrom === 'outOfBag', options);
  return toReport(sums, { standardErrors, intervals, covariance: covarianceOf(state) });
}

interface State {
  readonly rowsFrom: 'heldOut' | 'outOfBag';
  readonly memberCount: number;
  readonly task: Task;
  readonly store: RowStore;
  readonly products: SecondMoments | null;
  /** Rows both members of a pair count for; null when all count. */
  readonly jointRows: SecondMoments | null;
  readonly memberSquares: Float64Array;
  readonly memberRows: Float64Array;
  /** Zeroed and used again by every pass: a new one each time is garbage faster than it is collected. */
  scratch: Float64Array;
  /** See outputFactor. */
  factor: number;
  measured: number;
  ambiguity: number;
  meanMember: number;
  totalRows: number;
  singleMemberRows: number;
}

function createState(options: ErrorAccumulatorOptions): State {
  const { memberCount, task, outOfBag = false } = options;
  if (!Number.isInteger(memberCount) || memberCount < 1) failOption('members', 'an integer ≥ 1', memberCount);
  const covariance = options.covariance ?? memberCount <= MOST_DEFAULT_COVARIANCE;
  return {
    ...{ rowsFrom: outOfBag ? 'outOfBag' : 'heldOut', memberCount, task, store: createRowStore() },
    products: covariance ? createSecondMoments(memberCount) : null,
    jointRows: covariance && outOfBag ? createSecondMoments(memberCount) : null,
    memberSquares: new Float64Array(memberCount),
    memberRows: new Float64Array(memberCount),
    scratch: new Float64Array(0),
    ...{ factor: 1, measured: 0, ambiguity: 0, meanMember: 0, totalRows: 0, singleMemberRows: 0 },
  };
}

/** @throws ERR_OPTION for replicates or a level out of range. */
export function resolveIntervals(options: IntervalOptions): Required<IntervalOptions> {
  const { level: ofLevel, replicates: ofReplicates } = INTERVAL_OPTIONS;
  const { replicates = ofReplicates.default, level = ofLevel.default, seed = 0 } = options;
  if (!Number.isInteger(replicates) || replicates < 0) failOption('replicates', 'an integer ≥ 0', replicates);
  if (!(level > 0 && level < 1)) failOption('level', 'a number between 0 and 1', level);
  return { replicates, level, seed };
}

function addBlock(
  state: State,
  predictions: readonly Numbers[],
  targets: TargetBlock,
  mask: Uint8Array | null,
): void {
  if (targets.rows === 0) return;
  const columns = checkBlock(state, predictions, targets, mask);
  const rowsBefore = state.totalRows;
  const step = Math.max(1, Math.floor(SCRATCH_LENGTH / (state.memberCount * columns)));
  for (let start = 0; start < targets.rows; start += step) {
    const rows = Math.min(step, targets.rows - start);
    addRows(state, { task: state.task, predictions, targets, mask, columns, start, rows, rowsBefore });
  }
}

function addRows(state: State, pass: Pass): void {
  const stride = pass.rows * pass.columns;
  const errors = scratchOf(state, state.memberCount * stride);
  fillErrors(pass, errors, stride);
  for (let row = 0; row < pass.rows; row++) {
    state.totalRows++;
    const figures = rowFigures(pass, errors, stride, row);
    if (figures === null) continue;
    state.store.add(figures);
    state.measured += figures.measured;
    state.ambiguity += figures.ambiguity;
    state.meanMember += figures.squares / figures.memberCount;
    if (figures.memberCount === 1) state.singleMemberRows++;
  }
  addMemberErrors(state, pass, errors, stride);
  state.products?.add(errors, stride, stride);
  if (state.jointRows !== null) state.jointRows.add(countedRows(state, pass), pass.rows, pass.rows);
}

function scratchOf(state: State, length: number): Float64Array {
  if (state.scratch.length < length) state.scratch = new Float64Array(length);
  return state.scratch.subarray(0, length).fill(0);
}

function addMemberErrors(state: State, pass: Pass, errors: Float64Array, stride: number): void {
  const factor = outputFactor(pass.task, pass.columns);
  for (let member = 0; member < state.memberCount; member++) {
    for (let at = member * stride; at < (member + 1) * stride; at++) {
      state.memberSquares[member]! += factor * errors[at]! * errors[at]!;
    }
    for (let row = pass.start; row < pass.start + pass.rows; row++) {
      if (counts(pass, member, row)) state.memberRows[member]!++;
    }
  }
}

/** f64[k, rows]: 1 where a member counts, so that their products count joint rows. */
function countedRows(state: State, pass: Pass): Float64Array {
  const counted = new Float64Array(state.memberCount * pass.rows);
  for (let member = 0; member < state.memberCount; member++) {
    for (let row = 0; row < pass.rows; row++) {
      counted[member * pass.rows + row] = counts(pass, member, pass.start + row) ? 1 : 0;
    }
  }
  return counted;
}

function covarianceOf(state: State): ErrorCorrelation['covariance'] {
  const { products, jointRows, memberCount, factor } = state;
  if (products === null) return null;
  const all = Array.from({ length: memberCount }, (_, index) => index);
  return all.map((i) =>
    all.map((j) => {
      const rows = jointRows === null ? state.totalRows : jointRows.at(i, j);
      return rows === 0 ? null : (factor * products.at(i, j)) / rows;
    }),
  );
}

/** Checks a block against the options; returns the columns of its predictions. */
function checkBlock(
  state: State,
  predictions: readonly Numbers[],
  targets: TargetBlock,
  mask: Uint8Array | null,
): number {
  const { memberCount, task } = state;
  const shape = (expected: string, got: number): never => {
    throw new TuttiError('ERR_SHAPE', `Expected ${expected}, got ${got}`);
  };
  if (predictions.length !== memberCount) shape(`predictions of ${memberCount} members`, predictions.length);
  if ((mask !== null) !== (state.rowsFrom === 'outOfBag')) {
    failOption(
      'outOfBag',
      'given with every block exactly when the accumulator is out of bag',
      mask !== null,
    );
  }
  if (mask !== null && mask.length !== memberCount * targets.rows) {
    shape(`a mask of ${memberCount} members × ${targets.rows} rows`, mask.length);
  }
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const single = task.kind === 'classification' && outputs === 2 && predictions[0]!.length === targets.rows;
  const columns = single ? 1 : outputs;
  const truths = task.kind === 'classification' ? targets.labels.length : targets.targets.length / outputs;
  if (truths !== targets.rows) shape(`targets of ${targets.rows} rows`, truths);
  predictions.forEach((prediction, member) => {
    if (prediction.length !== targets.rows * columns) {
      shape(`${targets.rows} rows × ${columns} outputs of member ${member}`, prediction.length);
    }
  });
  const factor = single ? 2 : 1;
  if (state.totalRows > 0 && state.factor !== factor) shape('the same columns in every block', columns);
  state.factor = factor;
  return columns;
}
