// What a user may write about training, in one schema: the API, the config file and the command line
// all take these names, and `resolvePlan` turns them into the plain specs that engines read.
// It knows nothing of files, threads or kernels.

import { z } from 'zod';
import type { Task } from '../data/dataset.js';
import type { ResampleSpec } from '../data/resample.js';
import { failOption } from '../errors.js';
import {
  ACTIVATIONS,
  hasUnits,
  imageSchema,
  layersSchema,
  requireWholeImage,
  resolveImage,
  resolveLayers,
} from './layer-options.js';
import {
  NEIGHBOURS_DEFAULTS,
  neighboursFields,
  requireNeighbours,
  resolveNeighbours,
} from './neighbours-options.js';
import { layerShapes } from './network.js';
import { optionError } from './option-errors.js';
import { PERTURBATION_DEFAULTS, perturbationFields, resolvePerturbations } from './perturbation-options.js';
import { resolveActivityPenalty, resolveDropout, resolveLabelSmoothing } from './regularization-options.js';
import type {
  Arithmetic,
  EnsemblePlan,
  Loss,
  MemberSpec,
  MemberStreams,
  NetworkMemberSpec,
  OptimizerSpec,
  ScheduleSpec,
  Source,
} from './spec.js';
import { resolveCycles, resolveTying } from './tying-options.js';

const count = (description: string) => z.int().min(1).describe(description);
const share = (description: string) => z.number().gt(0).max(1).describe(description);
const nonNegative = (description: string) => z.number().min(0).describe(description);

/** Options that may differ between the members of one ensemble. */
const memberFields = {
  engine: z
    .enum(['wasm', 'neighbours'])
    .describe('a network, or the nearest neighbours among the rows it drew'),
  hidden: z
    .array(z.int().min(1))
    .describe('units of each dense hidden layer (default: 64, or none after `layers`)'),
  layers: layersSchema.describe(
    'convolutions, poolings and dense layers, before those of `hidden` (default: none)',
  ),
  image: imageSchema.describe('how the features are an image, channels × height × width (default: not one)'),
  activation: z.enum(ACTIVATIONS).describe('activation of the hidden layers'),
  init: z.enum(['he', 'glorot']).describe('initialisation of the weights'),
  loss: z
    .enum(['softmaxCrossEntropy', 'binaryCrossEntropy', 'squaredError', 'gaussianNll'])
    .describe('what is minimised (default: softmaxCrossEntropy for classes, squaredError for numbers)'),
  optimizer: z.enum(['adam', 'adamW', 'sgd']).describe('optimizer'),
  learningRate: z.number().gt(0).describe('step size'),
  momentum: z.number().min(0).lt(1).describe('momentum (sgd)'),
  nesterov: z.boolean().describe('Nesterov momentum (sgd)'),
  beta1: z.number().min(0).lt(1).describe('decay of the first moment (adam, adamW)'),
  beta2: z.number().min(0).lt(1).describe('decay of the second moment (adam, adamW)'),
  weightDecay: nonNegative('decoupled weight decay (adamW)'),
  schedule: z.enum(['constant', 'step', 'cosine']).describe('learning rate over the epochs'),
  stepEvery: count('epochs between steps (step schedule)'),
  stepFactor: z.number().gt(0).max(1).describe('factor at each step (step schedule)'),
  finalFactor: z.number().min(0).max(1).describe('last learning rate as a share of the first (cosine)'),
  warmupEpochs: z.int().min(0).describe('epochs over which the learning rate rises from zero'),
  epochs: count('passes over the resampled rows'),
  batchSize: count('examples per step'),
  ...neighboursFields,
  resample: z
    .enum(['bootstrap', 'subsample', 'stratified', 'grouped', 'none'])
    .describe('how each member draws its rows'),
  resampleShare: share('rows drawn, as a share of the rows (groups for grouped)'),
  featureShare: share('random subspace: share of the features each member sees'),
  l1: nonNegative('norm penalty l1·‖w‖₁ on the weights'),
  l2: nonNegative('norm penalty ½·l2·‖w‖² on the weights'),
  inputKeep: share('dropout: probability that an input is kept'),
  hiddenKeep: z
    .union([z.array(z.number()).min(1), z.number()])
    .describe('dropout: probability that a hidden unit is kept; one for all hidden layers or one for each'),
  dropoutScaling: z
    .enum(['inverted', 'plain'])
    .describe('dropout: divide by the keep probability in training, or multiply by it in prediction'),
  activityPenalty: nonNegative('activity penalty on the outputs of hidden layers, ×‖h‖₁ per example'),
  activityLayers: z
    .array(z.int().min(1))
    .min(1)
    .describe('hidden layers under the activity penalty, 1 the first (default: all)'),
  labelSmoothing: z.number().min(0).lt(1).describe('share of each label spread evenly over all classes'),
  inputNoise: nonNegative('standard deviation of Gaussian noise on the inputs in training'),
  ...perturbationFields,
  earlyStopping: z.enum(['none', 'validation', 'outOfBag']).describe('rows that decide when to stop'),
  patience: count('epochs without improvement before stopping'),
  tie: nonNegative('parameter tying: strength of the pull between members, λ·Σ‖wᵢ − wⱼ‖²'),
  tiedLayers: z
    .array(z.int().min(1))
    .min(1)
    .describe('layers that are tied, 1 the first and the output layer the last (default: all)'),
  tyingMode: z
    .enum(['rounds', 'exact'])
    .describe('tying in rounds of one epoch on all threads, or in lockstep on one'),
  tyingGroup: z.int().min(0).describe('members with the same number here are tied to each other'),
  snapshots: count('members that one run leaves, one at the end of each cosine cycle of the learning rate'),
  vary: z
    .array(z.enum(['resample', 'init', 'order', 'masks']))
    .describe('sources of chance in which members differ; they share the draws of the others'),
};

