// Where the uncertainty of each row comes from: what members find noisy in the data (aleatoric), and what they
// disagree on because the training rows leave it open (epistemic). Pure functions of members' predictions.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { log } from '../../math/functions.js';
import { checkOptions, type OptionTable, option } from '../../option-names.js';
import type { Predictions } from '../predictions.js';
import { COMBINE_OPTIONS } from './aggregate.js';
import { resolveShares, type Shares, shareAt } from './shares.js';

/**
 * Of each row, for classes one number and for numbers one per target: [rows, columns]. `total` is the sum of the
 * others. Rows that no member counts for are NaN.
 */
export interface Uncertainty {
  /** Entropies of classes, in nats, at most ln of their number; variances of numbers, in the square of the user's units. */
  readonly kind: 'entropy' | 'variance';
  readonly rows: number;
  /** 1 for classes; the targets of a regression. */
  readonly columns: number;
  /** Of the mixture of the members; null where `aleatoric` is. */
  readonly total: Float64Array | null;
  /** What is left when members agree. Null for numbers without a Gaussian head on every member: nobody predicted it. */
  readonly aleatoric: Float64Array | null;
  /** What members disagree on; ≥ 0, and 0 of one member, which says nothing of it. */
  readonly epistemic: Float64Array;
}

export interface UncertaintyOptions {
  /** One per member, finite, ≥ 0, not all 0; normalised to sum to one. @default equal */
  readonly weights?: readonly number[] | null;
  /** u8[k, rows]: 1 where a member counts for a row (out of bag). @default all count */
  readonly mask?: Uint8Array | null;
}

const UNCERTAINTY_OPTIONS = {
  weights: COMBINE_OPTIONS.weights,
  mask: option.orNull(option.numbers),
} satisfies OptionTable<UncertaintyOptions>;

/**
 * Splits the uncertainty of each row of k members' predictions.
 * Classes: total H(p̄), aleatoric Σ wᵢ H(pᵢ), epistemic their difference, the mutual information of the class and the
 * member, which is Σ wᵢ KL(pᵢ ‖ p̄) with p̄ = Σ wᵢ pᵢ whichever aggregator predicts. Numbers, by the law of total
 * variance: aleatoric Σ wᵢ σᵢ² of Gaussian heads, epistemic Σ wᵢ (μᵢ − μ̄)².
 *
 * **Source:** Depeweg et al. 2018, Decomposition of uncertainty in Bayesian deep learning, equations 3 and 5;
 * Lakshminarayanan, Pritzel and Blundell 2017, section 2.4, for the mixture.
 * @throws ERR_OPTION for bad weights; ERR_SHAPE for members that do not fit together.
 */
export function uncertaintyOf(
  members: readonly Predictions[],
  task: Task,
  options: UncertaintyOptions = {},
): Uncertainty {
  checkOptions('uncertaintyOf', options, UNCERTAINTY_OPTIONS);
  const rows = checkedRows(members, outputCount(task));
  const { weights = null, mask = null } = options;
  const shares = resolveShares(weights, members.length, rows, mask);
  return task.kind === 'classification' ? ofClasses(members, shares) : ofNumbers(members, shares);
}

function checkedRows(members: readonly Predictions[], outputs: number): number {
  const [first] = members;
  if (first === undefined) throw new TuttiError('ERR_SHAPE', 'Expected at least one member, got none');
  members.forEach((own, member) => {
    const length = first.rows * outputs;
    if (own.rows === first.rows && own.mean.length === length) return;
    const expected = `Expected member ${member} to predict ${first.rows} rows × ${outputs} outputs`;
    throw new TuttiError('ERR_SHAPE', `${expected}, got ${own.rows} × ${own.outputs}`, { member });
  });
  return first.rows;
}

function ofClasses(members: readonly Predictions[], shares: Shares): Uncertainty {
  const { rows, outputs } = members[0]!;
  const total = new Float64Array(rows);
  const aleatoric = new Float64Array(rows);
  const epistemic = new Float64Array(rows);
  const mean = new Float64Array(outputs);
  for (let row = 0; row < rows; row++) {
    mean.fill(0);
    const from = row * outputs;
    let within = 0;
    for (let member = 0; member < members.length; member++) {
      const share = shareAt(shares, member, row);
      if (share === 0) continue;
      const own = members[member]!.mean;
      for (let column = 0; column < outputs; column++) mean[column]! += share * own[from + column]!;
      within += share * entropyAt(own, from, outputs);
    }
    const of = entropyAt(mean, 0, outputs);
    // Rounding may make the entropy of equal members' mean the smaller one.
    total[row] = of > within || Number.isNaN(of) ? of : within;
    aleatoric[row] = within;
    epistemic[row] = total[row]! - within;
  }
  return { kind: 'entropy', rows, columns: 1, total, aleatoric, epistemic };
}

/** −Σ p ln p in nats, with 0 ln 0 = 0. */
function entropyAt(probabilities: ArrayLike<number>, from: number, columns: number): number {
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    const probability = probabilities[from + column]!;
    if (probability !== 0) sum -= probability * log(probability);
  }
  // Of one class alone that is −0.
  return sum + 0;
}

function ofNumbers(members: readonly Predictions[], shares: Shares): Uncertainty {
  const { rows, outputs } = members[0]!;
  const heads = members.every(({ variance }) => variance !== null);
  const epistemic = new Float64Array(rows * outputs);
  const aleatoric = heads ? new Float64Array(rows * outputs) : null;
  for (let at = 0; at < epistemic.length; at++) {
    const row = Math.floor(at / outputs);
    let mean = 0;
    for (let member = 0; member < members.length; member++) {
      const share = shareAt(shares, member, row);
      if (share !== 0) mean += share * members[member]!.mean[at]!;
    }
    let between = 0;
    let within = 0;
    for (let member = 0; member < members.length; member++) {
      const share = shareAt(shares, member, row);
      if (share === 0) continue;
      const { mean: own, variance } = members[member]!;
      // About the mean, not Σ w μ² − μ̄², which cancels.
      between += share * (own[at]! - mean) ** 2;
      if (heads) within += share * variance![at]!;
    }
    epistemic[at] = between;
    if (aleatoric !== null) aleatoric[at] = within;
  }
  const total = aleatoric?.map((within, at) => within + epistemic[at]!) ?? null;
  return { kind: 'variance', rows, columns: outputs, total, aleatoric, epistemic };
}
