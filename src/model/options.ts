// Turns what a user wrote about training into the plain specs that engines read: one for each member, every
// default filled in. It knows nothing of files, threads or kernels.

import type { Task } from '../data/dataset.js';
import type { ResampleSpec } from '../data/resample.js';
import { failOption } from '../errors.js';
import { hasUnits, requireWholeImage, resolveImage, resolveLayers } from './layer-options.js';
import {
  engineOf,
  type ModuleTable,
  moduleOf,
  resolveLearner,
  type TranslatedNetwork,
} from './module-options.js';
import { resolveNeighbours } from './neighbours-options.js';
import { layerShapes } from './network.js';
import { resolveOptimisation } from './optimisation-options.js';
import { resolvePerturbations } from './perturbation-options.js';
import { resolveActivityPenalty, resolveDropout } from './regularization-options.js';
import type {
  Arithmetic,
  EnsemblePlan,
  MemberSpec,
  MemberStreams,
  NetworkMemberSpec,
  NetworkSpec,
  Source,
} from './spec.js';
import { requireUse, requireUsers } from './stray-options.js';
import { DEFAULTS, type MemberOptions, type TrainingOptions } from './training-schema.js';
import { resolveTying } from './tying-options.js';

export {
  DEFAULTS,
  type MemberOptions,
  parseTrainingOptions,
  type TrainingOptions,
  trainingSchema,
} from './training-schema.js';

/** Units of the dense hidden layers where nothing is said of any layer. */
const DEFAULT_HIDDEN = [64];

/** Upper bound on the number of members: beyond it the seeds' stream numbers would not fit. */
const MAX_MEMBERS = 2 ** 31 - 1;

type Grid = NonNullable<TrainingOptions['grid']>;

/** More different members than this are surely a mistake; each takes a kilobyte of the plan. */
const MAX_POINTS = 100_000;
const SMALL_GRID = 1000;

/** What a plan needs to know of the data it will train on. */
export interface PlanContext {
  readonly task: Task;
  /** Columns of the dataset. */
  readonly features: number;
  /** Tangent vectors per row of the dataset. @default 0 */
  readonly tangents?: number;
  readonly seed: number;
  readonly arithmetic: Arithmetic;
  /** The modules that the options name. @default none */
  readonly modules?: ModuleTable;
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

/** The options of each kind of member, which the runs take in turn. */
export function memberOptions(options: TrainingOptions): readonly MemberOptions[] {
  return listMembers(options).own;
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
  const total = own.reduce((sum, choiceOptions, choice) => {
    const members = engineOf(choiceOptions) === 'wasm' ? (choiceOptions.snapshots ?? DEFAULTS.snapshots) : 1;
    return sum + members * (Math.floor(runs / own.length) + (choice < runs % own.length ? 1 : 0));
  }, 0);
  if (total > MAX_MEMBERS) failOption('members', `an integer ≤ ${MAX_MEMBERS}, snapshots included`, total);
  return { own, runs, total };
}

function listRuns(options: TrainingOptions): { own: MemberOptions[]; runs: number } {
  const { members, grid, ...rest } = options;
  const {
    seed: _seed,
    arithmetic: _arithmetic,
    validationShare: _share,
    deadline: _deadline,
    ...shared
  } = rest;
  if (typeof members === 'object') {
    if (grid !== undefined) failOption('grid', 'absent when `members` is a list', grid);
    const own = members.map((choice) => ({ ...shared, ...choice }));
    for (const [member, choice] of members.entries()) requireUse(choice, own[member]!, member);
    requireUsers(own);
    return { own, runs: members.length };
  }
  if (grid === undefined) {
    requireUsers([shared]);
    return { own: [shared], runs: members ?? DEFAULTS.members };
  }
  const points = gridPoints(grid);
  const runs = members ?? points;
  const own = firstPoints(grid, points, runs).map((choice) => ({ ...shared, ...choice }));
  requireUsers(own);
  return { own, runs };
}

function gridPoints(grid: Grid): number {
  return Object.values(grid).reduce((product, values) => product * (values as readonly unknown[]).length, 1);
}

/**
 * The grid's combinations, the last name varying fastest: all of a small grid, so that what none of them uses is found;
 * of a large one those that are trained, because three lists of a thousand are a thousand million points.
 */
function firstPoints(grid: Grid, points: number, runs: number): MemberOptions[] {
  if (Math.min(points, runs) > MAX_POINTS) {
    const expected = `at most ${MAX_POINTS} points, or \`members\` to say how many of the first are trained`;
    failOption('grid', expected, `${points} points`);
  }
  const lists = Object.entries(grid) as [string, readonly unknown[]][];
  return Array.from({ length: Math.min(points, Math.max(runs, SMALL_GRID)) }, (_, point) => {
    let rest = point;
    const chosen = lists.toReversed().map(([name, values]) => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value] as const;
    });
    return Object.fromEntries(chosen.toReversed()) as MemberOptions;
  });
}

