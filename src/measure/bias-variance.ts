// What predictions err by, over training sets drawn again and again: what no training set mends (noise and bias), and how far
// predictions depend on the one that was drawn (variance). Of a member and of the ensemble; knows nothing of training.

import type { Task } from '../data/dataset/dataset.js';
import type { TargetBlock } from '../predictions/blocks.js';
import { labelsOf, largestAt } from '../predictions/labels.js';
import type { Predictions } from '../predictions/predictions.js';

/** Means over rows of squared errors, summed over outputs: `error` is the sum of the others. */
export interface SquaredParts {
  readonly error: number;
  /** Noise of the truth and bias², which rows that are there once cannot tell apart. Chance may make it < 0. */
  readonly noiseAndBias: number;
  /** Of predictions over training sets, with S − 1. */
  readonly variance: number;
}

/** Shares of rows: `error` is bias + net variance. */
export interface WrongParts {
  readonly error: number;
  /** Share of rows whose main prediction, the class most often predicted, is wrong. */
  readonly bias: number;
  /** How often another class than the main prediction is predicted. */
  readonly variance: number;
  /** What variance costs where the main prediction is right, less what it brings where it is wrong. */
  readonly netVariance: number;
}

export interface BiasVariance {
  readonly trainingSets: number;
  readonly memberCount: number;
  readonly rows: number;
  readonly member: SquaredParts;
  /** Of the members' unweighted mean. */
  readonly ensemble: SquaredParts;
  /**
   * Of a member's variance, what it shares with all members of its training set, and what is its own chance: averaging k
   * members leaves `trainingSet` + `chance`/k. Null for one member.
   */
  readonly variance: { readonly trainingSet: number; readonly chance: number } | null;
  /** Of classes; the ensemble's as its aggregator chooses them. Null for numbers. */
  readonly wrong: { readonly member: WrongParts; readonly ensemble: WrongParts } | null;
}

export interface BiasVarianceAccumulator {
  /** Adds the predictions of all test rows by what one training set made. @param labels the ensemble's classes; null for numbers */
  addTrainingSet(members: readonly Predictions[], labels: Int32Array | null): void;
  /** Null for fewer than two training sets. */
  finish(): BiasVariance | null;
}

/**
 * An empty accumulator of these test rows.
 * @param weights one per row, ≥ 0 and not all 0; null: all 1.
 *
 * **Source:** Geman, Bienenstock and Doursat 1992, Neural networks and the bias/variance dilemma; Kohavi and Wolpert 1996,
 * Bias plus variance decomposition for zero-one loss functions, section 4 (repeated training sets, unbiased estimates);
 * Domingos 2000, A unified bias-variance decomposition and its applications, sections 2 and 3 (main prediction, net variance).
 */
