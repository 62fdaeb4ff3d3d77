// Reads the modules that options name before a plan is made of them, each once, and finds what is wrong with them
// while there is one place to say so. They are imported where predicting with the members will import them anyway, and
// a wrong export found here is one error, not one for each member and thread.

import type { Dataset } from '../../data/dataset/dataset.js';
import { engineOf } from '../../engines/registry.js';
import { allowedModule } from '../../engines/user-modules/allowed-modules.js';
import { readModule } from '../../engines/user-modules/user-module.js';
import { resolveLoss } from '../../model/losses.js';
import { memberFeatures } from '../../model/network.js';
import type { ModuleTable, ResolvedModule } from '../../model/options/module-table.js';
import type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
import type { EnsemblePlan, MemberSpec, ModuleSpec } from '../../model/spec.js';
import type { Isolation } from '../../processes/protocol.js';
import { engineFor, moduleKey, modulePathOf } from '../options/member-engine.js';
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
  isolate: Isolation,
): Promise<ModuleTable> {
  const table = new Map<string, ResolvedModule>();
  for (const [member, own] of memberOptions(options).entries()) {
    const path = modulePathOf(own);
    if (path === undefined || table.has(moduleKey(own))) continue;
    table.set(moduleKey(own), await resolveModule(path, own, dataset, { seed, member, isolate }));
  }
  return table;
}

/** Whether any member's options name a module. */
export function namesModules(options: TrainingOptions): boolean {
  return memberOptions(options).some((own) => modulePathOf(own) !== undefined);
}

/** @param how `member` is the first that uses the module so, for messages. */
async function resolveModule(
  path: string,
  own: MemberOptions,
  { features, task }: Pick<Dataset, 'features' | 'task'>,
  { seed, member, isolate }: { readonly seed: number; readonly member: number; readonly isolate: Isolation },
): Promise<ResolvedModule> {
  const module = await readModule(path, member);
  const check = await engineFor(own).module!.loadCheck(isolate);
  await check.tryModule(module, member);
  const { featureShare = DEFAULTS.featureShare, loss } = own;
  const seen = memberFeatures({ featureShare }, features);
  const purpose = { features: seen, task, loss: resolveLoss(loss, task), seed, member };
  return { module, translated: await check.tryModel(module, purpose) };
}

/**
 * A plan that was saved, with its modules where they lie now, each tried once before any thread imports it.
 * @throws ERR_MODULE when one is not allowed, or does not load; ERR_ENGINE_MISSING.
 */
export async function locateModules(
  plan: EnsemblePlan,
  allowed: readonly ModuleSpec[] | undefined,
  isolate: Isolation,
): Promise<EnsemblePlan> {
  const byHash = new Map<string, ModuleSpec>();
  const members: MemberSpec[] = [];
  for (const [member, spec] of plan.members.entries()) {
    const { module: use } = engineOf(spec);
    const named = use?.of(spec) ?? null;
    if (use === undefined || named === null) {
      members.push(spec);
      continue;
    }
    const module = byHash.get(named.hash) ?? allowedModule(allowed, { module: named, member });
    if (!byHash.has(named.hash)) await (await use.loadCheck(isolate)).tryModule(module, member);
    byHash.set(named.hash, module);
    members.push(use.relocate(spec, module));
  }
  return { ...plan, members };
}

/** A plan with its modules at the paths that another has for the same members. */
export function atPathsOf(plan: EnsemblePlan, named: EnsemblePlan): EnsemblePlan {
  const members = plan.members.map((spec, member) => {
    const { module: use } = engineOf(spec);
    const module = use?.of(named.members[member]!) ?? null;
    return use === undefined || module === null ? spec : use.relocate(spec, module);
  });
  return { ...plan, members };
}
