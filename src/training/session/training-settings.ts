// How a training is run, as its caller says it: who runs the members, who watches, when it stops. Nothing of it is
// part of the plan.

import type { Preprocessing } from '../../data/preprocessing/preprocessing.js';
import type { TrainedMember } from '../../ensemble/ensemble.js';
import { type OptionTable, type OptionUses, option } from '../../option-names.js';
import type { EpochDecision, EpochEvent } from './job.js';
import type { TrainingProgress } from './progress.js';
import { isMemberRunner, type MemberRunner } from './runner.js';

/** How a training is run; nothing here changes the bytes of a finished member, but a callback's decisions. */
export interface TrainingSettings {
  /** Who runs the members. @default a pool on every core, which all trainings share that name no runner */
  readonly runner?: MemberRunner;
  /** The dataset's own, which it carries: stating it changes nothing, and another is refused. */
  readonly preprocessing?: Preprocessing | null;
  /** Stops the training; running members are given up, finished ones kept or not as `onInterrupt` says. */
  readonly signal?: AbortSignal;
  /** `reject` with the signal's reason, or `keep` the finished members. @default 'reject' */
  readonly onInterrupt?: 'reject' | 'keep';
  /** Tries again after a lost thread, per member. @default 1 */
  readonly retries?: number;
  /** Observer, called about ten times a second and at the end; never delays the training. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Observer of finished members, in order of completion. */
  readonly onMember?: (member: TrainedMember) => void;
  /** Awaited at the end of every epoch of every member; what it returns changes the training. */
  readonly onEpochEnd?: (event: EpochEvent) => EpochDecision | undefined | Promise<EpochDecision | undefined>;
}

/** What the settings must be; see src/option-names.ts. */
export const TRAINING_SETTINGS = {
  runner: { expected: 'a runner, such as createPool() makes', holds: isMemberRunner },
  preprocessing: option.orNull(option.object),
  signal: option.signal,
  onInterrupt: option.oneOf('reject', 'keep'),
  retries: option.integer(0),
  onProgress: option.function,
  onMember: option.function,
  onEpochEnd: option.function,
} satisfies OptionTable<TrainingSettings>;

/** @throws the signal's reason once it is aborted, unless the finished members are kept, of which there may be none yet. */
export function throwIfRejected({ signal, onInterrupt }: TrainingSettings): void {
  if (onInterrupt !== 'keep') signal?.throwIfAborted();
}

/** When the settings have an effect. */
export const SETTINGS_USES = {
  onInterrupt: { says: '`signal` is given', holds: ({ signal }) => signal !== undefined },
} satisfies OptionUses<TrainingSettings>;
