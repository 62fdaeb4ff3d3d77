// The guarantees by their definitions, row against row, without patterns, sums of sets or selection: what the fast ones
// are held against.

import { type ConformalMethod, FREE_CLASSES, RANK_PENALTY } from '../../src/conformal/scores.js';
import type { Task } from '../../src/data/dataset/dataset.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { aggregate } from '../../src/predictions/aggregate/aggregate.js';
import type { Aggregator } from '../../src/predictions/aggregate/aggregators.js';
import { targetBlock } from '../../src/predictions/blocks.js';
import type { KnownRows } from '../../src/predictions/known-rows.js';
import type { Predictions } from '../../src/predictions/predictions.js';

export interface Case {
  readonly task: Task;
  readonly aggregator: Aggregator;
  readonly weights: readonly number[] | null;
  readonly known: KnownRows;
  /** Of new rows. */
  readonly members: readonly Predictions[];
  readonly x: Float64Array;
  readonly groups: Int32Array | null;
}

export interface CaseOptions {
  readonly task: Task;
  readonly aggregator?: Aggregator;
  readonly members?: number;
  readonly rows?: number;
  readonly newRows?: number;
  readonly weights?: readonly number[];
  readonly heads?: boolean;
  readonly split?: boolean;
  readonly groups?: number;
  /** Members that say nearly the same, and mostly of one class, so that what each says bounds what they say together. */
  readonly agreeing?: boolean;
  readonly seed?: number;
}

/** Random members about a random truth, each out of bag in about a third of the rows. */
export function randomCase(options: CaseOptions): Case {
  const { task, aggregator = 'arithmeticMean', members: k = 5, rows = 60, newRows = 7, seed = 1 } = options;
  const { weights = null, heads = false, split = false, agreeing = false } = options;
  const random = new RandomStream(streamKey(seed, 'noise'));
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const predictions = (n: number): Predictions => {
    if (task.kind === 'regression') {
      const mean = Float64Array.from({ length: n * outputs }, () => 1e4 + random.normal());
      const variance = heads ? Float64Array.from(mean, () => 0.1 + random.uniform()) : null;
      return { rows: n, outputs, mean, logProbabilities: null, variance };
    }
    const mean = new Float32Array(n * outputs);
    for (let row = 0; row < n; row++) {
      const own = Array.from({ length: outputs }, (_, at) => {
        const noise = random.uniform() ** 3 + 1e-3;
        return agreeing ? (at === row % outputs ? 5 + (row % 3) : 0.02) + 0.1 * noise : noise;
      });
      const sum = own.reduce((all, value) => all + value, 0);
      for (let at = 0; at < outputs; at++) mean[row * outputs + at] = own[at]! / sum;
    }
    return { rows: n, outputs, mean, logProbabilities: null, variance: null };
  };
  const seen = Array.from({ length: k }, () => predictions(rows));
  const mask = new Uint8Array(k * rows);
  for (let row = 0; row < rows; row++) {
    for (let member = 0; member < k; member++) mask[member * rows + row] = random.uniform() < 0.4 ? 1 : 0;
    // Somebody who counts left it out.
    mask[(row % (k - 1)) * rows + row] = 1;
  }
  const x = Float64Array.from({ length: rows }, (_, row) => row);
  const dataset = Dataset.fromArrays(
    task.kind === 'classification'
      ? {
          ...{ x, rows, features: 1, classes: task.classes },
          labels: Int32Array.from({ length: rows }, () => Math.floor(outputs * random.uniform())),
        }
      : {
          ...{ x, rows, features: 1, targetNames: task.targets },
          targets: Float64Array.from({ length: rows * outputs }, () => 1e4 + 2 * random.normal()),
        },
  );
  const own = split ? null : mask;
  const combined = aggregate(aggregator, seen, task, { weights, mask: own });
  const index = Uint32Array.from({ length: rows }, (_, row) => row);
  const known: KnownRows = {
    ...{ task, rows, outputs, index, combined, members: seen, mask: own, weights: null },
    rowsFrom: split ? 'heldOut' : 'outOfBag',
    truth: targetBlock(dataset, null, { start: 0, end: rows }),
  };
  const groups =
    options.groups === undefined
      ? null
      : Int32Array.from({ length: rows }, () => Math.floor(options.groups! * random.uniform()));
  return {
    ...{ task, aggregator, weights, known, groups },
    members: Array.from({ length: k }, () => predictions(newRows)),
    x: Float64Array.from({ length: newRows }, () => random.normal()),
  };
}

