// A job: advance the state of one member, or of several in lockstep, and never wait for another job. Jobs and
// their outcomes cross threads, so they are plain data and shared memory. Where a training's data lies is none of it.

import { userModuleOf } from '../../engines/registry.js';
import type { EpochRecord, TrainedMember } from '../../ensemble/ensemble.js';
import type { WireError } from '../../errors.js';
import type { MemberSpec, NetworkMemberSpec } from '../../model/spec.js';
import type { MemberProgress, MemberState } from '../plan/runs.js';
import type { Anchor } from '../plan/tying.js';
import type { EpochLogWords } from './epoch-log.js';

/** One member to advance: from a state, or from its beginning, to the end of an epoch. */
export interface MemberJob {
  readonly kind: 'member';
  readonly spec: MemberSpec;
  readonly member: number;
  /** Where it runs, from 0: no other running job of the training has it. */
  readonly slot: number;
  /** Where to go on; null to begin. */
  readonly from: MemberState | null;
  /** The last epoch to train; 0 only draws the initial weights. */
  readonly until: number;
  readonly anchor: Anchor | null;
  /** Receives the state at `until`, unless the training ended; null when the job goes to the end. */
  readonly state: Float32Array<SharedArrayBuffer> | null;
  /** Where its thread writes its epochs down for whoever watches; nowhere for a thread that cannot, which costs nobody more than the wait until the job ends. */
  readonly epochLog?: EpochLogWords;
}

/** Members that step in lockstep on one thread, each from its beginning to its end. */
export interface GroupJob {
  readonly kind: 'group';
  /** The first member, for messages about the job. */
  readonly member: number;
  readonly slot: number;
  readonly members: readonly GroupMemberJob[];
}

/** What a group's members are: networks with a common tying. */
export interface GroupMemberJob extends MemberJob {
  readonly spec: NetworkMemberSpec;
  /** Whether all of the group begin again should it diverge: then it is no use to train the others on. */
  readonly endsGroup: boolean;
}

export type Job = MemberJob | GroupJob;

/** Whether a thread will import a module of the user's to run it. */
export function importsModule(job: Job): boolean {
  return job.kind === 'member' && userModuleOf(job.spec) !== null;
}

/** The shared buffers that come with a job. */
export function sharedBuffersOf(job: Job): SharedArrayBuffer[] {
  if (job.kind === 'group')
    return job.members.flatMap(({ epochLog }) => (epochLog === undefined ? [] : [epochLog.buffer]));
  const arrays = [job.from?.parameters, job.state, job.anchor?.values, job.epochLog];
  return arrays.filter((array) => array !== null && array !== undefined).map(({ buffer }) => buffer);
}

/** A member that a job advanced. */
export interface AdvancedMember {
  readonly status: 'advanced';
  /** The epochs of this job. */
  readonly history: readonly EpochRecord[];
  readonly progress: MemberProgress;
  /** Finished members, from the job's on: at the end of its cycle that one, at the end of the run all that it leaves then. */
  readonly delivered: readonly DeliveredMember[];
  /** Its run is over; no state was saved. */
  readonly ended: boolean;
}

/**
 * A member between two epochs, as its thread hands it over: in memory that it wrote whole before anyone else knew of it, and
 * does not write again before it is asked for the next.
 */
export interface HandedMember {
  /** The epochs since it was last handed over in this job. */
  readonly history: readonly EpochRecord[];
  readonly progress: MemberProgress;
  readonly parameters: Float32Array<SharedArrayBuffer>;
}

/** A member whose job was paused: handed over for good, with all epochs of the job. */
export interface PausedMember extends HandedMember {
  readonly status: 'paused';
}

/** What a thread hands over of a finished member, in memory that it wrote whole before anyone else knew of it. */
export type DeliveredMember = Pick<TrainedMember, 'parameters' | 'model' | 'epoch' | 'inBagRows'>;

/** How a job left a member. A stopped member leaves nothing; `failed` is for one of several in lockstep. */
export type MemberOutcome =
  | AdvancedMember
  | PausedMember
  | { readonly status: 'stopped' }
  | { readonly status: 'failed'; readonly error: WireError };

/** What a callback at an epoch's end is told. */
export interface EpochEvent extends EpochRecord {
  readonly member: number;
  readonly epochs: number;
}

/** What a callback may ask for: no further epochs, or another base learning rate from the next epoch on. */
export interface EpochDecision {
  readonly stop?: boolean;
  readonly learningRate?: number;
}

/** Awaited after every epoch. */
export type EpochHook = (event: EpochEvent) => Promise<EpochDecision | undefined>;

/**
 * Given the job's members when they were wanted, in its order, null for those that are over. No thread waits for whoever
 * keeps them; a process waits until they are on their way.
 */
export type HandOverHook = (members: readonly (HandedMember | null)[]) => void | Promise<void>;

/** Whom a thread tells what, as it runs a job. */
export interface JobHooks {
  readonly onEpochEnd?: EpochHook | undefined;
  readonly onHandOver?: HandOverHook | undefined;
}
