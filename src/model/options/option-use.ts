// When an option has an effect: which members can use it, and what else must hold. Each option says so beside its
// schema; src/training/options refuses those that were given in vain.

import type { Condition } from '../../option-names.js';

/** Kinds of members as options see them; `model` is a network that a module describes to the wasm engine. */
export type Kind = 'wasm' | 'model' | 'neighbours' | 'tfjs' | 'learner';

/** The use of one option. `Options` are those its condition reads, defaults in place. */
export interface Use<Options = unknown> {
  /** Members that can use it. */
  readonly by: readonly Kind[];
  /** Absent: they always do. */
  readonly when?: Condition<Options>;
}

export const ALL_MEMBERS = ['wasm', 'model', 'neighbours', 'tfjs', 'learner'] as const;

/** Networks of the wasm engine. */
export const NETWORKS = ['wasm', 'model'] as const;

/** Networks whose layers and dropout are options: a model that a module builds says its own. */
export const OWN_LAYERS = ['wasm'] as const;

/** Members trained epoch by epoch. */
export const BY_EPOCHS = ['wasm', 'model', 'tfjs'] as const;

/** An option that its members always use. */
export function always(by: readonly Kind[]): Use {
  return { by };
}

/** An option that matters only under a condition. */
export function only<Options>(
  by: readonly Kind[],
  says: string,
  holds: (options: Options) => boolean,
): Use<Options> {
  return { by, when: { says, holds } };
}