const memberSchema = z.strictObject(memberFields).partial();

/** Options of one member; every one is optional. */
export type MemberOptions = DeepReadonly<z.infer<typeof memberSchema>>;

/** What callers may pass: lists declared `as const` too. */
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

const gridSchema = z
  .strictObject(
    Object.fromEntries(
      Object.entries(memberFields).map(([name, schema]) => [name, z.array(schema).min(1)]),
    ) as {
      [Name in keyof typeof memberFields]: z.ZodArray<(typeof memberFields)[Name]>;
    },
  )
  .partial();

/** The schema of every training option; its keys are the names used everywhere. */
export const trainingSchema = z
  .strictObject({
    members: z
      .union([z.int().min(1), z.array(memberSchema).min(1)])
      .describe('how many members, or a list with the options of each'),
    grid: gridSchema.describe('lists of options; members take the combinations in turn'),
    seed: z.int().min(0).describe('seed of every random draw'),
    arithmetic: z.enum(['auto', 'fused', 'strict']).describe('fused or separate multiply-add'),
    validationShare: z.number().gt(0).lt(1).describe('rows held out when earlyStopping is validation'),
    ...memberFields,
  })
  .partial();

/** What a user writes about a training: options shared by all members, and their number or list. */
export type TrainingOptions = DeepReadonly<z.infer<typeof trainingSchema>>;

/** Units of the dense hidden layers where nothing is said of any layer. */
const DEFAULT_HIDDEN = [64];

export const DEFAULTS = {
  members: 16,
  arithmetic: 'auto',
  validationShare: 0.1,
  engine: 'wasm',
  activation: 'relu',
  init: 'he',
  optimizer: 'adam',
  learningRate: 1e-3,
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
  epochs: 40,
  batchSize: 32,
  ...NEIGHBOURS_DEFAULTS,
  resample: 'bootstrap',
  resampleShare: 1,
  featureShare: 1,
  l1: 0,
  l2: 0,
  inputKeep: 1,
  hiddenKeep: 1,
  dropoutScaling: 'inverted',
  activityPenalty: 0,
  labelSmoothing: 0,
  inputNoise: 0,
  ...PERTURBATION_DEFAULTS,
  earlyStopping: 'none',
  patience: 5,
  tie: 0,
  tyingMode: 'rounds',
  tyingGroup: 0,
  snapshots: 1,
  vary: ['resample', 'init', 'order', 'masks'],
} as const satisfies TrainingOptions;

/** Upper bound on the number of members: beyond it the seeds' stream numbers would not fit. */
const MAX_MEMBERS = 2 ** 31 - 1;

/**
 * Checks options from any source against the schema.
 * @param where how the source is named in messages, such as `config.yaml`; empty for the API.
 * @throws ERR_OPTION naming the option, what was expected and what came; unknown names get a suggestion.
 */
export function parseTrainingOptions(input: unknown, where = ''): TrainingOptions {
  const parsed = trainingSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw optionError(parsed.error.issues[0]!, input, trainingSchema, where);
}

/** What a plan needs to know of the data it will train on. */
export interface PlanContext {
  readonly task: Task;
  /** Columns of the dataset. */
  readonly features: number;
  /** Tangent vectors per row of the dataset. @default 0 */
  readonly tangents?: number;
  readonly seed: number;
  readonly arithmetic: Arithmetic;
}

