// Turns what a user wrote about training into the plain specs that engines read: one for each member, every
// default filled in. It knows nothing of files, threads or kernels.

import type { Task } from '../../data/dataset/dataset.js';
import { layerShapes } from '../../model/network.js';
import type { FilledOptions } from '../../model/options/filled-options.js';
import { hasUnits, requireWholeImage } from '../../model/options/layer-options.js';
import { engineOf, moduleOf, resolveLearner } from '../../model/options/module-options.js';
import type { ModuleTable, TranslatedNetwork } from '../../model/options/module-table.js';
import { resolveNeighbours } from '../../model/options/neighbours-options.js';
import { resolveNetwork } from '../../model/options/network-options.js';
import { resolveOptimisation } from '../../model/options/optimisation-options.js';
import { resolvePerturbations } from '../../model/options/perturbation-options.js';
import { resolveActivityPenalty, resolveDropout } from '../../model/options/regularization-options.js';
import { resolveResample, resolveStreams } from '../../model/options/resampling-options.js';
import { DEFAULTS } from '../../model/options/training-fields.js';
import type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
import { resolveTying } from '../../model/options/tying-options.js';
import type {
  Arithmetic,
  EnsemblePlan,
  MemberSpec,
  MemberStreams,
  NetworkMemberSpec,
} from '../../model/spec.js';
import { listMembers } from './member-list.js';
import { withDefaults } from './with-defaults.js';

export { DEFAULTS } from '../../model/options/training-fields.js';
export type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
export { gridPoints, memberCount, memberOptions, runCount } from './member-list.js';

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
      return resolveNetworkMember(o, own, named?.translated ?? null, streams, context);
    case 'neighbours': {
      const neighbours = resolveNeighbours(o, own, features, task);
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
function resolveNetworkMember(
  o: FilledOptions,
  own: MemberOptions,
  translated: TranslatedNetwork | null,
  streams: MemberStreams,
  context: PlanContext,
): NetworkMemberSpec {
  const { task, features, tangents = 0 } = context;
  const network = translated?.network ?? resolveNetwork(o, own);
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
