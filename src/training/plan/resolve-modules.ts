// Reads the modules that options name before a plan is made of them, each once, and finds what is wrong with them
// while there is one place to say so. They are imported where predicting with the members will import them anyway, and
// a wrong export found here is one error, not one for each member and thread.

import type { Dataset } from '../../data/dataset/dataset.js';
import { checkLearner } from '../../engines/learner/learner-thread.js';
import { allowedModule } from '../../engines/user-modules/allowed-modules.js';
import { probeModule } from '../../engines/user-modules/probe-module.js';
import { readModule } from '../../engines/user-modules/user-module.js';
import { memberFeatures } from '../../model/network.js';
import { engineOf, moduleKey, modulePathOf } from '../../model/options/module-options.js';
import type { ModuleTable, ResolvedModule } from '../../model/options/module-table.js';
import { resolveLoss } from '../../model/options/optimisation-options.js';
import type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
import { type EnsemblePlan, type MemberSpec, type ModuleSpec, userModuleOf } from '../../model/spec.js';
import { DEFAULTS, memberOptions } from '../options/options.js';

/**
 * The modules of a training.
 * @throws ERR_OPTION when a member's engine needs one that is not given; ERR_MODULE when one is not there or exports
 * the wrong thing; ERR_ENGINE_MISSING when the engine for it is not installed.
 */
export async function resolveModules(
  options: TrainingOptions,
  dataset: Pick<Dataset, 'features' | 'task'>,
  seed: number,
): Promise<ModuleTable> {
  const table = new Map<string, ResolvedModule>();
  for (const [member, own] of memberOptions(options).entries()) {
    const path = modulePathOf(own);
    if (path === undefined || table.has(moduleKey(own))) continue;
    table.set(moduleKey(own), await resolveModule(path, own, dataset, seed, member));
  }
  return table;
}

/** Whether any member's options name a module. */
export function namesModules(options: TrainingOptions): boolean {
  return memberOptions(options).some((own) => modulePathOf(own) !== undefined);
}

/** @param member the first that uses the module so, for messages. */
async function resolveModule(
  path: string,
  own: MemberOptions,
  { features, task }: Pick<Dataset, 'features' | 'task'>,
  seed: number,
  member: number,
): Promise<ResolvedModule> {
  const module = await readModule(path, member);
  const engine = engineOf(own);
  await tryModule(module, engine, member);
  if (engine === 'learner') return { module, translated: null };
  const { featureShare = DEFAULTS.featureShare, loss } = own;
  const seen = memberFeatures({ featureShare }, features);
  const context = { features: seen, task, loss: resolveLoss(loss, task), seed, member };
  const { checkModel, networkOfModel } = await import('../../engines/tfjs/translate.js');
  if (engine === 'wasm') return { module, translated: await networkOfModel(module, context) };
  await checkModel(module, context);
  return { module, translated: null };
}

/** Imports a module once, where one that loops or ends its process does no harm. */
async function tryModule(module: ModuleSpec, engine: MemberSpec['engine'], member: number): Promise<void> {
  if (engine === 'learner') await checkLearner(module, member);
  else await probeModule({ module, member });
}

/**
 * A plan that was saved, with its modules where they lie now, each tried once before any thread imports it.
 * @throws ERR_MODULE when one is not allowed, or does not load; ERR_ENGINE_MISSING.
 */
export async function locateModules(
  plan: EnsemblePlan,
  allowed: readonly ModuleSpec[] | undefined,
): Promise<EnsemblePlan> {
  const byHash = new Map<string, ModuleSpec>();
  for (const [member, spec] of plan.members.entries()) {
    const named = userModuleOf(spec);
    if (named === null || byHash.has(named.hash)) continue;
    const module = allowedModule(allowed, { module: named, member });
    byHash.set(named.hash, module);
    await tryModule(module, spec.engine, member);
    // The calling thread first, as that engine needs it.
    if (spec.engine === 'tfjs')
      await (await import('../../engines/tfjs/tensorflow.js')).loadTensorFlow(member);
  }
  const located = ({ hash }: ModuleSpec) => byHash.get(hash)!;
  const members = plan.members.map((spec): MemberSpec => {
    if (spec.engine === 'tfjs') return { ...spec, model: located(spec.model) };
    return spec.engine === 'learner' ? { ...spec, learner: located(spec.learner) } : spec;
  });
  return { ...plan, members };
}
