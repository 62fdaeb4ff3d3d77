// What a module of the user's has to export to be a learner, and how it is loaded. A learner is a few functions and
// keeps no state of its own: what it learnt is the model that `fit` returns.

import type { Task } from '../../data/dataset.js';
import { describe } from '../../errors.js';
import type { JsonValue, ModuleSpec } from '../../model/spec.js';
import { importDefault, moduleError } from '../user-module.js';

/** What a learner is given to learn from: copies, which it may change. */
export interface LearnerData {
  /** f32[rows, features], row-major, as preprocessed; only the columns that the member sees. */
  readonly x: Float32Array;
  /** Classification: the class of each row as its place in `task.classes`, i32[rows]; else empty. */
  readonly labels: Int32Array;
  /** Regression: f32[rows, outputs], each target standardised over the training rows; else empty. */
  readonly targets: Float32Array;
  /** f32[rows] of mean 1 over the dataset, or null when all rows weigh the same. */
  readonly rowWeights: Float32Array | null;
  /** Rows in bag; a row that a bootstrap drew twice is there twice. */
  readonly rows: number;
  readonly features: number;
  /** Classes, or targets. */
  readonly outputs: number;
  readonly task: Task;
  /** The option `learnerOptions`. */
  readonly options: { readonly [name: string]: JsonValue };
  /** A number in [0, 1), keyed by the seed and the member: the same draws on any thread. */
  readonly random: () => number;
}

/**
 * A kind of member of the user's own: the default export of a module. Functions may be asynchronous. A thread has
 * nothing else to do while it waits for one, and uses the module for one member after the other, so a result must
 * not depend on anything that the module keeps.
 */
export interface Learner<Model = unknown> {
  /** Learns; what it returns is all that `predict` will know. */
  fit(data: LearnerData): Model | Promise<Model>;
  /**
   * Predicts x, f32[rows, features], a copy.
   * @returns rows × outputs numbers, row-major: the probabilities of the classes, each row's summing to 1, or values
   * in the units of `data.targets`.
   */
  predict(model: Model, x: Float32Array, rows: number): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** The model as bytes, for models that are not plain data: objects, lists, typed arrays, numbers and texts. */
  save?(model: Model): Uint8Array | Promise<Uint8Array>;
  /** The model that {@link save} wrote. */
  load?(bytes: Uint8Array): Model | Promise<Model>;
}

/**
 * Imports a learner.
 * @param member whose it is, for messages.
 * @throws ERR_MODULE when the module cannot be imported, has changed, or exports something else.
 */
export async function loadLearner(module: ModuleSpec, member: number): Promise<Learner> {
  const use = { module, member };
  const learner = await importDefault(use);
  const problem = problemOf(learner);
  if (problem !== null) throw moduleError(use, `the module ${module.path} exports no learner: ${problem}`);
  return learner as Learner;
}

function problemOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) {
    return `its default export should be an object with \`fit\` and \`predict\`, got ${value === null ? 'none' : shortly(value)}`;
  }
  const { fit, predict, save, load } = value as Record<keyof Learner, unknown>;
  if (typeof fit !== 'function') return `\`fit\` should be a function, got ${shortly(fit)}`;
  if (typeof predict !== 'function') return `\`predict\` should be a function, got ${shortly(predict)}`;
  if (save === undefined && load === undefined) return null;
  if (typeof save === 'function' && typeof load === 'function') return null;
  return '`save` and `load` should both be functions, or both be absent';
}

function shortly(value: unknown): string {
  return typeof value === 'function' ? 'a function' : describe(value);
}
