// One metric of members and of ensembles without one of them, over known rows of any weights: of metrics that are
// functions of sums over rows by these, of others by all rows at once.

import type { Metric, SummedMetric, WholeMetric } from '../../measure/metrics/metric.js';
import { type Scores, scoreBy } from '../../measure/metrics/metrics.js';
import { scoreKnownRows } from '../../measure/scores/row-scores.js';
import {
  overall,
  type PairedValues,
  pairedValues,
  type RowPredictions,
  sumsByRow,
  valueByRow,
} from '../../measure/scores/sums-by-row.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { Averaged } from './left-out.js';

export interface Judge {
  /**
   * The metric of predictions over rows of these weights, f64[rows]; null where it has no value.
   * @param scores of the same, which may hold it already.
   */
  value(predictions: RowPredictions, weights: Float64Array, scores: Scores | null): number | null;
  /** The whole ensemble first, another average second. */
  compare(second: Averaged, weights: Float64Array): PairedValues | null;
}

export function createJudge(known: KnownRows, metric: Metric, whole: Averaged): Judge {
  return metric.from === 'sums' ? summedJudge(known, metric, whole) : wholeJudge(known, metric, whole);
}

function summedJudge(known: KnownRows, metric: SummedMetric, whole: Averaged): Judge {
  const { rows, outputs, truth, task } = known;
  const partsOf = (predictions: RowPredictions) => sumsByRow(metric, predictions, truth, task);
  const ofWhole = partsOf({ rows, outputs, ...whole });
  return {
    value(predictions, weights, scores) {
      const known = scores && scoreBy(scores, metric);
      return known === null ? valueByRow(metric, partsOf(predictions), weights) : overall(metric, known);
    },
    compare: (second, weights) =>
      pairedValues(metric, ofWhole, partsOf({ rows, outputs, ...second }), weights),
  };
}

function wholeJudge(known: KnownRows, { name }: WholeMetric, whole: Averaged): Judge {
  const { rows, outputs } = known;
  const value = (predictions: RowPredictions, weights: Float64Array): number | null => {
    const { mean, logProbabilities = null, variance = null, labels = null } = predictions;
    const none = { flooredCount: 0, varianceKind: null };
    const combined = { rows, outputs, mean, logProbabilities, variance, labels, ...none };
    const scored = { ...known, combined, weights: Float32Array.from(weights) };
    return scoreKnownRows(scored, { metrics: [name], replicates: 0 }).scores[0]?.value ?? null;
  };
  return {
    value,
    compare(second, weights) {
      const [of, without] = [whole, second].map((own) => value({ rows, outputs, ...own }, weights));
      if (typeof of !== 'number' || typeof without !== 'number') return null;
      return { first: of, second: without, standardError: null };
    },
  };
}
