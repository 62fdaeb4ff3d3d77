// The members of chosen settings as one ensemble, which is as any other that carries averaging weights.

import { NOT_YET_FITTED, type TrainedEnsemble } from '../ensemble/ensemble.js';
import type { Candidate } from './candidates.js';

/**
 * An ensemble of the members of candidates.
 * @param like what members were trained on. @param counts how often each candidate is chosen, which its members share.
 */
export function assembleEnsemble(
  like: TrainedEnsemble,
  candidates: readonly Candidate[],
  counts: readonly number[],
  wallMs: number,
): TrainedEnsemble {
  const chosen = candidates.flatMap(({ specs, trained }, at) =>
    specs.flatMap((spec, fold) => {
      const member = trained[fold]!;
      return member === null || counts[at] === 0 ? [] : [{ spec, member, count: counts[at]! }];
    }),
  );
  const equal = chosen.every(({ count }) => count === chosen[0]!.count);
  return {
    ...like,
    ...NOT_YET_FITTED,
    plan: { ...like.plan, members: chosen.map(({ spec }) => spec) },
    members: chosen.map(({ member, count }, index) => ({
      ...member,
      index,
      ...(equal ? {} : { averagingWeight: count }),
    })),
    failures: [],
    complete: true,
    wallMs,
  };
}
