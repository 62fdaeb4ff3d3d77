// What is trained, as a checkpoint keeps it: types alone, since schema.ts checks what a file says.

import type { Task } from '../data/dataset/dataset.js';
import type { TrainingFacts } from '../data/dataset/training-facts.js';
import type { EnsemblePlan } from '../model/spec.js';
import type { CheckpointPace } from '../training/session/training-settings.js';

/** What is trained, as a checkpoint keeps it. */
export interface KeptTraining {
  readonly plan: EnsemblePlan;
  readonly task: Task;
  readonly features: number;
  readonly datasetHash: string;
  readonly policy: KeptPolicy;
  /** Of an ensemble that is extended, which remembers its own; null otherwise. */
  readonly trainedOn: TrainingFacts | null;
  /** How often running members are kept, as the training was told. */
  readonly pace: CheckpointPace;
  /** The caller's own. */
  readonly note: unknown;
}

/** What becomes of members that take long, or diverge: a training that is resumed goes on as it began. */
export interface KeptPolicy {
  /** Seconds that threads may have a member in hand; null for no limit. */
  readonly deadline: number | null;
  /** Null for whatever becomes of other members that fail. */
  readonly onDivergence: 'drop' | 'fail' | 'reseed' | null;
  /** How often a member that diverges begins again; null where it does not. */
  readonly reseeds: number | null;
}

/** With the checksum of its file, which the other files of the folder name. */
export interface SealedTraining extends KeptTraining {
  readonly seal: string;
}
