// What the file of a plan says: types alone, since plan-schema.ts checks what one says.

import type { Digest } from '../blobs/blob-store.js';
import type { KeptTraining } from '../checkpoint/kept-training.js';

/** What the file says. */
export interface PlanRecord extends KeptTraining {
  /** Of tutti, which made the plan: another might train other bytes. */
  readonly version: string;
  /** The bytes of the datasets, among the blobs; null where there are no rows to test on. */
  readonly datasets: { readonly train: Digest; readonly test: Digest | null };
  /** The modules of the user's, by their SHA-256, each with the name of its file among the modules. */
  readonly modules: readonly { readonly hash: string; readonly file: string }[];
}

/** A plan, and the hash that its results name. */
export interface HashedPlan extends PlanRecord {
  readonly hash: string;
}
