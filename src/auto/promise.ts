// What settings promise by one fold, and what is drawn beside them. Decided by what is trained and by nothing else, so that the
// same seed and number of members try the same settings on any number of threads.

import { RandomStream, streamKey } from '../math/random.js';
import type { MemberOptions } from '../model/options/training-options.js';
import { drawAll, type SearchedOptions } from '../training/options/search-options.js';
import { type Candidate, isComplete, isLead } from './candidates.js';
import type { Terms } from './terms.js';

/**
 * Settings of which one fold is trained, the most promising first: by its loss on that fold's rows as a share of the mean loss of
 * the complete ones on the very same rows.
 *
 * **Source:** Maron and Moore, "Hoeffding races", NIPS 1994; Jamieson and Talwalkar, "Non-stochastic best arm identification and
 * hyperparameter optimization", AISTATS 2016.
 */
export function byPromise(candidates: readonly Candidate[], terms: Terms): readonly Candidate[] {
  const typical = typicalLosses(
    candidates.filter((own) => isComplete(own) && !own.dropped),
    terms,
  );
  const promises = candidates
    .filter((own) => isLead(own) && !own.dropped && own.asked.includes(false))
    .filter(({ trained }) => trained.some((member) => member !== null))
    .map((candidate) => ({
      candidate,
      promise: candidate.family.reduce(
        (best, own) => Math.min(best, promiseOf(own, typical, terms)),
        Number.POSITIVE_INFINITY,
      ),
    }));
  return promises
    .sort((a, b) => a.promise - b.promise || a.candidate.place - b.candidate.place)
    .map(({ candidate }) => candidate);
}

/** Of each row the mean loss of candidates; null where there is none. */
function typicalLosses(complete: readonly Candidate[], { width, loss }: Terms): Float64Array | null {
  if (complete.length === 0) return null;
  const losses = new Float64Array(complete[0]!.terms.length / width);
  for (const { terms } of complete)
    for (let row = 0; row < losses.length; row++)
      losses[row]! += loss(terms, row * width, 1) / complete.length;
  return losses;
}

function promiseOf({ terms: own }: Candidate, typical: Float64Array | null, { width, loss }: Terms): number {
  let [mine, others] = [0, 0];
  for (let row = 0; row < own.length / width; row++) {
    const at = row * width;
    if (Number.isNaN(own[at]!)) continue;
    mine += loss(own, at, 1);
    if (typical !== null) others += typical[row]!;
  }
  return typical === null ? mine : mine / others;
}

/** How often a new setting is one of the ensemble's with some of its options drawn anew. */
const SHARE_OF_VARIED = 0.5;
/** How many of its options are. */
const SHARE_OF_REDRAWN = 0.3;

/**
 * A setting drawn from the ranges, or one that the ensemble has, varied.
 * @param parents of the ensemble, each as often as it is in it.
 */
export function drawSetting(
  space: SearchedOptions,
  seed: number,
  place: number,
  parents: readonly MemberOptions[],
): MemberOptions {
  const drawn = drawAll(space, seed, place);
  const stream = new RandomStream(streamKey(seed, 'search', place, VARIED));
  if (parents.length === 0 || stream.uniform() >= SHARE_OF_VARIED) return drawn;
  const parent = parents[stream.below(parents.length)]!;
  const names = Object.keys(drawn) as (keyof MemberOptions)[];
  const redrawn = new Set(names.filter(() => stream.uniform() < SHARE_OF_REDRAWN));
  const kept = Object.entries(parent).filter(([name]) => !redrawn.has(name as keyof MemberOptions));
  return { ...drawn, ...Object.fromEntries(kept) } as MemberOptions;
}

/** Beside the keys of option names, which hash to other numbers. */
const VARIED = 2;
