// How rows are ranked by the probability of each class, one class against the others: areas under the ROC and the
// precision–recall curve, and the curves themselves.

import { descendingOrder } from '../../math/order.js';
import { type Statistic, total, type WholeRows } from './statistic.js';

/** Areas of each class; NaN where rows of it, or of others, are missing. */
export interface ClassRanks {
  /** f64[classes]. */
  readonly auroc: Float64Array;
  /** f64[classes]: Σ (recall − the recall before) · precision over thresholds. */
  readonly averagePrecision: Float64Array;
}

/** Rows from the most probable of a class to the least of those that are of it. */
interface Ranking {
  readonly order: Uint32Array;
  /** u8: bit 0 where the row is of the class, bit 1 where the next row's probability is lower. */
  readonly marks: Uint8Array;
}

const OF_CLASS = 1;
const LAST_OF_TIE = 2;

/**
 * A tie counts half in the ROC and whole in precision and recall, as thresholds cannot part it.
 *
 * **Source:** Fawcett 2006, An introduction to ROC analysis; average precision as in Manning, Raghavan and Schütze 2008,
 * Introduction to information retrieval, section 8.4.
 */
export const classRanks: Statistic<ClassRanks> = {
  prepare(rows) {
    const { outputs, truth } = rows;
    const rankings = Array.from({ length: outputs }, (_, label) => rankingOf(rows, label, true));
    const { labels } = truth;
    const ofClass = new Float64Array(outputs);
    return (weights) => {
      ofClass.fill(0);
      for (let row = 0; row < rows.rows; row++) ofClass[labels[row]!]! += weights[row]!;
      const all = total(weights);
      const auroc = new Float64Array(outputs);
      const averagePrecision = new Float64Array(outputs);
      for (let label = 0; label < outputs; label++) {
        const own = ofClass[label]!;
        addAreas(rankings[label]!, weights, own, all - own, label, auroc, averagePrecision);
      }
      return { auroc, averagePrecision };
    };
  },
};

function rankingOf({ rows, outputs, mean, truth }: WholeRows, label: number, cut: boolean): Ranking {
  const order = descendingOrder(mean, rows, label, outputs);
  const marks = new Uint8Array(rows);
  let end = 0;
  let inTie = false;
  for (let rank = 0; rank < rows; rank++) {
    const row = order[rank]!;
    const next = order[rank + 1];
    const last = next === undefined || mean[next * outputs + label] !== mean[row * outputs + label];
    const own = truth.labels[row] === label;
    marks[rank] = (own ? OF_CLASS : 0) | (last ? LAST_OF_TIE : 0);
    inTie ||= own;
    if (!last) continue;
    // What comes after the last row of the class changes neither area.
    if (inTie) end = rank + 1;
    inTie = false;
  }
  return cut ? { order: order.slice(0, end), marks: marks.slice(0, end) } : { order, marks };
}

function addAreas(
  { order, marks }: Ranking,
  weights: Float64Array,
  positives: number,
  negatives: number,
  label: number,
  auroc: Float64Array,
  averagePrecision: Float64Array,
): void {
  let truePositives = 0;
  let falsePositives = 0;
  let before = 0;
  let falseBefore = 0;
  let above = 0;
  let area = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const weight = weights[order[rank]!]!;
    const mark = marks[rank]!;
    if ((mark & OF_CLASS) !== 0) truePositives += weight;
    else falsePositives += weight;
    if ((mark & LAST_OF_TIE) === 0) continue;
    const step = truePositives - before;
    if (step > 0) {
      // Negatives that are ranked above these positives, those of the tie by half.
      above += step * (falseBefore + falsePositives);
      area += (step * truePositives) / (truePositives + falsePositives);
      before = truePositives;
    }
    falseBefore = falsePositives;
  }
  const both = positives > 0 && negatives > 0;
  auroc[label] = both ? 1 - above / (2 * positives * negatives) : Number.NaN;
  averagePrecision[label] = positives > 0 ? area / positives : Number.NaN;
}

/** The points of a class's curves, one for each threshold that parts rows, from the strictest on. */
export interface ThresholdCurve {
  /** Rows at least this probable are taken for the class. */
  readonly threshold: Float64Array;
  /** Share of the class's rows that are taken for it: recall. */
  readonly truePositiveRate: Float64Array;
  /** Share of the other rows that are. */
  readonly falsePositiveRate: Float64Array;
  /** Share of the class among the rows that are taken for it. */
  readonly precision: Float64Array;
}

/** The ROC curve and the precision–recall curve of one class against the others. */
export function thresholdCurve(rows: WholeRows, label: number): ThresholdCurve {
  const { order, marks } = rankingOf(rows, label, false);
  const { mean, outputs, weights, truth } = rows;
  const ends: number[] = [];
  for (let rank = 0; rank < order.length; rank++) if ((marks[rank]! & LAST_OF_TIE) !== 0) ends.push(rank);
  let positives = 0;
  for (let row = 0; row < rows.rows; row++) if (truth.labels[row] === label) positives += weights[row]!;
  const negatives = total(weights) - positives;
  const [threshold, truePositiveRate, falsePositiveRate, precision] = [0, 1, 2, 3].map(
    () => new Float64Array(ends.length),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  let truePositives = 0;
  let falsePositives = 0;
  let rank = 0;
  for (const [point, end] of ends.entries()) {
    for (; rank <= end; rank++) {
      const weight = weights[order[rank]!]!;
      if ((marks[rank]! & OF_CLASS) !== 0) truePositives += weight;
      else falsePositives += weight;
    }
    threshold[point] = mean[order[end]! * outputs + label]!;
    truePositiveRate[point] = truePositives / positives;
    falsePositiveRate[point] = falsePositives / negatives;
    precision[point] = truePositives / (truePositives + falsePositives);
  }
  return { threshold, truePositiveRate, falsePositiveRate, precision };
}
