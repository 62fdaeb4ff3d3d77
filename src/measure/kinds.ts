// The members of a mixed ensemble, kind by kind: what each kind errs and shares of its errors, over the same rows.

import type { TargetBlock } from './blocks.js';
import { createErrorAccumulator, type ErrorAccumulatorOptions } from './error-accumulator.js';
import type { ErrorCorrelation } from './error-report.js';
import { meanScores, type Scores } from './scores.js';

/** One kind of members, measured by itself. */
export interface KindMeasurement {
  /** What its members have in common, such as `network`. */
  readonly kind: string;
  /** Places of its members among those measured. */
  readonly members: readonly number[];
  /** v, c and ρ over these members alone; null when they count for no row. */
  readonly errorCorrelation: ErrorCorrelation | null;
  /** Their scores, averaged; null when they count for no row. */
  readonly meanMember: Scores | null;
}

export interface KindsAccumulator {
  /** As `createErrorAccumulator`'s. */
  addBlock(means: readonly Float32Array[], targets: TargetBlock, outOfBag: Uint8Array | null): void;
  /** @param scores of every member, null where it counts for no row. */
  finish(scores: readonly (Scores | null)[]): KindMeasurement[];
}

/** @param kinds of each member. One kind alone is the whole ensemble and is not measured again. */
export function createKindsAccumulator(
  kinds: readonly string[],
  options: Omit<ErrorAccumulatorOptions, 'members' | 'covariance'>,
): KindsAccumulator {
  const places = new Map<string, number[]>();
  for (const [member, kind] of kinds.entries()) places.set(kind, [...(places.get(kind) ?? []), member]);
  const groups = places.size < 2 ? [] : [...places];
  const accumulators = groups.map(([kind, members]) => ({
    ...{ kind, members, counted: false },
    errors: createErrorAccumulator({ ...options, members: members.length, covariance: false }),
  }));
  return {
    addBlock(means, targets, outOfBag) {
      for (const group of accumulators) {
        const mask = outOfBag === null ? null : maskOf(outOfBag, group.members, targets.rows);
        group.counted ||= mask === null ? targets.rows > 0 : mask.includes(1);
        group.errors.addBlock(
          group.members.map((member) => means[member]!),
          targets,
          mask,
        );
      }
    },
    finish: (scores) =>
      accumulators.map(({ kind, members, counted, errors }) => ({
        kind,
        members,
        errorCorrelation: counted ? errors.finish() : null,
        meanMember: meanScores(members.flatMap((member) => scores[member] ?? [])),
      })),
  };
}

/** The members' rows of a mask, u8[members, rows]. */
function maskOf(outOfBag: Uint8Array, members: readonly number[], rows: number): Uint8Array {
  const mask = new Uint8Array(members.length * rows);
  for (const [at, member] of members.entries()) {
    mask.set(outOfBag.subarray(member * rows, (member + 1) * rows), at * rows);
  }
  return mask;
}
