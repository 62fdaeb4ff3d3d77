// What is trained, as a checkpoint keeps it: types alone, since schema.ts checks what a file says.

import type { Task } from '../data/dataset/dataset.js';
import type { TrainingFacts } from '../data/dataset/training-facts.js';
import type { EnsemblePlan } from '../model/spec.js';

/** What is trained, as a checkpoint keeps it. */
export interface KeptTraining {
  readonly plan: EnsemblePlan;
  readonly task: Task;
  readonly features: number;
  readonly datasetHash: string;
  /** Seconds that threads may have a member in hand; null for no limit. */
  readonly deadline: number | null;
  /** Of an ensemble that is extended, which remembers its own; null otherwise. */
  readonly trainedOn: TrainingFacts | null;
  /** How often running members are kept, as the training was told. */
  readonly pace: { readonly epochs?: number | undefined; readonly seconds?: number | undefined };
  /** The caller's own. */
  readonly note: unknown;
}

/** With the checksum of its file, which the other files of the folder name. */
export interface SealedTraining extends KeptTraining {
  readonly seal: string;
}