export function createBiasVariance(
  task: Task,
  truth: TargetBlock,
  weights: ArrayLike<number> | null = null,
): BiasVarianceAccumulator {
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const { rows } = truth;
  const expected = expectedOf(task, truth, outputs);
  const total = Array.from({ length: rows }, (_, row) => weights?.[row] ?? 1).reduce(
    (sum, own) => sum + own,
    0,
  );
  /** The weighted mean over rows of numbers [rows, outputs], summed over outputs. */
  const meanOf = (at: (place: number) => number) => {
    let sum = 0;
    for (let place = 0; place < rows * outputs; place++) {
      sum += (weights?.[Math.floor(place / outputs)] ?? 1) * at(place);
    }
    return sum / total;
  };
  const ensemble = createSpread(rows * outputs);
  const each: Spread[] = [];
  const votes = { member: new Float64Array(rows * outputs), ensemble: new Float64Array(rows * outputs) };
  const errors = { member: 0, ensemble: 0 };
  let chance = 0;
  let trainingSets = 0;
  return {
    addTrainingSet(members, labels) {
      const count = members.length;
      const mean = new Float64Array(rows * outputs);
      for (const [at, member] of members.entries()) {
        each[at] ??= createSpread(rows * outputs);
        each[at].add(member.mean);
        for (let place = 0; place < mean.length; place++) mean[place]! += member.mean[place]! / count;
        errors.member += meanOf((place) => (member.mean[place]! - expected[place]!) ** 2) / count;
        if (task.kind === 'classification')
          addVotes(votes.member, labelsOf(member.mean, rows, outputs), 1 / count);
      }
      ensemble.add(mean);
      errors.ensemble += meanOf((place) => (mean[place]! - expected[place]!) ** 2);
      for (const { mean: own } of count > 1 ? members : []) {
        chance += meanOf((place) => (own[place]! - mean[place]!) ** 2) / (count - 1);
      }
      if (labels !== null) addVotes(votes.ensemble, labels, 1);
      trainingSets++;
    },
    finish() {
      if (trainingSets < 2) return null;
      const memberCount = each.length;
      const varianceOf = ({ squares }: Spread) => meanOf((place) => squares[place]! / (trainingSets - 1));
      const partsOf = (error: number, variance: number): SquaredParts => {
        return { error, noiseAndBias: error - variance, variance };
      };
      const ofMember = each.reduce((sum, own) => sum + varianceOf(own), 0) / memberCount;
      const ofEnsemble = varianceOf(ensemble);
      const ofChance = chance / trainingSets;
      const wrongOf = (counts: Float64Array) => wrongParts(counts, truth.labels, outputs, weights, total);
      return {
        ...{ trainingSets, memberCount, rows },
        member: partsOf(errors.member / trainingSets, ofMember),
        ensemble: partsOf(errors.ensemble / trainingSets, ofEnsemble),
        variance:
          memberCount < 2 ? null : { trainingSet: ofEnsemble - ofChance / memberCount, chance: ofChance },
        wrong:
          task.kind === 'classification'
            ? { member: wrongOf(votes.member), ensemble: wrongOf(votes.ensemble) }
            : null,
      };
    },
  };
}

/** Numbers that are added again and again, each with its mean and Σ (x − mean)². */
interface Spread {
  readonly squares: Float64Array;
  add(values: ArrayLike<number>): void;
}

/** **Source:** Welford 1962: no difference of nearly equal sums. */
function createSpread(length: number): Spread {
  const means = new Float64Array(length);
  const squares = new Float64Array(length);
  let count = 0;
  return {
    squares,
    add(values) {
      count++;
      for (let at = 0; at < length; at++) {
        const before = values[at]! - means[at]!;
        means[at]! += before / count;
        squares[at]! += before * (values[at]! - means[at]!);
      }
    },
  };
}

/** 1 for the true class and 0 elsewhere, or the targets: f64[rows, outputs]. */
function expectedOf(task: Task, { rows, labels, targets }: TargetBlock, outputs: number): Float64Array {
  if (task.kind === 'regression') return Float64Array.from(targets);
  const expected = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) expected[row * outputs + labels[row]!] = 1;
  return expected;
}

/** Counts of [rows, classes]. */
function addVotes(votes: Float64Array, labels: Int32Array, vote: number): void {
  const classes = votes.length / labels.length;
  for (let row = 0; row < labels.length; row++) votes[row * classes + labels[row]!]! += vote;
}

function wrongParts(
  votes: Float64Array,
  labels: Int32Array,
  classes: number,
  weights: ArrayLike<number> | null,
  total: number,
): WrongParts {
  let [bias, variance, net, error] = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    const from = row * classes;
    let all = 0;
    for (let at = from; at < from + classes; at++) all += votes[at]!;
    const main = largestAt(votes, from, classes);
    const right = votes[from + labels[row]!]! / all;
    const other = 1 - votes[from + main]! / all;
    const weight = (weights?.[row] ?? 1) / total;
    const wrong = main !== labels[row];
    if (wrong) bias += weight;
    variance += weight * other;
    net += weight * (wrong ? -right : other);
    error += weight * (1 - right);
  }
  return { error, bias, variance, netVariance: net };
}
