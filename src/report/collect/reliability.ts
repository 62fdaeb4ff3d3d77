// Whether probabilities mean what they say: of rows said with a confidence, how many are right.

import { wholeRowsOf } from '../../measure/scores/resampled-rows.js';
import {
  calibrationError,
  confidenceBins,
  reliabilityBins,
} from '../../measure/statistics/confidence-bins.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { ReliabilityBin, ReliabilityData } from '../page/page-data.js';

const BINS = 15;
/** Of a 95 % interval of the normal distribution. */
const HALF = 1.959964;

/** Null for numbers, and where nothing given is a probability. */
export function reliabilityOf(
  known: KnownRows,
  probabilities: boolean,
  calibrated: CombinedPredictions | null,
  method: string | null,
): ReliabilityData | null {
  if (known.task.kind !== 'classification' || !probabilities) return null;
  const before = seriesOf(calibrated === null ? 'as predicted' : 'before calibration', known);
  const after =
    calibrated === null ? [] : [seriesOf('after calibration', { ...known, combined: calibrated })];
  return { of: [before, ...after], method };
}

function seriesOf(name: string, known: KnownRows): ReliabilityData['of'][number] {
  const rows = wholeRowsOf(known);
  const bins = reliabilityBins(rows, 'width', BINS).map((bin) => withInterval(bin));
  return { name, bins, ece: calibrationError(confidenceBins.prepare(rows)(rows.weights)) };
}

/** Wilson's interval of the share that is right. **Source:** Wilson 1927. */
function withInterval({
  weight,
  confidence,
  accuracy,
}: {
  weight: number;
  confidence: number;
  accuracy: number;
}): ReliabilityBin {
  const spread = HALF * HALF;
  const centre = (accuracy + spread / (2 * weight)) / (1 + spread / weight);
  const half =
    (HALF * Math.sqrt((accuracy * (1 - accuracy)) / weight + spread / (4 * weight * weight))) /
    (1 + spread / weight);
  return {
    rows: weight,
    confidence,
    accuracy,
    low: Math.max(0, centre - half),
    high: Math.min(1, centre + half),
  };
}
