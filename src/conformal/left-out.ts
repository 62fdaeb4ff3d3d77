// What the ensemble says of new rows when it is left to the members that never saw a training row, for all training rows.
// Those members are one of at most 2^k sets: sums over sets of eight members are looked up instead of added.

import type { Task, Values } from '../data/dataset/dataset.js';
import { combiner } from '../predictions/aggregate/aggregate.js';
import { type Aggregator, aggregators } from '../predictions/aggregate/aggregators.js';
import type { Combine } from '../predictions/combined-predictions.js';
import { largestAt } from '../predictions/labels.js';
import type { Predictions } from '../predictions/predictions.js';
import type { ClassBounds } from './class-bounds.js';
import type { MaskPatterns } from './mask-patterns.js';

/** Predictions of one row by each pattern's members, f64[patterns, outputs]; overwritten by the next. */
export interface LeftOut {
  readonly mean: Float64Array;
  /** Of Gaussian heads; else null. */
  readonly variance: Float64Array | null;
}

/** A row that is predicted without one training row after the other; until the next. */
export interface LeftOutRow {
  /** Between what any pattern's probability of each class lies; null where that is not known. */
  bounds(): ClassBounds | null;
  /** @param wanted outputs that are needed of it; null: all */
  predict(wanted: Int32Array | null): LeftOut;
}

/** Predicts row after row of a block. @param members of the block, whose arrays stay as they are until it is done */
export type LeftOutBlock = (members: readonly Predictions[]) => (row: number) => LeftOutRow;

export interface LeftOutSettings {
  readonly task: Task;
  readonly aggregator: Aggregator;
  /** One per member, ≥ 0; null: equal ones. */
  readonly weights: readonly number[] | null;
  readonly patterns: MaskPatterns;
  /** Whether variances are wanted. */
  readonly heads: boolean;
  /** Makes probabilities f64[rows, classes] those that are shown, in place; null where they are. */
  readonly calibrate: Calibrate | null;
}

/** Probabilities as they are shown. */
export interface Calibrate {
  /** In place, f64[rows, classes]. */
  apply(probabilities: Float64Array): void;
  /** Whether a class's probability rises with its own and falls with those of the others. */
  readonly monotone: boolean;
  /** Whether that is so too where probabilities are made to sum to one in between. */
  readonly monotoneUnscaled: boolean;
}

export function leftOutBlocks(settings: LeftOutSettings): LeftOutBlock {
  const { terms, linear } = aggregators.get(settings.aggregator);
  const summed = terms !== null && (linear || settings.task.kind === 'classification');
  return summed ? bySums(settings, terms) : byCombining(settings);
}

function bySums(settings: LeftOutSettings, terms: Terms): LeftOutBlock {
  const { task, weights, patterns, heads, calibrate } = settings;
  const { count, width } = patterns;
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const sums = setSums(width, outputs);
  const scale = inverseWeights(patterns, weights);
  const mean = new Float64Array(count * outputs);
  const variance = heads ? new Float64Array(mean.length) : null;
  const every = Int32Array.from({ length: outputs }, (_, output) => output);
  const shown: Shown = (values, rows) => {
    terms.toPredictions?.(values, rows, outputs);
    calibrate?.apply(values);
  };
  const isShown = terms.toPredictions === null && calibrate === null;
  // Classes of unequal scales take the factor that makes probabilities sum to one unequally: more of one class may make
  // another more probable then, and bounds are taken of the one step and of the other.
  const inOne = terms.toPredictions === null || calibrate === null || calibrate.monotoneUnscaled;
  const steps: Shown[] = inOne
    ? [shown]
    : [(values, rows) => terms.toPredictions!(values, rows, outputs), (values) => calibrate.apply(values)];
  const boundsOf = isShown ? rangeOf : boundsBy(outputs, steps);
  return (members) => {
    const values = members.map((member) => (terms.choiceOnly ? votesOf(member) : terms.of(member)));
    const weightOf = (member: number) => weights?.[member] ?? 1;
    const counting = values.filter((_, member) => weightOf(member) > 0);
    return (row) => ({
      bounds: () =>
        calibrate === null || calibrate.monotone ? boundsOf(counting, row * outputs, outputs) : null,
      predict(wanted) {
        const from = row * outputs;
        sums.load(values.length, (member, at) => weightOf(member) * values[member]![from + at]!);
        sums.into(mean, patterns, scale, isShown && wanted !== null ? wanted : every);
        if (variance !== null) {
          // About the mean of all members, not about 0, where σ² + μ² and μ² would cancel.
          const centre = centreOf(values, from, outputs);
          sums.load(values.length, (member, at) => {
            const deviation = values[member]![from + at]! - centre[at]!;
            return weightOf(member) * (deviation * deviation + members[member]!.variance![from + at]!);
          });
          sums.into(variance, patterns, scale, every);
          for (let at = 0; at < variance.length; at++) {
            const shift = mean[at]! - centre[at % outputs]!;
            variance[at] = Math.max(0, variance[at]! - shift * shift);
          }
        }
        shown(mean, count);
        return { mean, variance };
      },
    });
  };
}

/** Makes terms [rows, outputs] what is shown, in place. */
type Shown = (values: Float64Array, rows: number) => void;

type Terms = NonNullable<ReturnType<typeof aggregators.get>['terms']>;

function centreOf(values: readonly Values[], from: number, outputs: number): Float64Array {
  const centre = new Float64Array(outputs);
  for (const own of values) {
    for (let at = 0; at < outputs; at++) centre[at]! += own[from + at]! / values.length;
  }
  return centre;
}