/** What each training row counts. */
function sharesOf({ groups, known }: Case): number[] {
  return Array.from({ length: known.rows }, (_, row) => {
    if (groups === null) return 1;
    return 1 / groups.filter((group) => group === groups[row]).length;
  });
}

/** The prediction of a new row by the members that never saw training row i, by the aggregator itself. */
function leftOut({ members, known, aggregator, task, weights }: Case, i: number, row: number) {
  const { outputs } = known;
  const one = members.map((member): Predictions => {
    const cut = <Own extends Float32Array | Float64Array>(values: Own): Own =>
      values.slice(row * outputs, (row + 1) * outputs) as Own;
    const { mean, variance } = member;
    return { rows: 1, outputs, mean: cut(mean), logProbabilities: null, variance: variance && cut(variance) };
  });
  const mask = known.mask && Uint8Array.from(members, (_, member) => known.mask![member * known.rows + i]!);
  return aggregate(aggregator, one, task, { weights, mask });
}

/** The score of a class by its definition in the papers. */
export function scoreOf(method: ConformalMethod, p: readonly number[], own: number, u: number): number {
  if (method === 'lac') return 1 - p[own]!;
  const order = p.map((_, at) => at).sort((a, b) => p[b]! - p[a]! || a - b);
  const place = order.indexOf(own);
  const above = order.slice(0, place).reduce((sum, at) => sum + p[at]!, 0);
  const penalty = method === 'raps' ? RANK_PENALTY * Math.max(0, place + 1 - FREE_CLASSES) : 0;
  return above + u * p[own]! + penalty;
}

/** The classes y with Σ ωᵢ 1[Sᵢ < s₋ᵢ(x, y)] < (1 − α)(1 + Σ ωᵢ). */
export function setOf(
  own: Case,
  row: number,
  { coverage, method }: { coverage: number; method: ConformalMethod },
  { known: us, u }: { known: ArrayLike<number>; u: number },
): number[] {
  const { known } = own;
  const shares = sharesOf(own);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return Array.from({ length: known.outputs }, (_, y) => {
    let outside = 0;
    for (let i = 0; i < known.rows; i++) {
      const p = [...known.combined.mean.slice(i * known.outputs, (i + 1) * known.outputs)];
      const mine = scoreOf(method, p, known.truth.labels[i]!, us[i]!);
      const theirs = scoreOf(method, [...leftOut(own, i, row).mean], y, u);
      if (mine < theirs - 1e-6) outside += shares[i]!;
    }
    return outside < coverage * (total + 1) - 1e-9 ? 1 : 0;
  });
}

/** The bounds of a target: quantiles of μ₋ᵢ(x) ± σ₋ᵢ(x) Rᵢ, by sorting. */
export function intervalOf(own: Case, row: number, target: number, coverage: number): [number, number] {
  const { known } = own;
  const { outputs, truth, combined } = known;
  const shares = sharesOf(own);
  const mass = coverage * (shares.reduce((sum, share) => sum + share, 0) + 1) - 1e-9;
  const heads = combined.varianceKind === 'mixture' || combined.varianceKind === 'product';
  const bounds = Array.from({ length: known.rows }, (_, i) => {
    const at = i * outputs + target;
    const { mean, variance } = leftOut(own, i, row);
    const error = Math.abs(truth.targets[at]! - combined.mean[at]!);
    const reach = heads
      ? (Math.sqrt(variance![target]!) * error) / Math.sqrt(combined.variance![at]!)
      : error;
    return { low: mean[target]! - reach, high: mean[target]! + reach, share: shares[i]! };
  });
  const reached = (values: { value: number; share: number }[]): number => {
    let sum = 0;
    for (const { value, share } of values) {
      sum += share;
      if (sum >= mass) return value;
    }
    throw new Error('too few rows');
  };
  const high = bounds.map(({ high: value, share }) => ({ value, share })).sort((a, b) => a.value - b.value);
  const low = bounds.map(({ low: value, share }) => ({ value, share })).sort((a, b) => b.value - a.value);
  return [reached(low), reached(high)];
}
