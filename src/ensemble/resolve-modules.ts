// Reads the modules that options name before a plan is made of them, each once, and finds what is wrong with them
// while there is one place to say so. They are imported on the calling thread: predicting with the members will do
// that anyway, and a wrong export found here is one error, not one for each member and thread.

import type { Dataset } from '../data/dataset.js';
import { loadLearner } from '../engines/learner/learner.js';
import { readModule } from '../engines/user-module.js';
import { engineOf, type ModuleTable, modulePathOf, type ResolvedModule } from '../model/module-options.js';
import { type MemberOptions, memberOptions, type TrainingOptions } from '../model/options.js';

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
    if (path === undefined) continue;
    const known = table.get(path);
    const resolved = await resolveModule(path, own, known, { ...dataset, seed, member });
    table.set(path, resolved);
  }
  return table;
}

/** Whether any member's options name a module. */
export function namesModules(options: TrainingOptions): boolean {
  return memberOptions(options).some((own) => modulePathOf(own) !== undefined);
}

interface ModuleUse extends Pick<Dataset, 'features' | 'task'> {
  readonly seed: number;
  /** The first member that uses the module so. */
  readonly member: number;
}

async function resolveModule(
  path: string,
  own: MemberOptions,
  known: ResolvedModule | undefined,
  use: ModuleUse,
): Promise<ResolvedModule> {
  const module = known?.module ?? (await readModule(path, use.member));
  const engine = engineOf(own);
  if (engine === 'learner') {
    if (known === undefined) await loadLearner(module, use.member);
    return { module, network: null };
  }
  const { checkModel, networkOfModel } = await import('../engines/tfjs/translate.js');
  if (engine === 'wasm') return { module, network: known?.network ?? (await networkOfModel(module, use)) };
  if (known === undefined) await checkModel(module, use);
  return { module, network: known?.network ?? null };
}
