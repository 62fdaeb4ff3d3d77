// The modules that options name, as read: types alone, since the public declarations hold them. What tells them apart
// is module-options.ts's; src/training/plan/resolve-modules.ts reads them.

import type { DropoutSpec, ModuleSpec, NetworkSpec } from '../spec.js';

/** What the wasm engine trains in place of a model that a module builds. */
export interface TranslatedNetwork {
  readonly network: NetworkSpec;
  /** Of the model's own dropout layers; null without any. */
  readonly dropout: DropoutSpec | null;
}

/** A module that options name, read. */
export interface ResolvedModule {
  readonly module: ModuleSpec;
  /** Null where it was not asked for. */
  readonly translated: TranslatedNetwork | null;
}

/** The modules of a training, by moduleKey of module-options.ts. */
export type ModuleTable = ReadonlyMap<string, ResolvedModule>;
