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
      return member === null || counts[at] === 0
        ? []
        : [{ spec, member, weight: counts[at]! / specs.length }];
    }),
  );
  const equal = chosen.every(({ weight }) => weight === chosen[0]!.weight);
  return {
    ...like,
    ...NOT_YET_FITTED,
    plan: { ...like.plan, members: chosen.map(({ spec }) => spec) },
    members: chosen.map(({ member, weight }, index) => ({
      ...member,
      index,
      ...(equal ? {} : { averagingWeight: weight }),
    })),
    failures: [],
    complete: true,
    wallMs,
  };
}
