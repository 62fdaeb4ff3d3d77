// The modules of the user's that a plan needs, as files of its folder: another host reads them there, and runs none that its
// user has not allowed.

import { basename, join } from 'node:path';
import { digestOf } from '../blobs/digest.js';
import { modulesOf } from '../engines/registry.js';
import { allowModules } from '../engines/user-modules/allowed-modules.js';
import { TuttiError } from '../errors.js';
import { writeNewSynced } from '../files/atomic-file.js';
import { makeFolder } from '../files/folder.js';
import { MAX_MODULE_BYTES, readBoundedFileAsync } from '../files/regular-file.js';
import { quoted } from '../files/shell-word.js';
import { unlessAborted } from '../long-calls.js';
import type { EnsemblePlan, ModuleSpec } from '../model/spec.js';
import type { Isolation } from '../processes/protocol.js';
import { locateModules } from '../training/plan/resolve-modules.js';
import type { OpenedPlan } from './open-plan.js';
import type { PlanRecord } from './plan-record.js';

export const MODULES_FOLDER = 'modules';

/** Enough of a hash to tell the modules of one plan apart. */
const HASH_DIGITS = 12;

/**
 * Copies the modules that a plan needs into its folder.
 * @throws ERR_MODULE when one changed since the plan was made of it; what the system says.
 */
export async function copyModules(folder: string, plan: EnsemblePlan): Promise<PlanRecord['modules']> {
  const modules = modulesOf(plan);
  if (modules.length === 0) return [];
  await makeFolder(join(folder, MODULES_FOLDER));
  const copied: { hash: string; file: string }[] = [];
  for (const { path, hash } of modules) {
    if (copied.some((own) => own.hash === hash)) continue;
    const bytes = await readBoundedFileAsync(path, { maxBytes: MAX_MODULE_BYTES });
    if (digestOf(bytes) !== hash) {
      const message = `The module ${path} changed while the plan was made: its SHA-256 is ${digestOf(bytes)} where it was ${hash}`;
      throw new TuttiError('ERR_MODULE', message, { module: path });
    }
    // Its own name too, since the ending says what it is, and a user wants to know it again.
    const file = `${hash.slice(0, HASH_DIGITS)}-${basename(path)}`;
    await writeNewSynced(join(folder, MODULES_FOLDER, file), bytes);
    copied.push({ hash, file });
  }
  return copied;
}

/** The modules as they lie in the folder: what a user may allow. */
export function modulesInFolder({ folder, plan }: Pick<OpenedPlan, 'folder' | 'plan'>): ModuleSpec[] {
  return plan.modules.map(({ hash, file }) => ({ path: join(folder, MODULES_FOLDER, file), hash }));
}

/**
 * The plan with its modules where they may run, each tried once.
 * @param paths of modules whose code may run.
 * @throws ERR_MODULE when one is not allowed, or does not load; ERR_ENGINE_MISSING.
 */
export async function locatedPlan(
  opened: Pick<OpenedPlan, 'folder' | 'plan'>,
  paths: readonly string[],
  isolate: Isolation,
  signal?: AbortSignal,
): Promise<EnsemblePlan> {
  const { plan } = opened.plan;
  const named = modulesOf(plan);
  const allowed = await allowModules(named, paths, opened.folder);
  const refused = named.find(({ hash }) => !allowed.some((own) => own.hash === hash));
  if (refused !== undefined) failNotAllowed(opened, refused);
  return await unlessAborted(locateModules(plan, allowed, isolate), signal);
}

/** Whoever made a plan chose what its modules do. */
function failNotAllowed(opened: Pick<OpenedPlan, 'folder' | 'plan'>, { path, hash }: ModuleSpec): never {
  const copy = modulesInFolder(opened).find((own) => own.hash === hash)?.path ?? path;
  const how = `give --allow-modules ${quoted(copy)}, or \`allowModules: [${JSON.stringify(copy)}]\``;
  const message = `The plan ${opened.folder} runs the module ${path} (SHA-256 ${hash}), which is not allowed; if you trust it, ${how}`;
  throw new TuttiError('ERR_MODULE', message, { module: copy, hash });
}
