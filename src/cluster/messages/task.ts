// What a coordinator asks of a host: one job of a training. A task names what it needs by digests, so that it stays small;
// two tasks that ask the same have the same id.

import type { Digest } from '../../blobs/blob-store.js';
import type { MemberStreams } from '../../model/spec.js';
import type { MemberProgress } from '../../training/plan/runs.js';
import type { CheckpointPace } from '../../training/session/checkpoint-pace.js';

/** What all tasks of a training have in common, itself a blob: whoever has it and the dataset can run any of them. */
export interface SharedTraining {
  /** Of tutti: another one might answer with other bytes. */
  readonly version: string;
  /** The plan, as packed by msgpack; a blob in pieces. Its arithmetic is what hosts must be able to do. */
  readonly plan: Digest;
  /** The dataset whole, in pieces. */
  readonly dataset: Digest;
  readonly datasetHash: string;
  /** Modules of the user's that members need, by the SHA-256 of their text, which is a blob too. */
  readonly modules: readonly Digest[];
  readonly reseeds: number;
}

/** Where a member goes on from. */
export interface StoredState extends MemberProgress {
  /** The numbers of its state, in pieces. */
  readonly parameters: Digest;
}

/** One member of a job, as in `training/session/job.ts`, its spec said by its place in the plan and its streams. */
export interface TaskMember {
  readonly member: number;
  readonly streams: MemberStreams;
  readonly from: StoredState | null;
  readonly until: number;
  readonly anchor: { readonly values: Digest; readonly memberCount: number } | null;
  /** Whether its state at `until` comes back. */
  readonly keepsState: boolean;
  /** Of a group in lockstep: all begin again should it diverge. */
  readonly endsGroup: boolean;
}

/** A job; of a group in lockstep that would be too long for a task, the digest of its members packed. */
export interface Task {
  readonly training: Digest;
  readonly kind: 'member' | 'group';
  readonly members: readonly TaskMember[] | Digest;
  /** Members are handed over at the ends of epochs, as often as this says; null: not at all. */
  readonly handOvers: CheckpointPace | null;
  /** Of a member that is trained twice to be compared: 1 for the second time. @default 0 */
  readonly copy: number;
}

/** What goes along with a task and is no part of what it asks: it may change while the task waits. */
export interface Postage {
  /** Where blobs are, as `BlobStore.address` says. */
  readonly store: string;
  /** Hosts that may not take it. */
  readonly notHosts: readonly string[];
}

/** Stores bytes of any length; see `putBytes`. */
export type PutBytes = (bytes: Uint8Array) => Promise<Digest>;

/** Fetches them; see `getBytes`. */
export type GetBytes = (digest: Digest) => Promise<Uint8Array>;
