// A plan with more members: the first ones as they are, the others what the same options would have made of their
// place; or with fewer than were planned, where those were never trained. Knows specs and no options, since a saved
// ensemble has no others.

import { failOption } from '../errors.js';
import { isSameData } from '../same-data.js';
import { isNetwork } from './network-members.js';
import { placeInRun } from './snapshots.js';
import { type EnsemblePlan, type MemberSpec, type MemberStreams, SOURCES, type Source } from './spec.js';

/**
 * The plan of `total` members whose first are those of `plan`. Kinds of members that take turns go on taking turns; a
 * source of chance that members shared they go on sharing. Of an ensemble of one run all sources vary.
 * @param total members, above the index of every one that is trained, in whole runs.
 * @param trained the indices of those that are; the plan's others may be given up.
 * @throws ERR_OPTION when the plan cannot have so many, or is not one of members that stand alone.
 */
export function extendPlan(plan: EnsemblePlan, total: number, trained: readonly number[]): EnsemblePlan {
  const { members } = plan;
  requireRoom(plan, total, trained);
  if (total === members.length) return plan;
  if (members.some((member) => isNetwork(member) && member.tying !== null)) {
    failOption('members', `${members.length}: tied members are trained together or not at all`, total);
  }
  const runs = runsOf(members);
  const period = periodOf(runs);
  const varied = variedSources(runs);
  const all = total < members.length ? wholeRuns(runs, total) : [...members];
  for (let run = runs.length; all.length < total; run++) {
    const like = runs[run % period]!;
    for (const member of like) all.push({ ...member, streams: streamsOf(varied, run) });
  }
  if (all.length > total) {
    const length = runs[0]!.length;
    failOption('members', `a whole number of runs of ${length} members each, such as ${all.length}`, total);
  }
  return { ...plan, members: all };
}

/** @throws ERR_OPTION when a member that is trained would have no place. */
function requireRoom({ members }: EnsemblePlan, total: number, trained: readonly number[]): void {
  const needed = trained.reduce((most, index) => Math.max(most, index + 1), 0);
  if (total >= needed) return;
  const planned = members.length;
  const there =
    trained.length === planned
      ? `at least the ${planned} there are`
      : `at least ${needed}, as ${trained.length} of the ${planned} planned are trained, the last in place ${needed}`;
  failOption('members', there, total);
}

/** The members of the first runs, at least so many. */
function wholeRuns(runs: readonly (readonly MemberSpec[])[], least: number): MemberSpec[] {
  const all: MemberSpec[] = [];
  for (const run of runs) {
    if (all.length >= least) break;
    for (const member of run) all.push(member);
  }
  return all;
}

/** The members of each run, which are one or several. */
function runsOf(members: readonly MemberSpec[]): MemberSpec[][] {
  const runs: MemberSpec[][] = [];
  for (const member of members) {
    if (placeInRun(member) > 0) runs.at(-1)!.push(member);
    else runs.push([member]);
  }
  return runs;
}

/** After how many runs their options come again. */
function periodOf(runs: readonly (readonly MemberSpec[])[]): number {
  const options = runs.map((run) => run.map(({ streams: _, ...own }) => own));
  for (let period = 1; period < runs.length; period++) {
    if (options.every((own, at) => isSameData(own, options[at % period]))) return period;
  }
  return runs.length;
}

/**
 * The sources of chance that differ from run to run: those whose keys are the runs' places.
 * @throws ERR_OPTION when some runs share a source that others do not.
 */
function variedSources(runs: readonly (readonly MemberSpec[])[]): ReadonlySet<Source> {
  const later = runs.slice(1).map(([first]) => first!.streams);
  const varied = SOURCES.filter((source) => later.every((streams) => streams[source] !== 0));
  for (const source of SOURCES) {
    if (varied.includes(source) || later.every((streams) => streams[source] === 0)) continue;
    failOption(
      'members',
      `as it is, since some members share their ${source} and others do not`,
      runs.length,
    );
  }
  return new Set(varied);
}

function streamsOf(varied: ReadonlySet<Source>, run: number): MemberStreams {
  const key = (source: Source) => (varied.has(source) ? run : 0);
  return { resample: key('resample'), init: key('init'), order: key('order'), masks: key('masks') };
}
