// The runs of a plan: what is trained from its beginning to its end. A run leaves one member, or several, on its way or
// together when it ends; between jobs it rests as a state in shared memory of its own.

import type { Dataset } from '../../data/dataset/dataset.js';
import { stateShape } from '../../engines/wasm/tying.js';
import type { EpochRecord } from '../../ensemble/ensemble.js';
import type { WireError } from '../../errors.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { isNetwork } from '../../model/network-members.js';
import { reseededStreams } from '../../model/reseed.js';
import { endsCycle, membersOfRun } from '../../model/snapshots.js';
import type {
  EnsemblePlan,
  MemberSpec,
  MemberStreams,
  NetworkMemberSpec,
  TyingSpec,
} from '../../model/spec.js';

/** Where a member's training stands between two epochs, beside its parameters. */
export interface MemberProgress {
  /** Epochs finished. */
  readonly epoch: number;
  /** Base learning rate of the next epoch; a callback may have changed it. */
  readonly learningRate: number;
  /** Early stopping: the best epoch so far and its loss; epoch 0 before there is one. */
  readonly best: { readonly epoch: number; readonly loss: number };
}

/** A member at rest between two jobs: all it takes to go on, on any thread. */
export interface MemberState extends MemberProgress {
  /** The engine's state of the member, in shared memory of its own; no job writes to it. */
  readonly parameters: Float32Array<SharedArrayBuffer>;
}

/** A run between two epochs: all it takes to go on from there, in another process too. */
export interface RestingRun {
  /** The first of its members. */
  readonly first: number;
  /** With which it began. */
  readonly streams: MemberStreams;
  /** How many of them are delivered. */
  readonly delivered: number;
  readonly state: MemberState;
  /** Its epochs since the last member it delivered. */
  readonly history: readonly EpochRecord[];
}

/** One run and how far it has come. */
export interface Run {
  /** Members of the plan that it leaves, in the order of its epochs. */
  readonly memberIndices: readonly number[];
  /** Of its first member, as planned; a run's members differ in nothing but their place in it. */
  readonly spec: MemberSpec;
  /** Those of its spec, or others since it diverged. */
  streams: MemberStreams;
  /** How many of its members are delivered. */
  delivered: number;
  /** Where it rests; null before it has begun. */
  state: MemberState | null;
  /** Its epochs since the last member it delivered. */
  history: EpochRecord[];
  /** How long threads have had it in hand since then. */
  usedMs: number;
  /** How often it was tried again after a lost thread since then. */
  retries: number;
  /** Why it cannot go on from where it is; null while it can. */
  failure: WireError | null;
  /** Nothing of it is left to train: it came to its end, or was given up. */
  over: boolean;
}

/**
 * The plan's runs, in plan order.
 * @param streams of members that began again, by their places.
 */
export function listRuns({ members }: EnsemblePlan, streams?: ReadonlyMap<number, MemberStreams>): Run[] {
  const runs: Run[] = [];
  for (let first = 0; first < members.length; ) {
    const spec = members[first]!;
    const own = Array.from({ length: membersOfRun(spec) }, (_, index) => first + index);
    runs.push({
      ...{ memberIndices: own, spec, streams: streams?.get(first) ?? spec.streams, delivered: 0 },
      ...{ state: null, history: [], usedMs: 0, retries: 0, failure: null, over: false },
    });
    first += own.length;
  }
  return runs;
}

/** The spec of the member that a run delivers next, with the streams that the run has now. */
export function nextSpec({ members }: EnsemblePlan, run: Run): MemberSpec {
  const planned = members[run.memberIndices[run.delivered]!]!;
  return run.streams === run.spec.streams ? planned : { ...planned, streams: run.streams };
}

/** How often a run's streams were drawn anew in this training. */
export function reseedsOf({ spec, streams }: Run): number {
  return (streams.reseeds ?? 0) - (spec.streams.reseeds ?? 0);
}

/** The streams of a run that begins once more; null where it could only diverge again. */
export function nextStreams(plan: EnsemblePlan, { memberIndices, streams }: Run): MemberStreams | null {
  return reseededStreams(plan, memberIndices[0]!, (streams.reseeds ?? 0) + 1);
}

/** The specs with which a run may begin whose draws may be of different lengths. */
export function beginnings(plan: EnsemblePlan, { spec, memberIndices }: Run, reseeds: number): MemberSpec[] {
  const all = [spec];
  if (spec.resample.kind !== 'grouped') return all;
  for (let more = 1; more <= reseeds; more++) {
    const streams = reseededStreams(plan, memberIndices[0]!, (spec.streams.reseeds ?? 0) + more);
    if (streams !== null) all.push({ ...spec, streams });
  }
  return all;
}

/** The plan with the streams that runs were last trained with. */
export function trainedPlan(plan: EnsemblePlan, runs: readonly Run[]): EnsemblePlan {
  const reseeded = runs.filter((run) => reseedsOf(run) > 0);
  if (reseeded.length === 0) return plan;
  const members = [...plan.members];
  for (const { memberIndices, streams } of reseeded) {
    for (const index of memberIndices) members[index] = { ...members[index]!, streams };
  }
  return { ...plan, members };
}

/** A run of a network that is tied to others. */
export type TiedRun = Run & { readonly spec: NetworkMemberSpec & { readonly tying: TyingSpec } };

export function isTied(run: Run): run is TiedRun {
  return isNetwork(run.spec) && run.spec.tying !== null;
}

/** A run's network when it rests between jobs, and so needs memory for its state; else null. */
function restingSpec({ spec }: Run): NetworkMemberSpec | null {
  if (!isNetwork(spec)) return null;
  return endsCycle(spec) || spec.tying?.mode === 'rounds' ? spec : null;
}

/**
 * Bytes of the states that may exist at once: of every run tied in rounds, of each slot's run otherwise, and
 * one more for each slot to write to while the state before stays whole; for groups that may begin again one more of
 * every run, as snapshots are held back until a round is over.
 */
export function restingBytes(runs: readonly Run[], dataset: Dataset, slots: number, reseeds: number): number {
  const { features, task } = dataset;
  let tied = 0;
  let largest = 0;
  for (const run of runs) {
    const spec = restingSpec(run);
    if (spec === null) continue;
    const bytes = stateShape(spec, features, task).lengthFloats * 4;
    if (spec.tying !== null) tied += bytes;
    largest = Math.max(largest, bytes);
  }
  return tied * (reseeds > 0 ? 2 : 1) + 2 * slots * largest;
}

/** Buffers that states rest in. A finished job's new state takes the place of the old, which is used again. */
export class StateBuffers {
  readonly #free = new Map<number, Float32Array<SharedArrayBuffer>[]>();

  take(lengthFloats: number): Float32Array<SharedArrayBuffer> {
    return this.#free.get(lengthFloats)?.pop() ?? new Float32Array(allocateShared(lengthFloats * 4));
  }

  giveBack(buffer: Float32Array<SharedArrayBuffer>): void {
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
  }
}
