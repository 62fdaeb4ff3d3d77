// The whole conversation between a pool and a process that trains members for it: memory does not cross, so a training's
// is sent once, and what a thread would find or leave in shared memory goes along with its job.

import type { TrainingShare } from '../training/local/local-job.js';
import type { EpochDecision, EpochEvent, HandedMember, MemberJob } from '../training/session/job.js';
import type { TaskResult } from './messages.js';

/** A training, for a memory of the process's own with the same layout. */
export type SentTraining = Omit<TrainingShare, 'memory' | 'memoryName' | 'executor'>;

/** A job, without the memory its state would be written to. */
export type SentJob = Omit<MemberJob, 'state' | 'epochLog'> & { readonly stateLength: number | null };

/** Trainings and jobs are known by numbers. */
export type ToProcess =
  | { readonly kind: 'training'; readonly training: number; readonly share: SentTraining }
  /** A part of a training's memory. */
  | { readonly kind: 'bytes'; readonly training: number; readonly at: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'job';
      readonly id: number;
      readonly training: number;
      readonly job: SentJob;
      readonly hook: boolean;
      readonly handOvers: boolean;
    }
  | { readonly kind: 'decision'; readonly decision: EpochDecision | undefined }
  | { readonly kind: 'drop'; readonly training: number };

export type FromProcess =
  /** The job is in hand. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'epoch'; readonly event: EpochEvent }
  | { readonly kind: 'handOver'; readonly member: HandedMember }
  | { readonly kind: 'done'; readonly result: TaskResult; readonly state: Float32Array | null };
