// How rows are ranked by the probability of each class, one class against the others: areas under the ROC and the
// precision–recall curve, and the curves themselves.

import { descendingOrder } from '../../math/order.js';
import { byCell, type Statistic, sumCells, sumPicked, total, type WholeRows } from './statistic.js';

/** Areas of each class; NaN where rows of it, or of others, are missing. */
export interface ClassRanks {
  /** f64[classes]. */
  readonly auroc: Float64Array;
  /** f64[classes]: Σ (recall − the recall before) · precision over thresholds. */
  readonly averagePrecision: Float64Array;
}

/**
 * A tie counts half in the ROC and whole in precision and recall, as thresholds cannot part it.
 *
 * **Source:** Fawcett 2006, An introduction to ROC analysis; average precision as in Manning, Raghavan and Schütze 2008,
 * Introduction to information retrieval, section 8.4.
 */
export const classRanks: Statistic<ClassRanks> = {
  prepare(rows) {
    const { outputs, truth } = rows;
    const rankings = Array.from({ length: outputs }, (_, label) => rankingOf(rows, label));
    const byClass = byCell(truth.labels, outputs);
    const ofClass = new Float64Array(outputs);
    return (weights) => {
      sumCells(byClass, weights, ofClass);
      const all = total(weights);
      const auroc = new Float64Array(outputs);
      const averagePrecision = new Float64Array(outputs);
      for (let label = 0; label < outputs; label++) {
        const positives = ofClass[label]!;
        const negatives = all - positives;
        const { above, area } = areasOf(rankings[label]!, weights);
        const both = positives > 0 && negatives > 1e-12 * all;
        auroc[label] = both ? 1 - above / (2 * positives * negatives) : Number.NaN;
        averagePrecision[label] = positives > 0 ? area / positives : Number.NaN;
      }
      return { auroc, averagePrecision };
    };
  },
};

/** Rows from the most probable of a class to the last that is of it: what comes after changes neither area. */
interface Ranking {
  readonly order: Uint32Array;
  /**
   * Of each tie with rows of the class, u32[3 × ties]: the ranks at which it begins, its other rows begin and it ends.
   * Between ties there are only other rows.
   */
  readonly ties: Uint32Array;
}

function rankingOf({ rows, outputs, mean, truth }: WholeRows, label: number): Ranking {
  const order = descendingOrder(mean, rows, label, outputs);
  const ties: number[] = [];
  for (let start = 0, end = 0; start < rows; start = end) {
    const probability = mean[order[start]! * outputs + label]!;
    while (end < rows && mean[order[end]! * outputs + label] === probability) end++;
    if (end - start === 1) {
      if (truth.labels[order[start]!] === label) ties.push(start, end, end);
      continue;
    }
    const tied = order.slice(start, end);
    const own = tied.filter((row) => truth.labels[row] === label);
    if (own.length === 0) continue;
    order.set(own, start);
    order.set(
      tied.filter((row) => truth.labels[row] !== label),
      start + own.length,
    );
    ties.push(start, start + own.length, end);
  }
  return { order: order.slice(0, ties.at(-1) ?? 0), ties: Uint32Array.from(ties) };
}

/** Twice the weight of pairs that are ranked wrong, ties by half, and the area of precision over the weight of positives. */
function areasOf({ order, ties }: Ranking, weights: Float64Array): { above: number; area: number } {
  let truePositives = 0;
  let falsePositives = 0;
  let above = 0;
  let area = 0;
  let rank = 0;
  for (let at = 0; at < ties.length; at += 3) {
    const start = ties[at]!;
    const others = ties[at + 1]!;
    const end = ties[at + 2]!;
    falsePositives += sumPicked(weights, order, rank, start);
    const own = sumPicked(weights, order, start, others);
    const tied = sumPicked(weights, order, others, end);
    rank = end;
    if (own > 0) {
      truePositives += own;
      above += own * (2 * falsePositives + tied);
      area += (own * truePositives) / (truePositives + falsePositives + tied);
    }
    falsePositives += tied;
  }
  return { above, area };
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

/** The ROC curve and the precision–recall curve of one class against the others; NaN where rows of either are missing. */
export function thresholdCurve(rows: WholeRows, label: number): ThresholdCurve {
  const { mean, outputs, weights, truth } = rows;
  const order = descendingOrder(mean, rows.rows, label, outputs);
  const points: [threshold: number, truePositives: number, falsePositives: number][] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (const [rank, row] of order.entries()) {
    if (truth.labels[row] === label) truePositives += weights[row]!;
    else falsePositives += weights[row]!;
    const probability = mean[row * outputs + label]!;
    const next = order[rank + 1];
    if (next !== undefined && mean[next * outputs + label] === probability) continue;
    points.push([probability, truePositives, falsePositives]);
  }
  return {
    threshold: Float64Array.from(points, ([threshold]) => threshold),
    truePositiveRate: Float64Array.from(points, ([, own]) => own / truePositives),
    falsePositiveRate: Float64Array.from(points, ([, , others]) => others / falsePositives),
    precision: Float64Array.from(points, ([, own, others]) => own / (own + others)),
  };
}
