// The options of whatever is trained epoch by epoch: loss, optimizer, learning rate, batches, early stopping.
// Their schema, defaults, and what they resolve to in a member's spec, the same for every such engine.

import type { z as zod } from 'zod';
import type { Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import type { EarlyStoppingSpec, EpochMemberSpec, Loss, OptimizerSpec, ScheduleSpec } from '../spec.js';
import { always, BY_EPOCHS, only, type Use } from './option-use.js';
import { resolveLabelSmoothing } from './regularization-options.js';
import { resolveCycles } from './tying-options.js';

export const optimisationFields = (z: typeof zod) => ({
  loss: z
    .enum(['softmaxCrossEntropy', 'binaryCrossEntropy', 'squaredError', 'gaussianNll'])
    .describe(
      'what training minimises; binaryCrossEntropy has one output for two classes, gaussianNll predicts a variance ' +
        'beside each number (default: softmaxCrossEntropy for classes, squaredError for numbers)',
    ),
  optimizer: z
    .enum(['adam', 'adamW', 'sgd'])
    .describe('what makes steps of gradients; adamW takes its weight decay apart from them'),
  learningRate: z.number().gt(0).describe('size of the steps, before a schedule changes it'),
  momentum: z.number().min(0).lt(1).describe('share of each step that is carried into the next (sgd)'),
  nesterov: z.boolean().describe('whether momentum looks ahead before the gradient is taken (sgd)'),
  beta1: z.number().min(0).lt(1).describe('share of the mean gradient that each step keeps (adam, adamW)'),
  beta2: z
    .number()
    .min(0)
    .lt(1)
    .describe('share of the mean squared gradient that each step keeps (adam, adamW)'),
  weightDecay: z
    .number()
    .min(0)
    .describe('share of each weight that a step takes off, times the learning rate (adamW)'),
  schedule: z
    .enum(['constant', 'step', 'cosine'])
    .describe('learning rate over the epochs: as it is, lower by steps, or down along a cosine'),
  stepEvery: z
    .int()
    .min(1)
    .describe('epochs from one change of the learning rate to the next (step schedule)'),
  stepFactor: z
    .number()
    .gt(0)
    .max(1)
    .describe('what the learning rate is multiplied by at each change (step schedule)'),
  finalFactor: z
    .number()
    .min(0)
    .max(1)
    .describe('last learning rate as a share of the first (cosine schedule, snapshots)'),
  warmupEpochs: z.int().min(0).describe('epochs over which the learning rate rises to its full size'),
  epochs: z
    .int()
    .min(1)
    .describe(
      'passes over the rows that a member drew, at most (default: 200; 40 where nothing stops early)',
    ),
  batchSize: z
    .int()
    .min(1)
    .describe('rows per step: more are faster per epoch and make fewer, smoother steps'),
});

type Uses = { readonly [Name in keyof ReturnType<typeof optimisationFields>]: Use<OptimisationOptions> };

const ofSgd = only(BY_EPOCHS, '`optimizer` is sgd', (o: OptimisationOptions) => o.optimizer === 'sgd');
const ofAdam = only(
  BY_EPOCHS,
  '`optimizer` is adam or adamW',
  (o: OptimisationOptions) => o.optimizer !== 'sgd',
);
const ofSteps = only(BY_EPOCHS, '`schedule` is step', (o: OptimisationOptions) => o.schedule === 'step');

export const optimisationUses: Uses = {
  loss: always(BY_EPOCHS),
  optimizer: always(BY_EPOCHS),
  learningRate: always(BY_EPOCHS),
  momentum: ofSgd,
  nesterov: ofSgd,
  beta1: ofAdam,
  beta2: ofAdam,
  weightDecay: only(BY_EPOCHS, '`optimizer` is adamW', ({ optimizer }) => optimizer === 'adamW'),
  schedule: always(BY_EPOCHS),
  stepEvery: ofSteps,
  stepFactor: ofSteps,
  finalFactor: only(
    BY_EPOCHS,
    '`schedule` is cosine or `snapshots` above 1',
    ({ schedule, snapshots }) => schedule === 'cosine' || snapshots > 1,
  ),
  warmupEpochs: always(BY_EPOCHS),
  epochs: always(BY_EPOCHS),
  batchSize: always(BY_EPOCHS),
};

export const OPTIMISATION_DEFAULTS = {
  optimizer: 'adam',
  learningRate: 3e-3,
  momentum: 0.9,
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  weightDecay: 0.01,
  schedule: 'constant',
  stepEvery: 10,
  stepFactor: 0.5,
  finalFactor: 0,
  warmupEpochs: 0,
  batchSize: 32,
} as const;

/**
 * Epochs where none are stated: enough for small tables where something stops larger ones, and few where nothing
 * does. Measured with the learning rate and the patience over 18 tables: docs/reference/defaults.md.
 */
export const DEFAULT_EPOCHS = { stopped: 200, fixed: 40 } as const;

/** Options of members trained epoch by epoch, defaults in place. */
export interface OptimisationOptions {
  readonly optimizer: OptimizerSpec['kind'];
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly schedule: 'constant' | 'step' | 'cosine';
  readonly stepEvery: number;
  readonly stepFactor: number;
  readonly finalFactor: number;
  readonly warmupEpochs: number;
  readonly batchSize: number;
  readonly l1: number;
  readonly l2: number;
  readonly labelSmoothing: number;
  readonly inputNoise: number;
  readonly patience: number;
  readonly snapshots: number;
  readonly resample: string;
  readonly resampleShare: number;
}

type Optimisation = Pick<
  EpochMemberSpec,
  | 'loss'
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
  },
  task: Task,
): Optimisation {
  const earlyStopping = resolveEarlyStopping(o, own.earlyStopping);
  const epochs = own.epochs ?? DEFAULT_EPOCHS[earlyStopping === null ? 'fixed' : 'stopped'];
  return {
    loss: resolveLoss(own.loss, task),
    optimizer: resolveOptimizer(o),
    schedule:
      o.snapshots === 1
        ? resolveSchedule(o, epochs)
        : resolveCycles({ ...o, epochs, earlyStopping }, own.schedule),
    epochs,
    batchSize: o.batchSize,
    normPenalty: { l1: o.l1, l2: o.l2 },
    labelSmoothing: resolveLabelSmoothing(o.labelSmoothing, task),
    inputNoise: o.inputNoise,
    earlyStopping,
  };
}

