// PLACEHOLDER: the place of the translation of a tf.Sequential to a network of the wasm engine, and of the check
// of a module before any thread starts.

import type { Task } from '../../data/dataset.js';
import type { TranslatedNetwork } from '../../model/module-options.js';
import type { Loss, ModuleSpec } from '../../model/spec.js';
import { requireTfjs } from './requirement.js';

/** What a module is told of the data its model is for. */
export interface ModelContext {
  readonly features: number;
  readonly task: Task;
  readonly loss: Loss;
  readonly seed: number;
  /** Whose module it is, for messages. */
  readonly member: number;
}

/** The network that the wasm engine trains in place of the model that a module builds. */
export async function networkOfModel(
  _model: ModuleSpec,
  { member }: ModelContext,
): Promise<TranslatedNetwork> {
  return requireTfjs(member);
}

/** Builds the model once, for its complaints: a missing engine, a wrong export, wrong shapes. */
export async function checkModel(_model: ModuleSpec, { member }: ModelContext): Promise<void> {
  return requireTfjs(member);
}
