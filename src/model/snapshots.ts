// Where the members of one run lie: a run of E epochs in m cycles leaves one member at the end of each; others leave all of
// theirs when they end.

import type { MemberSpec, NetworkMemberSpec, ScheduleSpec, SnapshotSpec } from './spec.js';

/** What places a member within its run. */
export type CycleSpec = Pick<NetworkMemberSpec, 'epochs' | 'snapshot'> &
  Partial<Pick<NetworkMemberSpec, 'schedule'>>;

/** The schedule of fast geometric ensembling. */
export type GeometricSchedule = Extract<ScheduleSpec, { kind: 'fastGeometric' }>;

/** Epochs before the cycles of fast geometric ensembling begin, and those that are left. */
export function epochsOfCycles(
  { trajectoryStart }: Pick<GeometricSchedule, 'trajectoryStart'>,
  epochs: number,
): { readonly before: number; readonly left: number } {
  const before = Math.floor(trajectoryStart * epochs);
  return { before, left: epochs - before };
}

/** The last epoch of triangle `cycle`: the first is half as long as the others, as it only goes down. */
export function lastEpochOfTriangle(schedule: GeometricSchedule, epochs: number, cycle: number): number {
  const { before, left } = epochsOfCycles(schedule, epochs);
  return before + Math.floor((left * (2 * cycle + 1)) / (2 * schedule.cycles - 1));
}

/** Whether a member is left at the end of a cycle of its run, which then goes on. */
export function endsCycle({ snapshot }: Pick<NetworkMemberSpec, 'snapshot'>): boolean {
  return snapshot !== null && snapshot.at === undefined;
}

/**
 * How many members a run leaves when the epochs of one of them are over: that one, or all from it on where they come
 * together at the end.
 */
export function membersLeft(spec: MemberSpec): number {
  const snapshot = snapshotOf(spec);
  return snapshot?.at === 'end' ? snapshot.of - snapshot.index : 1;
}

/** A member's place in its run, from 0. */
export function placeInRun(spec: MemberSpec): number {
  return snapshotOf(spec)?.index ?? 0;
}

/** How many members its run leaves in all. */
export function membersOfRun(spec: MemberSpec): number {
  return snapshotOf(spec)?.of ?? 1;
}

function snapshotOf(spec: CycleSpec | MemberSpec): SnapshotSpec | null {
  return 'snapshot' in spec ? spec.snapshot : null;
}

/** The last epoch of cycle `index` (from 0) of `of`; cycles differ by at most one epoch. */
export function lastEpochOfCycle(epochs: number, index: number, of: number): number {
  return Math.floor((epochs * (index + 1)) / of);
}

/**
 * The epochs that belong to a member, 1-based: from the one after the cycle before, all where nothing is left before the
 * end, none (1 to 0) for a member that is fitted at once.
 */
export function cycleOf(spec: CycleSpec | MemberSpec): { readonly first: number; readonly last: number } {
  if (!('epochs' in spec)) return { first: 1, last: 0 };
  const { epochs } = spec;
  const snapshot = snapshotOf(spec);
  if (snapshot === null || snapshot.at === 'end') return { first: 1, last: epochs };
  const { index, of } = snapshot;
  const schedule = 'schedule' in spec ? (spec.schedule as ScheduleSpec) : null;
  const lastOf = (cycle: number) =>
    schedule?.kind === 'fastGeometric'
      ? lastEpochOfTriangle(schedule, epochs, cycle)
      : lastEpochOfCycle(epochs, cycle, of);
  return { first: (index === 0 ? 0 : lastOf(index - 1)) + 1, last: lastOf(index) };
}
