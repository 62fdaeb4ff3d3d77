// Where a score lies as far as the choice of rows goes, from its values in resampled rows.

import { normalQuantile } from '../../math/normal.js';
import { quantileOfSorted, variance } from '../../math/statistics.js';
import type { Interval } from '../correlation/intervals.js';
import type { Metric } from '../metrics/metric.js';

/**
 * Between the percentiles of the replicates; of too few for percentiles, as rows are many then, the normal interval of their
 * standard deviation. Those of what resampling makes larger (calibration errors: noise adds to
 * them) are mirrored about the value, to undo that in the value itself too; the value stays inside. What resampling makes
 * smaller (how even classes are) lies between the outer ends of both, as near its greatest value neither holds it alone.
 * @param outputs classes, or targets
 *
 * **Source:** Efron and Tibshirani 1993, An introduction to the bootstrap, chapter 13; the mirrored ("basic") interval:
 * Davison and Hinkley 1997, Bootstrap methods and their application, section 5.2.
 */
export function intervalOf(
  { grows = false, shrinks }: Pick<Metric, 'grows' | 'shrinks'>,
  value: number,
  draws: Float64Array,
  level: number,
  outputs = 1,
): Interval | null {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  if (sorted.length === 0 || sorted[0] === sorted.at(-1)) return null;
  const enough = 2 * sorted.length >= draws.length;
  const half = enough ? 0 : normalQuantile((1 + level) / 2) * Math.sqrt(variance(sorted));
  const low = enough ? quantileOfSorted(sorted, (1 - level) / 2) : value - half;
  const high = enough ? quantileOfSorted(sorted, (1 + level) / 2) : value + half;
  if (shrinks !== undefined) {
    const most = Math.max(value, shrinks(outputs));
    return {
      low: Math.max(0, Math.min(low, value, 2 * value - high)),
      high: Math.min(most, Math.max(high, value, 2 * value - low)),
    };
  }
  if (!grows) return { low, high };
  return { low: Math.max(0, Math.min(value, 2 * value - high)), high: Math.max(value, 2 * value - low) };
}
