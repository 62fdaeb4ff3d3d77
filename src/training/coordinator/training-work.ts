// What the coordinator is given: what is to be trained, what there is of it already, and where it is kept.

import type { TrainingFacts } from '../../data/dataset/training-facts.js';
import type { FailedMember, TrainedMember } from '../../ensemble/ensemble.js';
import type { Strand } from '../plan/strands.js';
import type { PlannedTraining } from '../session/session.js';
import type { CheckpointPace } from '../session/training-settings.js';
import type { WorkPolicy } from './failure-policy.js';
import type { TrainingJournal } from './journal.js';

/** What is to be trained, and what becomes of members that fail. */
export interface TrainingWork extends PlannedTraining {
  readonly policy: WorkPolicy;
  /** The runs by what is kept together; of a group of which some are over, the others. */
  readonly strands: readonly Strand[];
  /** Members of the plan that are there already and are not trained. */
  readonly kept: readonly TrainedMember[];
  /** Those that failed already and are not tried again. */
  readonly failures: readonly FailedMember[];
  /** What ran the kernels of those that are there. */
  readonly executors: readonly string[];
  /** What is remembered of the training rows, where that is known already; else null. */
  readonly trainedOn: TrainingFacts | null;
  /** Aborted when members in training are to end with their epoch, as they were at their best, and no other is to begin. */
  readonly deliverEarly?: AbortSignal;
  /** Who keeps the training outside of the process, and how often members in training; null for nobody. */
  readonly keeping: { readonly journal: TrainingJournal; readonly pace: CheckpointPace } | null;
}
