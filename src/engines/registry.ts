// The engines by name. To add one: its folder, with a definition, and its line here; all that differs between engines
// is asked of what this gives.

import type { EnsemblePlan, MemberSpec, ModuleSpec } from '../model/spec.js';
import { createRegistry, type Registry } from '../registry.js';
import { LEARNER } from './learner/definition.js';
import { NEIGHBOURS } from './neighbours/definition.js';
import type { EngineDefinition } from './shared/definition.js';
import { storedEngines } from './stored-engines.js';
import { TFJS } from './tfjs/definition.js';
import { TREES } from './trees/definition.js';
import { WASM } from './wasm/definition.js';

const BUILT_IN = [WASM, NEIGHBOURS, TREES, TFJS, LEARNER] as const;

/** The name of an engine. */
export type Engine = (typeof BUILT_IN)[number]['name'];

export const engines: Registry<EngineDefinition, Engine> = createRegistry('engine', BUILT_IN, storedEngines);

/** The engine of a member. */
export function engineOf({ engine }: Pick<MemberSpec, 'engine'>): EngineDefinition {
  return engines.get(engine);
}

/** The module of the user's that a member needs, or null. */
export function userModuleOf(spec: MemberSpec): ModuleSpec | null {
  return engineOf(spec).module?.of(spec) ?? null;
}

/** The modules that a plan names, each content once. */
export function modulesOf({ members }: Pick<EnsemblePlan, 'members'>): readonly ModuleSpec[] {
  const byHash = new Map<string, ModuleSpec>();
  for (const spec of members) {
    const module = userModuleOf(spec);
    if (module !== null && !byHash.has(module.hash)) byHash.set(module.hash, module);
  }
  return [...byHash.values()];
}
