// What a module of the user's has to export to be a learner, and how it is loaded. A learner is a few functions and
// keeps no state of its own: what it learnt is the model that `fit` returns.

import type { Task } from '../../data/dataset/dataset.js';
import { describe } from '../../errors.js';
import type { JsonValue, ModuleSpec } from '../../model/spec.js';
import { callUser, importDefault, moduleError, reasonOf, sayChange } from '../user-modules/user-module.js';

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
 * Imports a learner and takes its functions, once for all members on this thread.
 * @param member whose it is, for messages.
 * @throws ERR_MODULE when the module cannot be imported, has changed, or exports something else.
 */
export async function loadLearner(module: ModuleSpec, member: number): Promise<Learner> {
  const use = { module, member };
  const { exported } = await importDefault(use);
  const known = taken.get(exported as object);
  if (known !== undefined) return known;
  const result = await callUser(() => ({ parts: partsOf(exported) }));
  const fail = (problem: string): never => {
    throw moduleError(use, `the module ${module.path} exports no learner: ${problem}`);
  };
  if (result.change !== null) fail(`it ${sayChange(result.change)} as it was looked at`);
  if (!('value' in result))
    return fail(`its default export threw ${reasonOf(result.error)} when it was looked at`);
  const { parts } = result.value;
  if (typeof parts === 'string') return fail(parts);
  taken.set(exported as object, parts);
  return parts;
}

/** Learners by what their modules export: a getter, or a proxy, could have another answer each time it is asked. */
const taken = new WeakMap<object, Learner>();

/** Its functions, to be called as its own; or what is wrong with it. */
function partsOf(value: unknown): Learner | string {
  if (typeof value !== 'object' || value === null) {
    return `its default export should be an object with \`fit\` and \`predict\`, got ${value === null ? 'none' : shortly(value)}`;
  }
  const { fit, predict, save, load } = value as Readonly<Record<keyof Learner, unknown>>;
  if (typeof fit !== 'function') return `\`fit\` should be a function, got ${shortly(fit)}`;
  if (typeof predict !== 'function') return `\`predict\` should be a function, got ${shortly(predict)}`;
  const own = { fit: fit.bind(value), predict: predict.bind(value) };
  if (save === undefined && load === undefined) return own;
  if (typeof save !== 'function' || typeof load !== 'function') {
    return '`save` and `load` should both be functions, or both be absent';
  }
  return { ...own, save: save.bind(value), load: load.bind(value) };
}

function shortly(value: unknown): string {
  return typeof value === 'function' ? 'a function' : describe(value);
}
