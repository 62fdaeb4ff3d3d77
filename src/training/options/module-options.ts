// The options that name a module of the user's: their schema, and what they resolve to in a member's spec. The
// files themselves are read before a plan is resolved (src/training/plan/resolve-modules.ts).

import type { z as zod } from 'zod';
import { failOption } from '../../errors.js';
import type { ModuleTable, ResolvedModule } from '../../model/options/module-table.js';
import { always, type Kind, type Use } from '../../model/options/option-use.js';
import type { Engine, LearnerMemberSpec, Loss, ModuleSpec } from '../../model/spec.js';

export const moduleFields = (z: typeof zod) => ({
  model: z
    .string()
    .min(1)
    .describe(
      'path of a module that builds a tf.LayersModel: tfjs trains it, or the wasm engine where it has the layers',
    ),
  learner: z
    .string()
    .min(1)
    .describe(
      'path of a module whose default export is a learner, which fits and predicts members of its own kind',
    ),
  learnerOptions: z
    .record(z.string(), z.json())
    .describe('plain values that the learner is given as they are (default: none)') as unknown as zod.ZodType<
    LearnerMemberSpec['options']
  >,
});

type Uses = { readonly [Name in keyof ReturnType<typeof moduleFields>]: Use };

export const moduleUses: Uses = {
  model: always(['model', 'tfjs']),
  learner: always(['learner']),
  learnerOptions: always(['learner']),
};

/** The options that a module's use depends on. */
export interface ModuleOptions {
  readonly engine?: Engine | undefined;
  readonly model?: string | undefined;
  readonly learner?: string | undefined;
  readonly loss?: Loss | undefined;
  readonly featureShare?: number | undefined;
}

/** What trains a member: what was stated, else `learner` where one is named, else `wasm`. */
export function engineOf({ engine, learner }: ModuleOptions): Engine {
  return engine ?? (learner === undefined ? 'wasm' : 'learner');
}

/** The kind of a member. */
export function kindOf(own: ModuleOptions): Kind {
  const engine = engineOf(own);
  return engine === 'wasm' && own.model !== undefined ? 'model' : engine;
}

/**
 * The module that a member's engine needs; undefined when it needs none.
 * @throws ERR_OPTION when it is not given.
 */
export function modulePathOf(own: ModuleOptions): string | undefined {
  const engine = engineOf(own);
  if (engine === 'neighbours') return undefined;
  const name = engine === 'learner' ? 'learner' : 'model';
  const path = own[name];
  if (path === undefined && engine !== 'wasm') {
    failOption(name, `the path of a module when \`engine\` is "${engine}"`, undefined);
  }
  return path;
}

/** What tells the uses of modules apart: a model is built for a loss and a number of features. */
export function moduleKey(own: ModuleOptions): string {
  const engine = engineOf(own);
  const shape = engine === 'learner' ? [] : [own.loss, own.featureShare];
  return JSON.stringify([engine, modulePathOf(own), ...shape]);
}

/** The module a member's options name, which was read before; null when they name none. */
export function moduleOf(own: ModuleOptions, modules: ModuleTable): ResolvedModule | null {
  return modulePathOf(own) === undefined ? null : modules.get(moduleKey(own))!;
}

/** The part of a learner's spec that is its own. */
export function resolveLearner(
  learner: ModuleSpec,
  options: LearnerMemberSpec['options'] | undefined,
): Pick<LearnerMemberSpec, 'engine' | 'learner' | 'options'> {
  return { engine: 'learner', learner, options: options ?? {} };
}
