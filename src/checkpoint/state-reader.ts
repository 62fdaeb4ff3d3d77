// Reads where strands rest. A file that is not as it was written, or says what cannot be, is passed over: its strand goes on
// from another state, or begins anew, to the same bytes.

import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { historyRows } from '../bundle/metadata.js';
import { openSource } from '../bundle/source.js';
import { stateShape } from '../engines/wasm/tying.js';
import { TuttiError } from '../errors.js';
import { isNetwork } from '../model/network-members.js';
import { cycleOf } from '../model/snapshots.js';
import { hasEpochs } from '../model/spec.js';
import { progressFrom } from '../training/plan/progress-form.js';
import { listRuns, type RestingRun, type Run } from '../training/plan/runs.js';
import { givenUp, type JournalContent } from './journal-reader.js';
import type { SealedTraining } from './kept-training.js';
import type { StateMetadata } from './schema.js';
import { readSealed, UnreadableError } from './sealed-file.js';
import { STATE_MAGIC, stateNumber, statePath } from './state-files.js';

/** What the files of states hold. */
export interface KeptStates {
  /** Where strands rest, by the strand. */
  readonly strands: ReadonlyMap<number, readonly RestingRun[]>;
  /** The numbers of all files, and of those that hold these states. */
  readonly there: readonly number[];
  readonly used: ReadonlyMap<number, number>;
}

/**
 * @param content of the journal: what has come to its end rests no more, and members that began again with other streams
 * have no state of before.
 * @param signal stops it.
 */
export async function readStates(
  folder: string,
  training: SealedTraining,
  content: Pick<JournalContent, 'streams' | 'members' | 'failures'>,
  signal?: AbortSignal,
): Promise<KeptStates> {
  const there = (await readdir(folder)).flatMap((name) => stateNumber(name) ?? []);
  const runs = new Map(listRuns(training.plan, content.streams).map((run) => [run.memberIndices[0]!, run]));
  const settled = new Set([...content.members.keys(), ...givenUp(content).map(({ index }) => index)]);
  const isOpen = ({ first }: RestingRun) => !runs.get(first)!.memberIndices.every((own) => settled.has(own));
  const strands = new Map<number, readonly RestingRun[]>();
  const used = new Map<number, number>();
  for (const number of there) {
    const state = await readState(statePath(folder, number), training, runs, signal);
    if (state === null || !state.resting.some(isOpen)) continue;
    if (lastEpoch(state.resting) <= lastEpoch(strands.get(state.strand))) continue;
    strands.set(state.strand, state.resting);
    used.set(state.strand, number);
  }
  return { strands, there, used };
}

/** Members of a group may end before others, and then are no part of its state. */
function lastEpoch(runs: readonly RestingRun[] = []): number {
  return runs.reduce((last, { state }) => Math.max(last, state.epoch), -1);
}

export interface ReadState {
  readonly strand: number;
  readonly resting: readonly RestingRun[];
}

/**
 * One file of a state; null where it is not as it was written, or says what cannot be.
 * @param runs of the plan, with the streams that they have now, by the first member of each.
 */
export async function readState(
  path: string,
  training: SealedTraining,
  runs: ReadonlyMap<number, Run>,
  signal: AbortSignal | undefined,
): Promise<ReadState | null> {
  try {
    const source = await openSource(path, signal);
    try {
      const { metadata, numbers } = await readSealed(source, STATE_MAGIC);
      const { stateSchema } = await import('./schema.js');
      const parsed = stateSchema.safeParse(metadata);
      return parsed.success ? takeState(parsed.data, numbers, training, runs) : null;
    } finally {
      await source.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UnreadableError || error instanceof TuttiError) return null;
    throw error;
  }
}

/** The state, or null where it does not fit the plan. */
function takeState(
  { training: seal, strand, runs: described }: StateMetadata,
  numbers: Float32Array<SharedArrayBuffer>,
  training: SealedTraining,
  runs: ReadonlyMap<number, Run>,
): ReadState | null {
  if (seal !== training.seal) return null;
  const resting: RestingRun[] = [];
  let at = 0;
  for (const { first, streams, delivered, history, numbers: length, ...sent } of described) {
    const run = runs.get(first);
    if (run === undefined || !isDeepStrictEqual(streams, run.streams)) return null;
    if (!isWithin(run, delivered, sent.epoch, training)) return null;
    const parameters = numbers.subarray(at, at + length);
    at += length;
    if (parameters.length !== length || !fits(run, length, training)) return null;
    const state = { ...progressFrom(sent), parameters };
    resting.push({ first, streams, delivered, state, history: historyRows(history) });
  }
  return at === numbers.length && resting.length > 0 ? { strand, resting } : null;
}

/** Whether a run with so many members delivered can rest after this epoch. */
function isWithin(
  { memberIndices }: Run,
  delivered: number,
  epoch: number,
  { plan }: SealedTraining,
): boolean {
  const index = memberIndices[delivered];
  if (index === undefined) return false;
  const spec = plan.members[index]!;
  const { first, last } = cycleOf(spec);
  return hasEpochs(spec) && epoch >= first - 1 && epoch < last;
}

/** Of members of other engines their threads know the length. */
function fits({ spec }: Run, length: number, { features, task }: SealedTraining): boolean {
  return !isNetwork(spec) || stateShape(spec, features, task).lengthFloats === length;
}
