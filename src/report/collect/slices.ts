// Where the ensemble does worse than elsewhere.

import type { Dataset } from '../../data/dataset/dataset.js';
import { worstSlices } from '../../explain/worst-slices.js';
import { type MetricName, metrics } from '../../measure/metrics/metrics.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { SlicesData } from '../page/page-data.js';

const SHOWN = 8;

export function slicesOf(known: KnownRows, dataset: Dataset, level: number): SlicesData {
  const { metric, score, lookedAt, minRows, slices } = worstSlices(known, dataset, { most: SHOWN, level });
  return {
    ...{ metric: metrics.get(metric as MetricName).title, score, lookedAt, level, minRows },
    slices: slices.map(({ label, rows, score: value, interval, rest, chanceOfAny }) => ({
      ...{ label, rows, value, low: interval.low, high: interval.high, rest, chanceOfAny },
    })),
  };
}