/**
 * The rows that decide when to stop. Where nothing is said: those out of bag, or validation rows where a resample
 * leaves none out; a run with snapshots is not stopped. What is not asked for is no error where there are too few rows.
 */
function resolveEarlyStopping(
  o: OptimisationOptions,
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
  readonly resampleShare: number;
  readonly snapshots: number;
}

/** The rows that decide when to stop, as stated or by default. */
export function stoppingOf(o: StoppingOptions, stated = o.earlyStopping): 'none' | EarlyStoppingSpec['on'] {
  if (stated !== undefined) return stated;
  if (o.snapshots > 1) return 'none';
  return leavesNoneOut(o) ? 'validation' : 'outOfBag';
}

function leavesNoneOut(o: Pick<StoppingOptions, 'resample' | 'resampleShare'>): boolean {
  return o.resample === 'none' || (o.resample === 'subsample' && o.resampleShare === 1);
}

const LOSSES: Readonly<Record<Task['kind'], readonly Loss[]>> = {
  classification: ['softmaxCrossEntropy', 'binaryCrossEntropy'],
  regression: ['squaredError', 'gaussianNll'],
};

/** The loss of a task where none is stated. @throws ERR_OPTION for one that does not fit the task. */
export function resolveLoss(loss: Loss | undefined, task: Task): Loss {
  if (loss === undefined) return LOSSES[task.kind][0]!;
  const fitting = LOSSES[task.kind];
  if (!fitting.includes(loss)) failOption('loss', `${fitting.join(' or ')} for ${task.kind}`, loss);
  if (loss === 'binaryCrossEntropy' && task.kind === 'classification' && task.classes.length !== 2) {
    failOption('loss', `softmaxCrossEntropy for ${task.classes.length} classes`, loss);
  }
  return loss;
}

function resolveOptimizer(o: OptimisationOptions): OptimizerSpec {
  const learningRate = o.learningRate;
  if (o.optimizer === 'sgd') {
    if (o.nesterov && o.momentum === 0) failOption('momentum', 'above 0 when `nesterov` is on', 0);
    return { kind: 'sgd', learningRate, momentum: o.momentum, nesterov: o.nesterov };
  }
  const weightDecay = o.optimizer === 'adamW' ? o.weightDecay : 0;
  return { kind: o.optimizer, learningRate, beta1: o.beta1, beta2: o.beta2, tolerance: 1e-8, weightDecay };
}

function resolveSchedule(o: OptimisationOptions, epochs: number): ScheduleSpec {
  const { warmupEpochs } = o;
  if (warmupEpochs > epochs) failOption('warmupEpochs', `at most \`epochs\` (${epochs})`, warmupEpochs);
  switch (o.schedule) {
    case 'constant':
      return { kind: 'constant', warmupEpochs };
    case 'step':
      return { kind: 'step', everyEpochs: o.stepEvery, factor: o.stepFactor, warmupEpochs };
    case 'cosine':
      return { kind: 'cosine', finalFactor: o.finalFactor, warmupEpochs };
    default:
      return o.schedule satisfies never;
  }
}