/** The least and the greatest of what members say of each output of a row. */
function rangeOf(values: readonly Values[], from: number, outputs: number): ClassBounds {
  const low = new Float64Array(outputs).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(outputs).fill(Number.NEGATIVE_INFINITY);
  for (const own of values) {
    for (let at = 0; at < outputs; at++) {
      const value = own[from + at]!;
      if (value < low[at]!) low[at] = value;
      if (value > high[at]!) high[at] = value;
    }
  }
  return { low, high };
}

/** A class is least probable where its own term is least and those of the others are greatest, and the reverse. */
function boundsBy(outputs: number, steps: readonly Shown[]) {
  const corners = new Float64Array(2 * outputs * outputs);
  const take = ({ low, high }: ClassBounds, shown: Shown): void => {
    for (let own = 0; own < outputs; own++) {
      for (let at = 0; at < outputs; at++) {
        corners[own * outputs + at] = at === own ? low[at]! : high[at]!;
        corners[(outputs + own) * outputs + at] = at === own ? high[at]! : low[at]!;
      }
    }
    shown(corners, 2 * outputs);
    for (let own = 0; own < outputs; own++) {
      low[own] = corners[own * outputs + own]!;
      high[own] = corners[(outputs + own) * outputs + own]!;
    }
  };
  return (values: readonly Values[], from: number): ClassBounds => {
    const range = rangeOf(values, from, outputs);
    for (const shown of steps) take(range, shown);
    return range;
  };
}

/** A member's vote for its most probable class: the terms of selection have the probabilities in them, to break ties. */
function votesOf({ rows, outputs, mean }: Predictions): Float32Array {
  const votes = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) votes[row * outputs + largestAt(mean, row * outputs, outputs)] = 1;
  return votes;
}

/** One through the weights of each pattern's members, f64[count]. */
function inverseWeights(
  { count, width, bits }: MaskPatterns,
  weights: readonly number[] | null,
): Float64Array {
  const scale = new Float64Array(count);
  for (let pattern = 0; pattern < count; pattern++) {
    let sum = 0;
    for (let member = 0; member < 8 * width; member++) {
      if (((bits[pattern * width + (member >> 3)]! >> (member & 7)) & 1) === 1) sum += weights?.[member] ?? 1;
    }
    scale[pattern] = 1 / sum;
  }
  return scale;
}

/** Sums over every set of eight members: 256 × outputs numbers for each byte of a mask. */
function setSums(width: number, outputs: number) {
  const table = new Float64Array(width * 256 * outputs);
  return {
    load(members: number, term: (member: number, output: number) => number): void {
      for (let byte = 0; byte < width; byte++) {
        const start = byte * 256 * outputs;
        for (let bit = 0; bit < 8; bit++) {
          const member = 8 * byte + bit;
          const known = member < members;
          // Sets whose last member this is: those without it, which are there already, and it.
          const size = (1 << bit) * outputs;
          const from = start + size;
          for (let output = 0; output < outputs; output++) {
            const own = known ? term(member, output) : 0;
            for (let at = output; at < size; at += outputs) table[from + at] = table[start + at]! + own;
          }
        }
      }
    },
    /** Means of the wanted outputs, f64[patterns, outputs]. */
    into(means: Float64Array, { count, bits }: MaskPatterns, scale: Float64Array, wanted: Int32Array): void {
      for (const at of wanted) {
        for (let pattern = 0; pattern < count; pattern++) {
          const own = pattern * width;
          let sum = table[bits[own]! * outputs + at]!;
          for (let byte = 1; byte < width; byte++)
            sum += table[(256 * byte + bits[own + byte]!) * outputs + at]!;
          means[pattern * outputs + at] = scale[pattern]! * sum;
        }
      }
    },
  };
}

/** By the aggregator itself, which is shown the row once for each pattern: for those that are no sum. */
function byCombining(settings: LeftOutSettings): LeftOutBlock {
  const { task, aggregator, weights, patterns, heads, calibrate } = settings;
  const combine: Combine = combiner(aggregator, task, { weights });
  const { count, width, bits } = patterns;
  return (members) => {
    const mask = new Uint8Array(members.length * count);
    for (let member = 0; member < members.length; member++) {
      for (let pattern = 0; pattern < count; pattern++) {
        mask[member * count + pattern] = (bits[pattern * width + (member >> 3)]! >> (member & 7)) & 1;
      }
    }
    const copies = members.map((member) => repeated(member, count));
    return (row) => ({
      bounds: () => null,
      predict() {
        for (const [at, copy] of copies.entries()) copy.show(members[at]!, row);
        const own = copies.map(({ predictions }) => predictions);
        const combined = combine(own, mask);
        const mean = Float64Array.from(combined.mean);
        calibrate?.apply(mean);
        return { mean, variance: heads ? Float64Array.from(combined.variance!) : null };
      },
    });
  };
}

/** Room for one row of a member's predictions, `count` times. */
function repeated({ outputs, mean, logProbabilities, variance }: Predictions, count: number) {
  const like = <Own extends Float32Array | Float64Array>(values: Own): Own =>
    new (values.constructor as new (length: number) => Own)(count * outputs);
  const predictions = {
    ...{ rows: count, outputs, mean: like(mean) },
    logProbabilities: logProbabilities && like(logProbabilities),
    variance: variance && like(variance),
  };
  const show = (member: Predictions, row: number) => {
    for (const part of ['mean', 'logProbabilities', 'variance'] as const) {
      const to = predictions[part];
      const from = member[part];
      if (to === null || from === null) continue;
      for (let at = 0; at < to.length; at++) to[at] = from[row * outputs + (at % outputs)]!;
    }
  };
  return { predictions, show };
}
