// A learner's model on its way out of the thread that fitted it and back: as the learner saves it, or as plain data.
// It always goes through bytes, so that what predicts is what a saved ensemble will hold.

import { NotPlainError, packArrays, unpackArrays } from '../../data/plain-data.js';
import { TuttiError } from '../../errors.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { reasonOf } from '../user-module.js';
import type { Learner } from './learner.js';

/** Whose learner it is, for messages. */
export interface LearnerPlace {
  readonly member: number;
  readonly path: string;
}

/**
 * The model as bytes in shared memory.
 * @throws ERR_LEARNER when it is not plain data and the learner has no `save`, or that fails.
 */
export async function storeModel(
  learner: Learner,
  model: unknown,
  place: LearnerPlace,
): Promise<Uint8Array<SharedArrayBuffer>> {
  const bytes = learner.save === undefined ? packModel(model, place) : await saveModel(learner, model, place);
  const stored = new Uint8Array(allocateShared(bytes.length));
  stored.set(bytes);
  return stored;
}

/**
 * The model that bytes hold.
 * @throws ERR_LEARNER when the learner's `load` fails; ERR_BUNDLE when they are no plain data.
 */
export async function restoreModel(
  learner: Learner,
  bytes: Uint8Array,
  place: LearnerPlace,
): Promise<unknown> {
  const { load } = learner;
  if (load !== undefined) return attempt('load', place, () => load.call(learner, Uint8Array.from(bytes)));
  try {
    return unpackArrays(bytes);
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    const message = `Member ${place.member}: its stored model does not decode (${error.message})`;
    throw new TuttiError('ERR_BUNDLE', message, { member: place.member }, error);
  }
}

/** Runs a function of a learner; what it throws becomes ERR_LEARNER, naming member and module. */
export async function attempt<T>(
  name: keyof Learner,
  place: LearnerPlace,
  call: () => T,
): Promise<Awaited<T>> {
  try {
    return await call();
  } catch (error) {
    return failLearner(place, `threw in ${name}: ${reasonOf(error)}`, error);
  }
}

/** Throws ERR_LEARNER: `Member 3: the learner ./tree.mjs threw in fit: …`. */
export function failLearner({ member, path }: LearnerPlace, problem: string, cause?: unknown): never {
  const message = `Member ${member}: the learner ${path} ${problem}`;
  throw new TuttiError('ERR_LEARNER', message, { member, module: path }, cause);
}

async function saveModel(learner: Learner, model: unknown, place: LearnerPlace): Promise<Uint8Array> {
  const bytes = await attempt('save', place, () => learner.save!(model));
  return bytes instanceof Uint8Array ? bytes : failLearner(place, 'returned no Uint8Array from save');
}

function packModel(model: unknown, place: LearnerPlace): Uint8Array {
  try {
    return packArrays(model, 'model');
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    const why = `its model cannot be stored as plain data: ${error.message}`;
    return failLearner(
      place,
      `returned what only \`save\` and \`load\` of its own could keep; ${why}`,
      error,
    );
  }
}
