// Which modules of the user's may run to predict with an ensemble: those that its training was given here, or those
// that whoever loaded it named. What a file names runs nothing by itself. A module is known by its hash, so it may lie
// elsewhere than where the ensemble was trained.

import { TuttiError } from '../../errors.js';
import { type EnsemblePlan, type ModuleSpec, userModuleOf } from '../../model/spec.js';
import { type ModuleUse, moduleError, readModule } from './user-module.js';

/** The modules that a plan names, each content once. */
export function modulesOf({ members }: EnsemblePlan): readonly ModuleSpec[] {
  const byHash = new Map<string, ModuleSpec>();
  for (const spec of members) {
    const module = userModuleOf(spec);
    if (module !== null && !byHash.has(module.hash)) byHash.set(module.hash, module);
  }
  return [...byHash.values()];
}

/**
 * Reads the files that a caller allows, without running them.
 * @param source what names the modules, for messages.
 * @returns their paths and hashes, each that of a module of the plan.
 * @throws ERR_MODULE when one cannot be read, or is none that the plan names.
 */
export async function allowModules(
  plan: EnsemblePlan,
  paths: readonly string[],
  source: string,
): Promise<readonly ModuleSpec[]> {
  const named = modulesOf(plan);
  const allowed: ModuleSpec[] = [];
  for (const path of paths) {
    const module = await readModule(path, null);
    if (!named.some(({ hash }) => hash === module.hash)) {
      const list = named.map((own) => `${own.path} (SHA-256 ${own.hash})`).join(', ') || 'none';
      const got = `${module.path} (SHA-256 ${module.hash})`;
      const message = `Expected an allowed module to be one that ${source} names by its SHA-256, got ${got}; it names ${list}`;
      throw new TuttiError('ERR_MODULE', message, { module: module.path, hash: module.hash });
    }
    allowed.push(module);
  }
  return allowed;
}

/**
 * Where the code of a member's module lies, if it may run.
 * @throws ERR_MODULE naming its path and hash, and how to allow it.
 */
export function allowedModule(
  allowed: readonly ModuleSpec[] | undefined,
  { module: { path, hash }, member }: ModuleUse,
): ModuleSpec {
  const found = allowed?.find((own) => own.hash === hash);
  if (found !== undefined) return found;
  const how = `give --allow-modules ${path}, or \`allowModules: [${JSON.stringify(path)}]\` to loadEnsemble`;
  const why = `predicting runs the module ${path} (SHA-256 ${hash}), which is not allowed; if you trust it, ${how}`;
  throw moduleError({ module: { path, hash }, member }, why);
}