/**
 * Resolves options to a plan: every default filled in, every member a spec of its own.
 * @throws ERR_OPTION for combinations that make no sense (a loss that does not fit the task, …).
 */
export function resolvePlan(options: TrainingOptions, context: PlanContext): EnsemblePlan {
  const { own, runs } = listMembers(options);
  const members = Array.from({ length: runs }, (_, run) =>
    resolveRun(own[run % own.length]!, run, context),
  ).flat();
  const usesValidation = members.some((member) => member.earlyStopping?.on === 'validation');
  return {
    seed: context.seed,
    arithmetic: context.arithmetic,
    members,
    validationShare: usesValidation ? (options.validationShare ?? DEFAULTS.validationShare) : 0,
  };
}

/** The distinct specs of a plan and how many members take them in turn, without making a spec for each. */
export function memberChoices(
  options: TrainingOptions,
  context: PlanContext,
): { readonly choices: readonly MemberSpec[]; readonly total: number } {
  const { own, total } = listMembers(options);
  return { choices: own.flatMap((choice) => resolveRun(choice, 0, context)), total };
}

/** How many members the options ask for: of every run its snapshots. */
export function memberCount(options: TrainingOptions): number {
  return listMembers(options).total;
}

/** How many runs train them; without snapshots as many as there are members. */
export function runCount(options: TrainingOptions): number {
  return listMembers(options).runs;
}

/** Each run's options: a list as it is, or the grid's combinations, which `runs` runs take in turn. */
function listMembers(options: TrainingOptions): { own: MemberOptions[]; runs: number; total: number } {
  const { own, runs } = listRuns(options);
  // Of the first `runs % own.length` choices there is one run more than of the others.
  const total = own.reduce((sum, { engine, snapshots = DEFAULTS.snapshots }, choice) => {
    const members = engine === 'neighbours' ? 1 : snapshots;
    return sum + members * (Math.floor(runs / own.length) + (choice < runs % own.length ? 1 : 0));
  }, 0);
  if (total > MAX_MEMBERS) failOption('members', `an integer ≤ ${MAX_MEMBERS}, snapshots included`, total);
  return { own, runs, total };
}

function listRuns(options: TrainingOptions): { own: MemberOptions[]; runs: number } {
  const { members, grid, seed: _seed, arithmetic: _arithmetic, validationShare: _share, ...shared } = options;
  if (typeof members === 'object') {
    if (grid !== undefined) failOption('grid', 'absent when `members` is a list', grid);
    const own = members.map((choice) => ({ ...shared, ...choice }));
    requireNeighbours(own);
    return { own, runs: members.length };
  }
  const own = grid === undefined ? [shared] : combinations(grid).map((choice) => ({ ...shared, ...choice }));
  requireNeighbours(own);
  return { own, runs: members ?? (grid === undefined ? DEFAULTS.members : own.length) };
}

/** All combinations of the grid's lists, the last name varying fastest. */
function combinations(grid: NonNullable<TrainingOptions['grid']>): MemberOptions[] {
  let all: MemberOptions[] = [{}];
  for (const [name, values] of Object.entries(grid)) {
    all = all.flatMap((base) => (values as readonly unknown[]).map((value) => ({ ...base, [name]: value })));
  }
  return all;
}

/** The members of one run: one, or one per snapshot. */
function resolveRun(own: MemberOptions, index: number, context: PlanContext): MemberSpec[] {
  const spec = resolveMember(own, index, context);
  if (spec.engine === 'neighbours' || spec.schedule.kind !== 'cyclicCosine') return [spec];
  const of = spec.schedule.cycles;
  return Array.from({ length: of }, (_, snapshot) => ({ ...spec, snapshot: { index: snapshot, of } }));
}

