// The options that say what trains a member, an engine or a module of the user's: their records, and what they resolve to
// in a member's spec. The modules themselves are read before a plan is resolved (src/training/plan/resolve-modules.ts).

import type { z as zod } from 'zod';
import { failOption } from '../../errors.js';
import type { Engine, LearnerMemberSpec, Loss, ModuleSpec } from '../spec.js';
import { ALL_MEMBERS, field, type Kind, LEARNERS, OF_MODELS } from './field.js';
import type { ModuleTable, ResolvedModule } from './module-table.js';

const ofModules = { group: 'modules', by: LEARNERS } as const;

export const engineFields = {
  engine: field((z) => z.enum(['wasm', 'neighbours', 'tfjs', 'learner']), {
    group: 'ensemble',
    by: ALL_MEMBERS,
    says:
      'what trains members: wasm, networks in this library; neighbours, the nearest stored rows; tfjs, a model of ' +
      'TensorFlow.js; learner, a module of your own',
    defaultSays: 'wasm, or learner where `learner` is given',
    example: 'neighbours',
  }),
  model: field((z) => z.string().min(1), {
    ...ofModules,
    by: OF_MODELS,
    says: 'path of a module that builds a tf.LayersModel: tfjs trains it, or the wasm engine where it has the layers',
    defaultSays: 'none',
    example: 'net.mjs',
    file: true,
  }),
  learner: field((z) => z.string().min(1), {
    ...ofModules,
    says: 'path of a module whose default export is a learner, which fits and predicts members of its own kind',
    defaultSays: 'none',
    example: 'tree.mjs',
    file: true,
  }),
  learnerOptions: field(
    (z) => z.record(z.string(), z.json()) as unknown as zod.ZodType<LearnerMemberSpec['options']>,
    {
      ...ofModules,
      says: 'plain values that the learner is given as they are',
      defaultSays: 'none',
      configOnly: true,
      example: { depth: 3 },
    },
  ),
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
