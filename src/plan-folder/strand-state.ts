// Where a strand in training rests, so that one that is interrupted goes on from there, on another host perhaps: what it has
// delivered so far, if anything, and then the states of its runs. Either is whole or not there; a state that does not fit what
// was delivered is not used, and its strand begins anew, to the same bytes.

import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableError } from '../checkpoint/sealed-file.js';
import { stateBytes } from '../checkpoint/state-files.js';
import { readState } from '../checkpoint/state-reader.js';
import { TuttiError } from '../errors.js';
import { writeNewSynced } from '../files/atomic-file.js';
import { makeFolder } from '../files/folder.js';
import { listRuns, type RestingRun } from '../training/plan/runs.js';
import type { OpenedPlan, PlannedStrand } from './open-plan.js';
import { readOutcome, resultBytes, type StrandOutcome } from './result-file.js';

export const STATES_FOLDER = 'states';

function statePath(folder: string, strand: number): string {
  return join(folder, STATES_FOLDER, `${strand}`);
}

function partPath(folder: string, strand: number): string {
  return join(folder, STATES_FOLDER, `${strand}-part`);
}

/** Rejects with what the system says. @param outcome what the strand has behind it. */
export async function writeState(
  { folder, plan }: OpenedPlan,
  strand: number,
  outcome: StrandOutcome,
  runs: readonly RestingRun[],
): Promise<void> {
  await makeFolder(join(folder, STATES_FOLDER));
  const { members, failures, streams } = outcome;
  if (members.size + failures.size + streams.size > 0)
    await writeNewSynced(partPath(folder, strand), ...resultBytes(plan, outcome));
  await writeNewSynced(statePath(folder, strand), ...stateBytes(plan.hash, strand, runs));
}

/** Removes what a strand that is over has left. What cannot be removed is not used any more. */
export async function dropState(folder: string, strand: number): Promise<void> {
  for (const path of [statePath(folder, strand), partPath(folder, strand)])
    await rm(path, { force: true }).catch(() => undefined);
}

/** A strand that was interrupted. */
export interface RestingStrand {
  readonly outcome: StrandOutcome;
  readonly runs: readonly RestingRun[];
}

/** Where a strand rests; null where it does not, or what is kept of it cannot be used. */
export async function readRestingStrand(
  { folder, plan }: OpenedPlan,
  { key, members }: PlannedStrand,
  signal?: AbortSignal,
): Promise<RestingStrand | null> {
  if (!(await isThere(statePath(folder, key)))) return null;
  const outcome = await readPart(folder, plan, key, signal);
  const own = new Set(members);
  const isOwn = [...outcome.members.keys(), ...outcome.failures.keys()].every((index) => own.has(index));
  if (!isOwn) return null;
  const runs = new Map(
    listRuns(plan.plan, outcome.streams).map((run) => [run.memberIndices[0]!, run] as const),
  );
  const state = await readState(statePath(folder, key), { ...plan, seal: plan.hash }, runs, signal);
  if (state === null || state.strand !== key || !state.resting.every(({ first }) => own.has(first)))
    return null;
  return { outcome, runs: state.resting };
}

const NOTHING: StrandOutcome = { members: new Map(), failures: new Map(), streams: new Map(), executors: [] };

async function readPart(
  folder: string,
  plan: OpenedPlan['plan'],
  strand: number,
  signal: AbortSignal | undefined,
): Promise<StrandOutcome> {
  const path = partPath(folder, strand);
  if (!(await isThere(path))) return NOTHING;
  try {
    return await readOutcome(path, plan, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UnreadableError || error instanceof TuttiError) return NOTHING;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
