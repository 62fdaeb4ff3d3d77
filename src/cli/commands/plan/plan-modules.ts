// Which modules of a plan may run here: those that are named, and those that this user planned or trained with.

import { modulesOf } from '../../../engines/registry.js';
import type { OpenedPlan } from '../../../plan-folder/open-plan.js';
import { modulesInFolder } from '../../../plan-folder/planned-modules.js';
import { trustedAmong } from '../../files/trusted-modules.js';
import type { GivenOptions } from '../../options/command.js';
import { seenFrom } from '../train/resumed-files.js';

/** Paths of modules whose code may run. @param cwd where the plan was made, which its paths are relative to. */
export function allowedPaths(opened: OpenedPlan, cwd: string, { allowModules }: GivenOptions): string[] {
  const named = (allowModules as readonly string[] | undefined) ?? [];
  // The copies first, since files that a plan was made of may be anything by now.
  const made = modulesOf(opened.plan.plan).map(({ path, hash }) => ({ path: seenFrom(cwd, path), hash }));
  const trusted = trustedAmong([...modulesInFolder(opened), ...made]);
  const first = trusted.filter(({ hash }, at) => trusted.findIndex((own) => own.hash === hash) === at);
  return [...named, ...first.map(({ path }) => path)];
}
