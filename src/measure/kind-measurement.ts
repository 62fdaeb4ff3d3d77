// The members of a mixed ensemble, kind by kind: what each kind errs and shares of its errors, over the same rows.

import type { TargetBlock } from '../predictions/blocks.js';
import type { Predictions } from '../predictions/predictions.js';
import { createBetweenKinds } from './correlation/between-kinds.js';
import { createErrorAccumulator, type ErrorAccumulatorOptions } from './correlation/error-accumulator.js';
import type { ErrorCorrelation } from './correlation/error-report.js';
import type { Scores } from './metrics/metrics.js';
import { createMeanMember } from './scores/mean-member.js';

/** One kind of members, measured by itself. */
export interface KindMeasurement {
  /** What its members have in common, such as `network`. */
  readonly kind: string;
  /** Places of its members among those measured. */
  readonly memberIndices: readonly number[];
  /** v, c and ρ over these members alone; null when they count for no row. */
  readonly errorCorrelation: ErrorCorrelation | null;
  /** The mean of its members' scores in each row, over rows; null when they count for no row. */
  readonly meanMember: Scores | null;
  /**
   * Mean of εᵢ εⱼ over pairs of one of its members and one of each kind, in the order of the kinds; in its own place
   * c. Null where no row has such a pair.
   */
  readonly covarianceWith: readonly (number | null)[];
}

export interface KindsAccumulator {
  /** As `createErrorAccumulator`'s. */
  addBlock(members: readonly Predictions[], targets: TargetBlock, outOfBag: Uint8Array | null): void;
  finish(): KindMeasurement[];
}

/** @param kinds of each member. One kind alone is the whole ensemble and is not measured again. */
export function createKindsAccumulator(
  kinds: readonly string[],
  options: Omit<ErrorAccumulatorOptions, 'memberCount' | 'covariance'>,
): KindsAccumulator {
  const places = new Map<string, number[]>();
  for (const [member, kind] of kinds.entries()) places.set(kind, [...(places.get(kind) ?? []), member]);
  const groups = places.size < 2 ? [] : [...places];
  const accumulators = groups.map(([kind, memberIndices]) => ({
    ...{ kind, memberIndices, counted: false },
    errors: createErrorAccumulator({ ...options, memberCount: memberIndices.length, covariance: false }),
    meanMember: createMeanMember(options.task, memberIndices.length),
  }));
  const between = createBetweenKinds(
    options.task,
    groups.map(([, members]) => members),
  );
  return {
    addBlock(predictions, targets, outOfBag) {
      if (groups.length === 0) return;
      for (const group of accumulators) {
        const mask = outOfBag === null ? null : maskOf(outOfBag, group.memberIndices, targets.rows);
        const own = group.memberIndices.map((member) => predictions[member]!);
        group.counted ||= mask === null ? targets.rows > 0 : mask.includes(1);
        const means = own.map(({ mean }) => mean);
        group.errors.addBlock(means, targets, mask);
        group.meanMember.addBlock(own, targets, mask);
      }
      between.addBlock(predictions, targets, outOfBag);
    },
    finish: () =>
      accumulators.map(({ kind, memberIndices, counted, errors, meanMember }, at) => {
        const errorCorrelation = counted ? errors.finish() : null;
        return {
          ...{ kind, memberIndices, errorCorrelation, meanMember: meanMember.finish() },
          covarianceWith: groups.map((_, other) =>
            other === at ? (errorCorrelation?.c ?? null) : between.at(at, other),
          ),
        };
      }),
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
