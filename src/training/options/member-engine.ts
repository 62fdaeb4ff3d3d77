// Which engine a member's options ask for, and which module of the user's. The modules themselves are read before a
// plan is resolved (src/training/plan/resolve-modules.ts).

import { engines } from '../../engines/registry.js';
import type { EngineDefinition } from '../../engines/shared/definition.js';
import { failOption } from '../../errors.js';
import type { ModuleTable, ResolvedModule } from '../../model/options/module-table.js';
import type { MemberOptions } from '../../model/options/training-options.js';

/** What trains a member: what was stated, else `learner` where one is named, else `wasm`. */
export function engineFor({ engine, learner }: MemberOptions): EngineDefinition {
  return engines.get(engine ?? (learner === undefined ? 'wasm' : 'learner'));
}

/**
 * The module that a member's engine needs; undefined when it needs none.
 * @throws ERR_OPTION when it is not given.
 */
export function modulePathOf(own: MemberOptions): string | undefined {
  const { name, module } = engineFor(own);
  if (module === undefined) return undefined;
  const path = own[module.option];
  if (path === undefined && module.required) {
    failOption(module.option, `the path of a module when \`engine\` is "${name}"`, undefined);
  }
  return path;
}

/** What tells the uses of modules apart: a model is built for a loss and a number of features. */
export function moduleKey(own: MemberOptions): string {
  const { name, module } = engineFor(own);
  const shape = module?.buildsModel === true ? [own.loss, own.featureShare] : [];
  return JSON.stringify([name, modulePathOf(own), ...shape]);
}

/** The module a member's options name, which was read before; null when they name none. */
export function moduleOf(own: MemberOptions, modules: ModuleTable): ResolvedModule | null {
  return modulePathOf(own) === undefined ? null : modules.get(moduleKey(own))!;
}
