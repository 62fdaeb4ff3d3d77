// The engines as readers of files know them; registry.ts, which has all of them, adds to these what is added there.

import type { MemberSpec } from '../model/spec.js';
import { createRegistry, type Registry } from '../registry.js';
import { STORED_LEARNER } from './learner/stored.js';
import { STORED_NEIGHBOURS } from './neighbours/stored.js';
import type { StoredEngine } from './shared/stored-engine.js';
import { STORED_TFJS } from './tfjs/stored.js';
import { STORED_TREES } from './trees/stored.js';
import { STORED_WASM } from './wasm/stored.js';

const BUILT_IN = [STORED_WASM, STORED_NEIGHBOURS, STORED_TREES, STORED_TFJS, STORED_LEARNER] as const;

export const storedEngines: Registry<StoredEngine> = createRegistry<StoredEngine, string>('engine', BUILT_IN);

/** What a file has of a member's engine. */
export function storedEngineOf({ engine }: Pick<MemberSpec, 'engine'>): StoredEngine {
  return storedEngines.get(engine);
}