/** The members of one run: one, or one per snapshot. */
function resolveRun(own: MemberOptions, index: number, context: PlanContext): MemberSpec[] {
  const spec = resolveMember(own, index, context);
  if (spec.engine !== 'wasm' || spec.schedule.kind !== 'cyclicCosine') return [spec];
  const of = spec.schedule.cycles;
  return Array.from({ length: of }, (_, snapshot) => ({ ...spec, snapshot: { index: snapshot, of } }));
}

function resolveMember(own: MemberOptions, index: number, context: PlanContext): MemberSpec {
  const o = withDefaults(own);
  const { task, features, modules = new Map() } = context;
  const { featureShare } = o;
  const streams = resolveStreams(o.vary, index);
  const named = moduleOf(own, modules);
  const engine = engineOf(own);
  switch (engine) {
    case 'wasm':
      return resolveNetwork(o, own, named?.translated ?? null, streams, context);
    case 'neighbours': {
      const neighbours = resolveNeighbours(o, own.image, features);
      const resample = resolveResample(o, task);
      return { ...neighbours, resample, featureShare, earlyStopping: null, streams };
    }
    case 'tfjs': {
      const optimisation = resolveOptimisation(o, own, task);
      const resample = resolveResample(o, task);
      return { engine, model: named!.module, ...optimisation, resample, featureShare, streams };
    }
    case 'learner': {
      const learner = resolveLearner(named!.module, own.learnerOptions);
      return { ...learner, resample: resolveResample(o, task), featureShare, earlyStopping: null, streams };
    }
    default:
      return engine satisfies never;
  }
}

/** @param translated the network of a module, which takes the place of the options of layers. */
function resolveNetwork(
  o: FilledOptions,
  own: MemberOptions,
  translated: TranslatedNetwork | null,
  streams: MemberStreams,
  context: PlanContext,
): NetworkMemberSpec {
  const { task, features, tangents = 0 } = context;
  const network = translated?.network ?? describeNetwork(o, own);
  const { image, layers } = network;
  requireWholeImage(image, o.featureShare);
  const ownUnits = layers.map(hasUnits);
  const spec: NetworkMemberSpec = {
    engine: 'wasm',
    network,
    ...resolveOptimisation(o, own, task),
    resample: resolveResample(o, task),
    featureShare: o.featureShare,
    dropout: translated === null ? resolveDropout(o, ownUnits) : translated.dropout,
    activityPenalty: resolveActivityPenalty(o.activityPenalty, own.activityLayers, ownUnits),
    ...resolvePerturbations(o, own, tangents, image),
    tying: resolveTying(o, own.tiedLayers, layers.length + 1),
    snapshot: null,
    streams,
  };
  // For its complaints about layers that do not fit.
  layerShapes(spec, features, task);
  return spec;
}

function describeNetwork(o: FilledOptions, own: MemberOptions): NetworkSpec {
  const hidden = own.hidden ?? (own.layers === undefined ? DEFAULT_HIDDEN : []);
  const layers = resolveLayers(own.layers ?? [], hidden, o.activation);
  return { image: resolveImage(own.image), layers, init: o.init };
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
    | 'engine'
    | 'model'
    | 'learner'
    | 'learnerOptions'
    | 'loss'
    | 'epochs'
    | 'earlyStopping'
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
