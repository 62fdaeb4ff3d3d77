// Which modules of a plan may run here: those that are named, and those that this user planned or trained with.

import { digestOf } from '../../../blobs/digest.js';
import { modulesOf } from '../../../engines/registry.js';
import { MAX_MODULE_BYTES, readBoundedFile } from '../../../files/regular-file.js';
import type { ModuleSpec } from '../../../model/spec.js';
import type { OpenedPlan } from '../../../plan-folder/open-plan.js';
import { modulesInFolder } from '../../../plan-folder/planned-modules.js';
import { trustedAmong } from '../../files/trusted-modules.js';
import type { GivenOptions } from '../../options/command.js';
import { seenFrom } from '../train/resumed-files.js';

/** Paths of modules whose code may run. @param cwd where the plan was made, which its paths are relative to. */
export function allowedPaths(opened: OpenedPlan, cwd: string, { allowModules }: GivenOptions): string[] {
  const named = (allowModules as readonly string[] | undefined) ?? [];
  const trusted = trustedAmong([...unchangedModules(opened, cwd), ...modulesInFolder(opened)]);
  const first = trusted.filter(({ hash }, at) => trusted.findIndex((own) => own.hash === hash) === at);
  return [...named, ...first.map(({ path }) => path)];
}

/**
 * The files that a plan was made of, as long as they are that: beside them lie the packages that they import.
 * @param cwd as of {@link allowedPaths}.
 */
export function unchangedModules({ plan }: OpenedPlan, cwd: string): ModuleSpec[] {
  return modulesOf(plan.plan)
    .map(({ path, hash }) => ({ path: seenFrom(cwd, path), hash }))
    .filter(isUnchanged);
}

function isUnchanged({ path, hash }: ModuleSpec): boolean {
  try {
    return digestOf(readBoundedFile(path, { maxBytes: MAX_MODULE_BYTES })) === hash;
  } catch {
    return false;
  }
}