function resolveMember(own: MemberOptions, index: number, context: PlanContext): MemberSpec {
  const o = withDefaults(own);
  if (o.engine === 'neighbours') {
    // What a network alone has (layers, optimizer, early stopping) means nothing to this member.
    const { featureShare } = o;
    const neighbours = resolveNeighbours(o, own.image, context.features);
    const streams = resolveStreams(o.vary, index);
    return {
      ...neighbours,
      resample: resolveResample(o, context.task),
      featureShare,
      earlyStopping: null,
      streams,
    };
  }
  const earlyStopping = o.earlyStopping === 'none' ? null : { on: o.earlyStopping, patience: o.patience };
  if (earlyStopping?.on === 'outOfBag' && leavesNoneOut(o)) {
    failOption('resample', 'one that leaves rows out when `earlyStopping` is "outOfBag"', o.resample);
  }
  const image = resolveImage(own.image);
  requireWholeImage(image, o.featureShare);
  const hidden = own.hidden ?? (own.layers === undefined ? DEFAULT_HIDDEN : []);
  const layers = resolveLayers(own.layers ?? [], hidden, o.activation);
  const ownUnits = layers.map(hasUnits);
  const spec: NetworkMemberSpec = {
    engine: 'wasm',
    network: { image, layers, init: o.init },
    loss: resolveLoss(own.loss, context.task),
    optimizer: resolveOptimizer(o),
    schedule: o.snapshots === 1 ? resolveSchedule(o) : resolveCycles(o, own.schedule),
    epochs: o.epochs,
    batchSize: o.batchSize,
    resample: resolveResample(o, context.task),
    featureShare: o.featureShare,
    normPenalty: { l1: o.l1, l2: o.l2 },
    dropout: resolveDropout(o, ownUnits),
    activityPenalty: resolveActivityPenalty(o.activityPenalty, own.activityLayers, ownUnits),
    labelSmoothing: resolveLabelSmoothing(o.labelSmoothing, context.task),
    inputNoise: o.inputNoise,
    ...resolvePerturbations(o, own, context.tangents ?? 0, image),
    earlyStopping,
    tying: resolveTying(o, own.tiedLayers, layers.length + 1),
    snapshot: null,
    streams: resolveStreams(o.vary, index),
  };
  // For its complaints about layers that do not fit.
  layerShapes(spec, context.features, context.task);
  return spec;
}

function leavesNoneOut({ resample, resampleShare }: FilledOptions): boolean {
  return resample === 'none' || (resample === 'subsample' && resampleShare === 1);
}

function resolveResample({ resample, resampleShare }: FilledOptions, task: Task): ResampleSpec {
  if (resample === 'stratified' && task.kind === 'regression') {
    failOption('resample', 'none, bootstrap, subsample or grouped for regression', resample);
  }
  return resample === 'none' ? { kind: 'none' } : { kind: resample, share: resampleShare };
}

function resolveStreams(vary: readonly Source[], index: number): MemberStreams {
  const key = (source: Source) => (vary.includes(source) ? index : 0);
  return { resample: key('resample'), init: key('init'), order: key('order'), masks: key('masks') };
}

/** A member's options with every default in place; what depends on the task or the network has none. */
type FilledOptions = {
  [Name in Exclude<
    keyof MemberOptions,
    | 'loss'
    | 'activityLayers'
    | 'hidden'
    | 'layers'
    | 'image'
    | 'adversarialBounds'
    | 'tangents'
    | 'tiedLayers'
  >]-?: NonNullable<MemberOptions[Name]>;
};

function withDefaults(own: MemberOptions): FilledOptions {
  const stated = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(stated) as Partial<FilledOptions>) } as FilledOptions;
}

function resolveLoss(loss: Loss | undefined, task: Task): Loss {
  if (loss === undefined) return task.kind === 'classification' ? 'softmaxCrossEntropy' : 'squaredError';
  const forClasses = loss === 'softmaxCrossEntropy' || loss === 'binaryCrossEntropy';
  if (forClasses !== (task.kind === 'classification')) failOption('loss', `one for ${task.kind}`, loss);
  if (loss === 'binaryCrossEntropy' && task.kind === 'classification' && task.classes.length !== 2) {
    failOption('loss', `softmaxCrossEntropy for ${task.classes.length} classes`, loss);
  }
  return loss;
}

function resolveOptimizer(o: FilledOptions): OptimizerSpec {
  const learningRate = o.learningRate;
  if (o.optimizer === 'sgd') {
    if (o.nesterov && o.momentum === 0) failOption('momentum', 'above 0 when `nesterov` is on', 0);
    return { kind: 'sgd', learningRate, momentum: o.momentum, nesterov: o.nesterov };
  }
  const weightDecay = o.optimizer === 'adamW' ? o.weightDecay : 0;
  return { kind: o.optimizer, learningRate, beta1: o.beta1, beta2: o.beta2, tolerance: 1e-8, weightDecay };
}

function resolveSchedule(o: FilledOptions): ScheduleSpec {
  const { warmupEpochs } = o;
  if (warmupEpochs > o.epochs) failOption('warmupEpochs', `at most \`epochs\` (${o.epochs})`, warmupEpochs);
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
