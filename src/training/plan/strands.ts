// What is trained together from its beginning or not at all, and so is kept and taken up together: a run by itself, or the
// runs of a tied group, each of which depends on all others.

import { isTied, type RestingRun, type Run } from './runs.js';
import { tiedRuns } from './tying.js';

export interface Strand {
  /** The first member of its first run, by which it is known. */
  readonly key: number;
  readonly runs: readonly Run[];
}

/** The strands of runs, in the order of their first ones. */
export function listStrands(runs: readonly Run[]): Strand[] {
  const alone = runs.filter((run) => !isTied(run)).map((run) => [run]);
  return [...alone, ...tiedRuns(runs)]
    .map((own) => ({ key: own[0]!.memberIndices[0]!, runs: own }))
    .sort((a, b) => a.key - b.key);
}

/**
 * The runs of a strand that are left to train. With a state they rest where it says; without one, or where what it leaves
 * out is not all there, they begin anew, and so their members that are there come again, the same.
 * @param isSettled whether a member is there, or was given up.
 */
export function openRuns(
  runs: readonly Run[],
  resting: readonly RestingRun[] | undefined,
  isSettled: (member: number) => boolean,
): readonly Run[] {
  if (runs.every(({ memberIndices }) => memberIndices.every(isSettled))) return [];
  const states = new Map(resting?.map((state) => [state.first, state]));
  const stateOf = ({ memberIndices }: Run) => states.get(memberIndices[0]!);
  const before = runs.flatMap((run) => run.memberIndices.slice(0, stateOf(run)?.delivered));
  const live = runs.filter((run) => stateOf(run) !== undefined);
  if (live.length === 0 || !before.every(isSettled)) return runs;
  for (const run of live) {
    const { delivered, state, history } = stateOf(run)!;
    Object.assign(run, { delivered, state, history: [...history] } satisfies Partial<Run>);
  }
  return live;
}
