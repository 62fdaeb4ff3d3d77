// Which modules of the user's may run to predict with an ensemble: those that its training was given here, or those
// that whoever loaded it named. What a file names runs nothing by itself. A module is known by its hash, so it may lie
// elsewhere than where the ensemble was trained.

import { TuttiError } from '../../errors.js';
import type { ModuleSpec } from '../../model/spec.js';
import { type ModuleUse, moduleError, readModule } from './user-module.js';

/**
 * Reads the files that a caller allows, without running them.
 * @param named the modules of an ensemble. @param source what names them, for messages.
 * @returns their paths and hashes, each that of a named module.
 * @throws ERR_MODULE when one cannot be read, or is none of those.
 */
export async function allowModules(
  named: readonly ModuleSpec[],
  paths: readonly string[],
  source: string,
): Promise<readonly ModuleSpec[]> {
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
