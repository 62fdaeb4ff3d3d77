// Intervals and sets with a coverage, for blocks of new rows. It is told all it needs of an ensemble and knows none.

import type { Task, Values } from '../data/dataset/dataset.js';
import type { Predictions } from '../predictions/predictions.js';
import { classSets } from './class-sets.js';
import type { ClassConformity, Conformity, ValueConformity } from './conformity.js';
import { requireRows } from './coverage-rank.js';
import { type Calibrate, leftOutBlocks } from './left-out.js';
import { maskPatterns } from './mask-patterns.js';
import { knownUniforms, rowUniforms } from './row-uniforms.js';
import type { ConformalMethod } from './scores.js';
import { valueIntervals } from './value-intervals.js';

export interface GuaranteeSettings {
  readonly conformity: Conformity;
  readonly task: Task;
  /** Members trained, k. */
  readonly members: number;
  readonly features: number;
  /** Each member's weight in averages, ≥ 0; null: equal ones. */
  readonly weights: readonly number[] | null;
  /** Makes probabilities those that are shown; null where they are. */
  readonly calibrate: Calibrate | null;
  /** In (0, 1). */
  readonly coverage: number;
  /** How classes are scored. @default 'lac' */
  readonly conformal?: ConformalMethod | undefined;
}

/** What is guaranteed of n rows. */
export interface Guaranteed {
  /** Bounds of each target in the user's units, f64[n, targets]; absent for classes. */
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
  /** 1 for the classes in each row's set, u8[n, classes]; absent for numbers. A set may be empty. */
  readonly sets?: Uint8Array;
}

/** @param x the features of the block's rows, [.., features] @param start the first one's place in x */
export type Guarantee = (members: readonly Predictions[], x: Values, start: number) => Guaranteed;

/** @throws ERR_DATA when there are too few rows for the coverage */
export function createGuarantee(settings: GuaranteeSettings): Guarantee {
  const { conformity, task, coverage, weights, calibrate } = settings;
  requireRows(conformity, coverage);
  const { aggregator, scores } = conformity;
  const counts = (member: number) => weights === null || weights[member]! > 0;
  const patterns = maskPatterns(conformity, settings.members, counts);
  const heads = scores.kind === 'regression' && scores.deviation !== null;
  const leftOut = leftOutBlocks({ task, aggregator, weights, patterns, heads, calibrate });
  return scores.kind === 'classification'
    ? setsOf(settings, scores, patterns, leftOut)
    : intervalsOf(settings, scores, patterns, leftOut);
}

type Patterns = ReturnType<typeof maskPatterns>;
type Blocks = ReturnType<typeof leftOutBlocks>;

function setsOf(
  { conformity, coverage, conformal: method = 'lac', features, task }: GuaranteeSettings,
  scores: ClassConformity,
  patterns: Patterns,
  blocks: Blocks,
): Guarantee {
  const classes = task.kind === 'classification' ? task.classes.length : 0;
  const uniforms = knownUniforms(conformity.rows);
  const fill = classSets({ ...conformity, scores }, patterns, classes, { coverage, method }, uniforms);
  const uniformOf = rowUniforms(features);
  return (members, x, start) => {
    const { rows } = members[0]!;
    const sets = new Uint8Array(rows * classes);
    const leftOut = blocks(members);
    for (let row = 0; row < rows; row++) {
      const u = method === 'lac' ? 0 : uniformOf(x, start + row);
      fill(leftOut(row), u, sets.subarray(row * classes, (row + 1) * classes));
    }
    return { sets };
  };
}

function intervalsOf(
  { conformity, coverage }: GuaranteeSettings,
  scores: ValueConformity,
  patterns: Patterns,
  blocks: Blocks,
): Guarantee {
  const targets = scores.residual.length / conformity.rows;
  const fill = valueIntervals({ ...conformity, scores }, patterns, coverage);
  return (members) => {
    const { rows } = members[0]!;
    const lower = new Float64Array(rows * targets);
    const upper = new Float64Array(lower.length);
    const leftOut = blocks(members);
    for (let row = 0; row < rows; row++) fill(leftOut(row).predict(null), lower, upper, row * targets);
    return { lower, upper };
  };
}
