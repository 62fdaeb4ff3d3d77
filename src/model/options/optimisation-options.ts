// The options of whatever is trained epoch by epoch: loss, optimizer, learning rate, batches, early stopping.
// Their records, and what they resolve to in a member's spec, the same for every such engine.

import type { Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import type { Loss, LossSpec } from '../losses.js';
import type { EarlyStoppingSpec, OptimisedMemberSpec, ScheduleSpec } from '../spec.js';
import { BY_EPOCHS, field, STOPPED } from './field.js';
import { type LossOptions, lossFields, resolveLossSpec } from './loss-options.js';
import { type OptimizerOptions, resolveOptimizer } from './optimizer-options.js';
import { resolveLabelSmoothing } from './regularization-options.js';
import { shareDrawn } from './resampling-options.js';
import { resolveSchedule, type ScheduleOptions, scheduleFields } from './schedule-options.js';
import { resolveGeometric } from './trajectory-options.js';
import { requireUnstopped, resolveCycles } from './tying-options.js';

const ofTraining = { group: 'training', by: BY_EPOCHS } as const;
const ofSgd = {
  ...ofTraining,
  when: { says: '`optimizer` is sgd', holds: (o: OptimisationOptions) => o.optimizer === 'sgd' },
} as const;
const ofAdam = {
  ...ofTraining,
  when: {
    says: '`optimizer` is adam, adamW or muon',
    holds: (o: OptimisationOptions) => o.optimizer !== 'sgd',
  },
} as const;
export const optimisationFields = {
  ...lossFields,
  optimizer: field((z) => z.enum(['adam', 'adamW', 'sgd', 'muon']), {
    ...ofTraining,
    spec: 'optimizer.kind',
    says: 'what makes steps of gradients; adamW takes its weight decay apart from them, muon (networks) turns matrices of hidden layers as wholes',
    default: 'adamW',
    example: 'adam',
  }),
  learningRate: field((z) => z.number().gt(0), {
    ...ofTraining,
    says: 'size of the steps, before a schedule changes it',
    default: 3e-3,
    example: 1e-3,
    common: true,
  }),
  momentum: field((z) => z.number().min(0).lt(1), {
    ...ofSgd,
    says: 'share of each step that is carried into the next (sgd)',
    default: 0.9,
    example: 0.95,
  }),
  nesterov: field((z) => z.boolean(), {
    ...ofSgd,
    says: 'whether momentum looks ahead before the gradient is taken (sgd)',
    default: false,
    example: true,
  }),
  beta1: field((z) => z.number().min(0).lt(1), {
    ...ofAdam,
    says: 'share of the mean gradient that each step keeps (adam, adamW, muon)',
    default: 0.9,
    example: 0.8,
  }),
  beta2: field((z) => z.number().min(0).lt(1), {
    ...ofAdam,
    says: 'share of the mean squared gradient that each step keeps (adam, adamW, muon)',
    default: 0.999,
    example: 0.99,
  }),
  weightDecay: field((z) => z.number().min(0), {
    ...ofTraining,
    says: 'share of each weight that a step takes off, times the learning rate (adamW, muon)',
    default: 0.05,
    example: 0.01,
    when: {
      says: '`optimizer` is adamW or muon',
      holds: (o: OptimisationOptions) => o.optimizer === 'adamW' || o.optimizer === 'muon',
    },
  }),
  ...scheduleFields,
  epochs: field((z) => z.int().min(1), {
    ...ofTraining,
    says: 'passes over the rows that a member drew, at most',
    defaultSays: '200; 40 where nothing stops early',
    example: 100,
    common: true,
  }),
  batchSize: field((z) => z.int().min(1), {
    ...ofTraining,
    says: 'rows per step: more are faster per epoch and make fewer, smoother steps',
    default: 32,
    example: 64,
    common: true,
  }),
};

export const stoppingFields = {
  earlyStopping: field((z) => z.enum(['none', 'validation', 'outOfBag']), {
    group: 'stopping',
    by: STOPPED,
    spec: 'earlyStopping.on',
    says: 'rows whose loss decides when a member stops: its own out of bag, `validationShare` of all rows, or none',
    defaultSays: 'outOfBag, validation where no rows are out of bag, none with `snapshots`',
    example: 'validation',
    common: true,
  }),
  patience: field((z) => z.int().min(1), {
    group: 'stopping',
    by: STOPPED,
    says: 'how long without a better loss before a member stops; its best weights are kept',
    unit: 'epochs',
    default: 30,
    example: 10,
    when: {
      says: '`earlyStopping` is validation or outOfBag',
      holds: (o: StoppingOptions) => stoppingOf(o) !== 'none',
    },
  }),
};

/**
 * Epochs where none are stated: enough for small tables where something stops larger ones, and few where nothing
 * does. Measured with the learning rate and the patience over 18 tables: docs/reference/defaults.md.
 */
export const DEFAULT_EPOCHS = { stopped: 200, fixed: 40 } as const;

/** Options of members trained epoch by epoch, defaults in place. */
export interface OptimisationOptions extends OptimizerOptions, ScheduleOptions, LossOptions {
  readonly batchSize: number;
  readonly labelSmoothing: number;
  readonly inputNoise: number;
  readonly patience: number;
  readonly resample: string;
  readonly resampleShare?: number | undefined;
}

type Optimisation = Pick<
  OptimisedMemberSpec,
  | keyof LossSpec
  | 'optimizer'
  | 'schedule'
  | 'epochs'
  | 'batchSize'
  | 'normPenalty'
  | 'labelSmoothing'
  | 'inputNoise'
  | 'earlyStopping'
>;

/**
 * What the specs of all engines that train epoch by epoch have in common.
 * @param own what was stated, where the default depends on the task or on other options.
 * @throws ERR_OPTION for combinations that make no sense.
 */
export function resolveOptimisation(
  o: OptimisationOptions,
  own: {
    readonly loss?: Loss | undefined;
    readonly schedule?: string | undefined;
    readonly epochs?: number | undefined;
    readonly earlyStopping?: 'none' | EarlyStoppingSpec['on'] | undefined;
    readonly trajectoryStart?: number | undefined;
  },
  task: Task,
): Optimisation {
  const earlyStopping = resolveEarlyStopping(o, own.earlyStopping);
  const epochs = own.epochs ?? DEFAULT_EPOCHS[earlyStopping === null ? 'fixed' : 'stopped'];
  const loss = resolveLossSpec(o, own.loss, task);
  return {
    ...loss,
    optimizer: resolveOptimizer(o),
    schedule: resolveRunSchedule({ ...o, epochs, earlyStopping }, own),
    epochs,
    batchSize: o.batchSize,
    normPenalty: { l1: o.l1, l2: o.l2 },
    labelSmoothing: resolveLabelSmoothing(o.labelSmoothing, task, loss.loss),
    inputNoise: o.inputNoise,
    earlyStopping,
  };
}

/** Snapshots that come by cycles have a schedule of their own. */
function resolveRunSchedule(
  o: OptimisationOptions & { readonly epochs: number; readonly earlyStopping: EarlyStoppingSpec | null },
  own: { readonly schedule?: string | undefined; readonly trajectoryStart?: number | undefined },
): ScheduleSpec {
  if (o.snapshots === 1) return resolveSchedule(o, o.epochs);
  requireUnstopped(o);
  if (o.snapshotMode === 'cycles') return resolveCycles(o, own.schedule);
  if (o.snapshotMode === 'swag') return resolveSchedule(o, o.epochs);
  if (own.schedule !== undefined)
    failOption('schedule', 'absent with `snapshotMode` fastGeometric', own.schedule);
  return resolveGeometric(o, own.trajectoryStart);
}

/**
 * The rows that decide when to stop. Where nothing is said: those out of bag, or validation rows where a resample
 * leaves none out; a run with snapshots is not stopped. What is not asked for is no error where there are too few rows.
 */
export function resolveEarlyStopping(
  o: Pick<OptimisationOptions, 'patience' | 'resample' | 'resampleShare' | 'snapshots'>,
  stated: 'none' | EarlyStoppingSpec['on'] | undefined,
): EarlyStoppingSpec | null {
  const on = stoppingOf(o, stated);
  if (on === 'none') return null;
  if (stated === undefined) return { on, patience: o.patience, optional: true };
  if (on === 'outOfBag' && leavesNoneOut(o)) {
    failOption('resample', 'one that leaves rows out when `earlyStopping` is "outOfBag"', o.resample);
  }
  return { on, patience: o.patience };
}

/** What decides which rows stop a member. */
export interface StoppingOptions {
  readonly earlyStopping?: 'none' | EarlyStoppingSpec['on'] | undefined;
  readonly resample: string;
  readonly resampleShare?: number | undefined;
  readonly snapshots: number;
}

/** The rows that decide when to stop, as stated or by default. */
export function stoppingOf(o: StoppingOptions, stated = o.earlyStopping): 'none' | EarlyStoppingSpec['on'] {
  if (stated !== undefined) return stated;
  if (o.snapshots > 1) return 'none';
  return leavesNoneOut(o) ? 'validation' : 'outOfBag';
}

function leavesNoneOut(o: Pick<StoppingOptions, 'resample' | 'resampleShare'>): boolean {
  return o.resample === 'none' || (o.resample === 'subsample' && shareDrawn(o) === 1);
}
