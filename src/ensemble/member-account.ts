// How many members stand behind an ensemble's figures, and what became of the others.

import type { ErrorCode } from '../errors.js';
import type { RetriedMember, TrainedEnsemble } from './ensemble.js';

/** A member that begun again with other streams, because it diverged with those before. */
export interface ReseededMember {
  readonly index: number;
  /** How often. */
  readonly reseeds: number;
}

/** What became of the members that were planned, who are named by their places in the plan. */
export interface MemberAccount {
  readonly planned: number;
  /** Members that are there. */
  readonly finished: number;
  /** Those that failed, by the code of their error. */
  readonly failed: Readonly<Partial<Record<ErrorCode, readonly number[]>>>;
  /** Those that were not trained, because the training ended before. */
  readonly untrained: readonly number[];
  readonly reseeded: readonly ReseededMember[];
  /** Members that lost threads and are there all the same; not known of an ensemble from a file. */
  readonly retried: readonly RetriedMember[];
}

/** What became of an ensemble's members. */
export function memberAccount({ plan, members, failures, retried = [] }: Counted): MemberAccount {
  // No object: a file may call a code like something that every object has.
  const failed = new Map<ErrorCode, number[]>();
  for (const { index, error } of failures) {
    const same = failed.get(error.code);
    if (same === undefined) failed.set(error.code, [index]);
    else same.push(index);
  }
  const settled = new Set([...members, ...failures].map(({ index }) => index));
  const places = [...plan.members.keys()];
  return {
    planned: plan.members.length,
    finished: members.length,
    failed: Object.fromEntries(failed),
    untrained: places.filter((index) => !settled.has(index)),
    reseeded: places.flatMap((index) => {
      const { reseeds } = plan.members[index]!.streams;
      return reseeds === undefined ? [] : [{ index, reseeds }];
    }),
    retried,
  };
}

/** What the account is made of. */
export type Counted = Pick<TrainedEnsemble, 'plan' | 'members' | 'failures' | 'retried'>;
