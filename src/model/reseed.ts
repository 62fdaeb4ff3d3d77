// Streams anew for a run that diverged with those it had. They follow from the plan alone, so that a run which begins
// again gives the same bytes on every host, on any number of threads and after any interruption.

import { RandomStream, streamKey } from '../math/random.js';
import { membersOfRun } from './snapshots.js';
import { type EnsemblePlan, type MemberStreams, SOURCES, type Source } from './spec.js';

/** Streams of their own have numbers from here on; those of the plan are places of members, which stay below. */
const FIRST_OWN = 2 ** 31;

/**
 * The streams of a run's members when it begins again for the `reseeds`-th time: of each source in which members vary a
 * number drawn from (seed, member, reseeds), of the others what all members share. Null where members vary in nothing:
 * it would diverge again.
 * @param member the place of the run's first member in the plan.
 */
export function reseededStreams(plan: EnsemblePlan, member: number, reseeds: number): MemberStreams | null {
  const own = ownSources(plan, member);
  if (own.length === 0) return null;
  const random = new RandomStream(streamKey(plan.seed, 'reseed', member, reseeds));
  const { streams } = plan.members[member]!;
  const key = (source: Source) => {
    const word = random.uint32();
    return own.includes(source) ? FIRST_OWN + (word >>> 1) : streams[source];
  };
  const [resample, init, order, masks] = [key('resample'), key('init'), key('order'), key('masks')];
  return { ...streams, resample, init, order, masks, reseeds };
}

/** The sources in which a member differs from others: its key there is its place, not the 0 of what is shared. */
function ownSources({ members }: EnsemblePlan, member: number): readonly Source[] {
  const spec = members[member]!;
  return SOURCES.filter((source) => {
    if (spec.streams[source] !== 0) return true;
    // The first member's place is 0 too: there the others tell.
    if (member !== 0) return false;
    return members.length === membersOfRun(spec) || members.some(({ streams }) => streams[source] !== 0);
  });
}
