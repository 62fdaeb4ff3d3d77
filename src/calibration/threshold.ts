// The decision threshold of a task of two classes: from which probability on the second, the positive one, is predicted.

/** Sums of weights by truth and decision. */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

/** What a threshold may be chosen for; the more the better. Each is 0 where it is 0/0. */
const SCORES = {
  accuracy: ({ truePositive: tp, trueNegative: tn, falsePositive: fp, falseNegative: fn }) =>
    share(tp + tn, tp + tn + fp + fn),
  balancedAccuracy: ({ truePositive: tp, trueNegative: tn, falsePositive: fp, falseNegative: fn }) =>
    (share(tp, tp + fn) + share(tn, tn + fp)) / 2,
  f1: ({ truePositive: tp, falsePositive: fp, falseNegative: fn }) => share(2 * tp, 2 * tp + fp + fn),
  mcc: ({ truePositive: tp, trueNegative: tn, falsePositive: fp, falseNegative: fn }) => {
    const spread = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
    return share(tp * tn - fp * fn, spread);
  },
} as const satisfies Readonly<Record<string, (confusion: Confusion) => number>>;

export type ThresholdCriterion = keyof typeof SCORES;

export const THRESHOLD_CRITERIA = Object.keys(SCORES) as readonly ThresholdCriterion[];

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** The probabilities of the second class as predictions state them, f32, beside truth and weights. */
export interface BinaryRows {
  readonly probabilities: Float32Array;
  readonly labels: Int32Array;
  readonly weights: Float64Array;
}

/** The score of decisions, each 0 or 1. */
export function decisionScore(
  criterion: ThresholdCriterion,
  decisions: Uint8Array,
  rows: BinaryRows,
): number {
  return SCORES[criterion](confusionOf(decisions, rows));
}

function confusionOf(decisions: Uint8Array, { labels, weights }: BinaryRows): Confusion {
  const sums = new Float64Array(4);
  for (let row = 0; row < decisions.length; row++) sums[2 * labels[row]! + decisions[row]!]! += weights[row]!;
  const [trueNegative, falsePositive, falseNegative, truePositive] = sums as unknown as number[];
  return {
    ...{ truePositive: truePositive!, falsePositive: falsePositive! },
    ...{ trueNegative: trueNegative!, falseNegative: falseNegative! },
  };
}

/** Decisions by a threshold: 1 from it on. */
export function decide(probabilities: Float32Array, threshold: number): Uint8Array {
  return Uint8Array.from(probabilities, (probability) => (probability >= threshold ? 1 : 0));
}

/** Scores nearer than this are equal: sums of the same weights in another order differ by less. */
const TIE = 1e-12;

/**
 * The threshold of the best score: 0.5, or halfway between two neighbouring probabilities. Of equally good ones the
 * nearest to 0.5, then the lower. That which predicts one class always is among those tried.
 */
export function chooseThreshold(criterion: ThresholdCriterion, rows: BinaryRows): number {
  const { probabilities, labels, weights } = rows;
  const order = Uint32Array.from(probabilities, (_, row) => row);
  order.sort((a, b) => probabilities[a]! - probabilities[b]! || a - b);
  // All positive at first; then row after row, from the least probable, becomes negative.
  const sums = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  for (let row = 0; row < labels.length; row++) {
    sums[labels[row] === 1 ? 'truePositive' : 'falsePositive'] += weights[row]!;
  }
  let best = { value: Number.NaN, score: Number.NEGATIVE_INFINITY };
  const tryOne = (below: number, above: number) => {
    const value = between(below, above);
    if (value === null) return;
    const score = SCORES[criterion](sums);
    const lead = score - best.score;
    const nearer = Math.abs(value - 0.5) < Math.abs(best.value - 0.5);
    if (lead > TIE || (lead >= -TIE && nearer)) best = { value, score };
  };
  for (let at = 0; at < order.length; ) {
    const place = probabilities[order[at]!]!;
    tryOne(at === 0 ? 0 : probabilities[order[at - 1]!]!, place);
    for (; at < order.length && probabilities[order[at]!] === place; at++) {
      const row = order[at]!;
      const isPositive = labels[row] === 1;
      sums[isPositive ? 'truePositive' : 'falsePositive'] -= weights[row]!;
      sums[isPositive ? 'falseNegative' : 'trueNegative'] += weights[row]!;
    }
  }
  tryOne(probabilities[order.at(-1)!]!, 1);
  return Number.isNaN(best.value) ? 0.5 : best.value;
}

/** A number above `below` and up to `above`, in (0, 1): 0.5 where it is such, else their middle; null where there is none. */
function between(below: number, above: number): number | null {
  if (below < 0.5 && above >= 0.5) return 0.5;
  const middle = below + (above - below) / 2;
  return middle > below && middle > 0 && middle < 1 ? middle : null;
}
