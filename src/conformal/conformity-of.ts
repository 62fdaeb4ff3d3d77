// Conformity made of rows whose truth is known.

import type { Aggregator } from '../predictions/aggregate/aggregators.js';
import type { KnownRows } from '../predictions/known-rows.js';
import {
  type ClassConformity,
  type Conformity,
  LEAST_DEVIATION,
  MOST_ROWS,
  type ValueConformity,
} from './conformity.js';

export interface ConformityOptions {
  /** What combined the members. */
  readonly aggregator: Aggregator;
  /** Whether `known.combined` was calibrated. @default false */
  readonly calibrated?: boolean;
  /** Group of each row of the dataset, as its `groups`; null: rows were drawn one by one. @default null */
  readonly groups?: Int32Array | null;
  /** Each member's weight in averages; one of weight 0 counts nowhere. @default all count */
  readonly weights?: readonly number[] | null;
}

/** How well rows conformed. @param known predictions as they will be shown: calibrated, where they are. */
export function conformityOf(known: KnownRows, options: ConformityOptions): Conformity {
  const { aggregator, calibrated = false, groups = null, weights = null } = options;
  const kept = evenly(known.rows, MOST_ROWS);
  const shares = groups && groupShares(kept, known.index, groups);
  return {
    method: known.rowsFrom === 'outOfBag' ? 'jackknifeAfterBootstrap' : 'split',
    ...{ aggregator, calibrated, rows: kept.length, rowsBefore: known.rows },
    scores: known.task.kind === 'classification' ? classScores(known, kept) : valueScores(known, kept),
    mask: known.mask && maskBits(known.mask, known.rows, kept, weights),
    groups: shares?.groups ?? null,
    shares: shares?.shares ?? null,
  };
}

/**
 * At most `most` of n rows, evenly: a choice that looks at no row's values, which leaves those chosen as exchangeable as all
 * were.
 */
function evenly(rows: number, most: number): Uint32Array {
  const count = Math.min(rows, most);
  return Uint32Array.from({ length: count }, (_, at) => Math.floor((at * rows) / count));
}

function classScores({ combined, truth }: KnownRows, kept: Uint32Array): ClassConformity {
  const classes = combined.outputs;
  const rows = kept.length;
  const label = new Uint32Array(rows);
  const truths = new Float32Array(rows);
  const above = new Float32Array(rows);
  const rank = new Uint32Array(rows);
  for (let at = 0; at < rows; at++) {
    const from = kept[at]! * classes;
    const own = truth.labels[kept[at]!]!;
    const mine = combined.mean[from + own]!;
    let sum = 0;
    let before = 0;
    for (let other = 0; other < classes; other++) {
      const theirs = combined.mean[from + other]!;
      if (other === own || theirs < mine || (theirs === mine && other > own)) continue;
      sum += theirs;
      before++;
    }
    label[at] = own;
    truths[at] = mine;
    above[at] = sum;
    rank[at] = before;
  }
  return { kind: 'classification', label, truth: truths, above, rank };
}

function valueScores({ combined, truth }: KnownRows, kept: Uint32Array): ValueConformity {
  const { outputs: targets, mean, variance, varianceKind } = combined;
  const heads = variance !== null && varianceKind !== 'spread' && varianceKind !== null;
  const residual = new Float64Array(kept.length * targets);
  const deviation = heads ? new Float64Array(residual.length) : null;
  for (let at = 0; at < residual.length; at++) {
    const from = kept[Math.floor(at / targets)]! * targets + (at % targets);
    residual[at] = truth.targets[from]! - mean[from]!;
    if (deviation !== null) deviation[at] = Math.max(Math.sqrt(variance![from]!), LEAST_DEVIATION);
  }
  return { kind: 'regression', residual, deviation };
}

/** One through how many of a group's rows are kept, so that each group counts as one. */
function groupShares(kept: Uint32Array, index: Uint32Array, groups: Int32Array) {
  const sizes = new Map<number, number>();
  for (const at of kept) {
    const group = groups[index[at]!]!;
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const shares = Float64Array.from(kept, (at) => 1 / sizes.get(groups[index[at]!]!)!);
  return { groups: sizes.size, shares };
}

/** u8[k, rows] as bits u8[kept rows, ⌈k/8⌉]. */
function maskBits(
  mask: Uint8Array,
  rows: number,
  kept: Uint32Array,
  weights: readonly number[] | null,
): Uint8Array {
  const members = mask.length / rows;
  const width = Math.ceil(members / 8);
  const bits = new Uint8Array(kept.length * width);
  for (let member = 0; member < members; member++) {
    if (weights !== null && weights[member] === 0) continue;
    const bit = 1 << (member & 7);
    for (let at = 0; at < kept.length; at++) {
      if (mask[member * rows + kept[at]!] === 1) bits[at * width + (member >> 3)]! |= bit;
    }
  }
  return bits;
}
