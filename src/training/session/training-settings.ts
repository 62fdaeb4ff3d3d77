// How a training is run, as its caller says it: who runs the members, who watches, when it stops. Nothing of it is
// part of the plan.

import type { Preprocessing } from '../../data/preprocessing/preprocessing.js';
import type { FailedMember, TrainedMember } from '../../ensemble/ensemble.js';
import { failOption, type TuttiError } from '../../errors.js';
import type { EnsemblePlan } from '../../model/spec.js';
import { checkOptions, type OptionTable, type OptionUses, option, requireUses } from '../../option-names.js';
import type { Isolation } from '../../processes/protocol.js';
import type { CheckpointPace } from './checkpoint-pace.js';
import type { EpochDecision, EpochEvent } from './job.js';
import type { TrainingProgress } from './progress.js';
import { isMemberRunner, type MemberRunner } from './runner.js';

export type { CheckpointPace } from './checkpoint-pace.js';

/** Where a training is kept as it goes, so that `resumeTraining` can go on with it. */
export interface CheckpointOptions extends CheckpointPace {
  /** A folder that is made, or empty. One that holds a training is refused. */
  readonly folder: string;
  /** What the caller wants to find there again: plain data (what JSON can say), a megabyte at most. @default null */
  readonly note?: unknown;
}

/** What is planned as a training begins. */
export interface PlannedMembers {
  readonly plan: EnsemblePlan;
  /** Members that are there already: of an ensemble that is extended, or a training that is resumed. */
  readonly kept: readonly TrainedMember[];
  /** Members that failed before and are not tried again. */
  readonly failures: readonly FailedMember[];
}

/** What befell a member of a training. */
export interface MemberIncident {
  readonly member: number;
  /**
   * `retry`: the same again, since its thread was lost; `reseed`: from its beginning with other streams, since it, or a
   * member that it is tied to, diverged; `failure`: it is given up.
   */
  readonly becomes: 'retry' | 'reseed' | 'failure';
  readonly error: TuttiError;
}

/** How a training is run; nothing here changes the bytes of a finished member, but a callback's decisions. */
export interface TrainingSettings {
  /** Who runs the members. @default a pool on every core, which all trainings share that name no runner */
  readonly runner?: MemberRunner;
  /** The dataset's own, which it carries: stating it changes nothing, and another is refused. */
  readonly preprocessing?: Preprocessing | null;
  /** Stops the training; running members are given up, finished ones returned or not as `onInterrupt` says. */
  readonly signal?: AbortSignal;
  /** When `signal` or a failure ends it: `reject` with that reason, or `keep` the finished members. @default 'reject' */
  readonly onInterrupt?: 'reject' | 'keep';
  /**
   * How often what a thread was at when it died is tried again, with the same streams and so the same bytes: a member, or
   * of members tied in rounds an epoch, of snapshots a cycle. @default 1
   */
  readonly retries?: number;
  /**
   * What becomes of the training when a member fails for good: `drop` it and train the others, or `fail`: reject with its
   * error at once, or return the finished members as `onInterrupt` says. @default 'drop'
   */
  readonly onFailure?: 'drop' | 'fail';
  /**
   * Keeps finished members, and those in training every now and then, in a folder. When `signal` stops such a training,
   * members in training finish their epoch and are kept too.
   */
  readonly checkpoint?: CheckpointOptions;
  /** Observer, called about ten times a second and at the end; never delays the training. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Observer of finished members, in order of completion. */
  readonly onMember?: (member: TrainedMember) => void;
  /** Observer of the plan, called once before the first member is trained. */
  readonly onPlan?: (planned: PlannedMembers) => void;
  /**
   * Observer of epochs, called with those that ended since the last time, about ten times a second; never delays the
   * training. A member's come in order, each once, unless it begins again (`onIncident`): then from the first on.
   */
  readonly onEpochs?: (epochs: readonly EpochEvent[]) => void;
  /** Observer of what befalls members: one that is tried again, begins again with other streams, or is given up. */
  readonly onIncident?: (incident: MemberIncident) => void;
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
  onFailure: option.oneOf('drop', 'fail'),
  /** Checked by itself. */
  checkpoint: option.any,
  onProgress: option.function,
  onMember: option.function,
  onPlan: option.function,
  onEpochs: option.function,
  onIncident: option.function,
  onEpochEnd: option.function,
} satisfies OptionTable<TrainingSettings>;

export const PACE = {
  epochs: option.integer(1),
  seconds: option.number('a number of seconds > 0', (value) => value > 0),
} satisfies OptionTable<CheckpointPace>;

const CHECKPOINT_OPTIONS = {
  ...PACE,
  folder: option.required({
    expected: 'the path of a folder',
    holds: (path) => typeof path === 'string' && path !== '',
  }),
  note: option.any,
} satisfies OptionTable<CheckpointOptions>;

/** @throws ERR_OPTION for settings that are wrong, unknown or without effect. */
export function checkSettings(caller: string, settings: TrainingSettings): void {
  checkOptions(caller, settings, TRAINING_SETTINGS);
  requireUses(settings, SETTINGS_USES);
  const { checkpoint } = settings;
  if (checkpoint === undefined) return;
  checkOptions('checkpoint', checkpoint, CHECKPOINT_OPTIONS);
  requireOnePace(checkpoint);
}

export function requireOnePace({ epochs, seconds }: CheckpointPace): void {
  if (epochs !== undefined && seconds !== undefined)
    failOption('seconds', 'absent where `epochs` is given', seconds);
}

/** Where the modules of a training run. */
export function isolationOf({ runner }: Pick<TrainingSettings, 'runner'>): Isolation {
  return runner?.isolate ?? null;
}

/** @throws the signal's reason once it is aborted, unless the finished members are kept, of which there may be none yet. */
export function throwIfRejected({
  signal,
  onInterrupt,
}: Pick<TrainingSettings, 'signal' | 'onInterrupt'>): void {
  if (onInterrupt !== 'keep') signal?.throwIfAborted();
}

/** When the settings have an effect. */
export const SETTINGS_USES = {
  onInterrupt: {
    says: '`signal` or `checkpoint` is given, or `onFailure` is fail',
    holds: ({ signal, checkpoint, onFailure }) =>
      signal !== undefined || checkpoint !== undefined || onFailure === 'fail',
  },
} satisfies OptionUses<TrainingSettings>;
