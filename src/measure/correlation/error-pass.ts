// One pass of error correlation over a few rows: predictions minus truth, and each row's sums.
// Stateless; the accumulator owns what is summed over rows.

import type { Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import type { Numbers, TargetBlock } from '../../predictions/blocks.js';

/** Rows start … start + rows of a block. */
export interface Pass {
  readonly task: Task;
  /** k of [block rows, columns]. */
  readonly predictions: readonly Numbers[];
  readonly targets: TargetBlock;
  /** u8[k, block rows], 1 where a member counts, or null. */
  readonly mask: Uint8Array | null;
  readonly columns: number;
  readonly start: number;
  readonly rows: number;
  /** Rows measured before this block, for error messages. */
  readonly rowsBefore: number;
}

/** A row's sums over the members that count for it, errors summed over outputs. */
export interface RowFigures {
  readonly memberCount: number;
  /** Σᵢ εᵢ². */
  readonly squares: number;
  /** Σ_{i≠j} εᵢ εⱼ. */
  readonly products: number;
  /** (mean prediction − truth)². */
  readonly measured: number;
  /** Mean over members of (prediction − mean prediction)². */
  readonly ambiguity: number;
}

/**
 * 2 for a binary head with one probability column, else 1: p and 1 − p are wrong by the same amount, so
 * the second class doubles every product.
 */
export function outputFactor(task: Task, columns: number): number {
  return isBinaryHead(task, columns) ? 2 : 1;
}

/** One column of probabilities for two classes; where there is but one class, its column is its own. */
function isBinaryHead(task: Task, columns: number): boolean {
  return task.kind === 'classification' && columns === 1 && task.classes.length !== 1;
}

/** The class whose probability a column holds: the second one in a binary head. */
export function classOfColumn(task: Task, columns: number, column: number): number {
  return isBinaryHead(task, columns) ? 1 : column;
}

/** Whether member `member` counts for row `row` of the block. */
export function counts(pass: Pass, member: number, row: number): boolean {
  return pass.mask === null || pass.mask[member * pass.targets.rows + row] !== 0;
}

/** The truth in one column: a class's one-hot value, or the target. */
function truthAt(pass: Pass, row: number, column: number): number {
  if (pass.task.kind === 'regression') return pass.targets.targets[row * pass.columns + column]!;
  const label = pass.targets.labels[row]!;
  return label === classOfColumn(pass.task, pass.columns, column) ? 1 : 0;
}

/**
 * errors: f64[k, rows × columns] of the pass, 0 where a member does not count.
 * @throws ERR_DATA naming the member and row of a prediction that is not finite.
 */
export function fillErrors(pass: Pass, errors: Float64Array, stride: number): void {
  const { columns, rows, start } = pass;
  const truth = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      truth[row * columns + column] = truthAt(pass, start + row, column);
    }
  }
  pass.predictions.forEach((prediction, member) => {
    for (let row = 0; row < rows; row++) {
      const counted = counts(pass, member, start + row);
      for (let at = row * columns; at < (row + 1) * columns; at++) {
        const value = counted ? prediction[start * columns + at]! - truth[at]! : 0;
        if (!(Math.abs(value) < Number.POSITIVE_INFINITY)) failNotFinite(pass, member, start + row);
        errors[member * stride + at] = value;
      }
    }
  });
}

function failNotFinite(pass: Pass, member: number, row: number): never {
  const at = { member, row: pass.rowsBefore + row };
  throw new TuttiError(
    'ERR_DATA',
    `Expected finite predictions and targets, got NaN or Infinity at member ${at.member}, row ${at.row}`,
    at,
  );
}

/** The sums of row `row` of the pass; null when no member counts for it. */
export function rowFigures(pass: Pass, errors: Float64Array, stride: number, row: number): RowFigures | null {
  const { columns, predictions } = pass;
  const blockRow = pass.start + row;
  const factor = outputFactor(pass.task, columns);
  let members = 0;
  for (let member = 0; member < predictions.length; member++) {
    if (counts(pass, member, blockRow)) members++;
  }
  if (members === 0) return null;
  let squares = 0;
  let squareOfSum = 0;
  let measured = 0;
  let ambiguity = 0;
  for (let column = 0; column < columns; column++) {
    const mean = meanPrediction(pass, blockRow, column, members);
    let sum = 0;
    for (let member = 0; member < predictions.length; member++) {
      if (!counts(pass, member, blockRow)) continue;
      const error = errors[member * stride + row * columns + column]!;
      sum += error;
      squares += error * error;
      ambiguity += (predictions[member]![blockRow * columns + column]! - mean) ** 2;
    }
    squareOfSum += sum * sum;
    measured += (mean - truthAt(pass, blockRow, column)) ** 2;
  }
  return {
    memberCount: members,
    squares: factor * squares,
    products: members === 1 ? 0 : factor * (squareOfSum - squares),
    measured: factor * measured,
    ambiguity: (factor * ambiguity) / members,
  };
}

function meanPrediction(pass: Pass, blockRow: number, column: number, members: number): number {
  let sum = 0;
  for (let member = 0; member < pass.predictions.length; member++) {
    if (counts(pass, member, blockRow)) sum += pass.predictions[member]![blockRow * pass.columns + column]!;
  }
  return sum / members;
}
