// The arithmetic mean, mean = Σ wᵢ pᵢ with Σ wᵢ = 1, and of Gaussian heads the moments of their mixture.

import type { Task, Values } from '../../data/dataset/dataset.js';
import type { CombinedPredictions } from '../combined-predictions.js';
import { labelsOf } from '../labels.js';
import type { Predictions } from '../predictions.js';
import { commonLevels } from '../quantiles.js';
import type { AggregatorDefinition } from './definition.js';
import { addShare, maxRunLength, type Run, runsOf, type Shares, store } from './shares.js';

export const arithmeticMean = {
  name: 'arithmeticMean',
  title: 'arithmetic mean',
  says: 'the mean of probabilities, or of values',
  linear: true,
  probabilities: true,
  curves: ['classification', 'regression'],
  floors: [],
  misfit: () => null,
  combine: meanOf,
  terms: { of: ({ mean }) => mean.slice(), toPredictions: null, choiceOnly: false },
} as const satisfies AggregatorDefinition;

/**
 * Classification: mean probabilities. Regression: μ = Σ wᵢ μᵢ with `variance`
 * Σ wᵢ (σᵢ² + (μᵢ − μ)²) when every member has a variance head, else the spread Σ wᵢ (μᵢ − μ)².
 *
 * **Source:** Lakshminarayanan, Pritzel and Blundell 2017, Simple and scalable predictive uncertainty
 * estimation using deep ensembles, section 2.4.
 */
function meanOf(members: readonly Predictions[], shares: Shares, task: Task): CombinedPredictions {
  const { rows, outputs } = members[0]!;
  const regression = task.kind === 'regression';
  const mean = regression ? new Float64Array(rows * outputs) : new Float32Array(rows * outputs);
  const variance = regression ? new Float64Array(rows * outputs) : null;
  const heads = members.every((member) => member.variance !== null);
  const sum = new Float64Array(maxRunLength(rows, outputs));
  const scratch = variance === null ? null : new Float64Array(sum.length);
  for (const run of runsOf(rows)) {
    const length = run.rows * outputs;
    sum.fill(0, 0, length);
    for (let member = 0; member < members.length; member++) {
      addShare(sum, members[member]!.mean, run.start * outputs, outputs, shares, member, run);
    }
    store(mean, sum, run, outputs);
    if (variance !== null) {
      const second = mixtureVariance(members, heads, shares, run, sum, scratch!);
      store(variance, second, run, outputs);
    }
  }
  return {
    rows,
    outputs,
    mean,
    logProbabilities: null,
    variance,
    labels: regression ? null : labelsOf(mean, rows, outputs),
    flooredCount: 0,
    varianceKind: regression ? (heads ? 'mixture' : 'spread') : null,
    ...(regression ? meanQuantiles(members, shares) : {}),
  };
}

/**
 * Of each level the mean of the members' quantiles, which ascend as theirs do; none unless all have the same levels.
 *
 * **Source:** Vincent 1912; Lichtendahl, Grushka-Cockayne and Winkler 2013, Is it better to average probabilities or
 * quantiles?
 */
function meanQuantiles(
  members: readonly Predictions[],
  shares: Shares,
): Pick<CombinedPredictions, 'quantiles'> {
  const levels = commonLevels(members.map(({ quantiles }) => quantiles));
  if (levels === undefined) return {};
  const { rows, outputs } = members[0]!;
  const width = outputs * levels.length;
  const values = new Float64Array(rows * width);
  for (const run of runsOf(rows)) {
    const own = values.subarray(run.start * width, (run.start + run.rows) * width);
    for (const [at, { quantiles }] of members.entries()) {
      addShare(own, quantiles!.values, run.start * width, width, shares, at, run);
    }
  }
  return { quantiles: { levels, values } };
}

/** What most ensembles are: members without variances, the same share in all rows. In one pass. */
function addSquaredDeviations(
  sum: Float64Array,
  values: Values,
  from: number,
  centre: Float64Array,
  share: number,
): void {
  if (share === 0) return;
  for (let at = 0; at < sum.length; at++) {
    const deviation = values[from + at]! - centre[at]!;
    sum[at]! += share * (deviation * deviation);
  }
}

/** Σ wᵢ (σᵢ² + (μᵢ − μ)²) over a run: about the mean, not Σ wᵢ μᵢ² − μ², which cancels. */
function mixtureVariance(
  members: readonly Predictions[],
  heads: boolean,
  shares: Shares,
  run: Run,
  centre: Float64Array,
  scratch: Float64Array,
): Float64Array {
  const outputs = members[0]!.outputs;
  const length = run.rows * outputs;
  const from = run.start * outputs;
  const second = new Float64Array(length);
  members.forEach((member, index) => {
    if (!heads && shares.perRow === null) {
      addSquaredDeviations(second, member.mean, from, centre, shares.perMember[index]!);
      return;
    }
    const variance = heads ? member.variance : null;
    for (let at = 0; at < length; at++) {
      const deviation = member.mean[from + at]! - centre[at]!;
      scratch[at] = deviation * deviation + (variance === null ? 0 : variance[from + at]!);
    }
    addShare(second, scratch, 0, outputs, shares, index, run);
  });
  return second;
}
