// A learner's model on its way out of the thread that fitted it and back: as the learner saves it, or as plain data.
// It always goes through bytes, so that what predicts is what a saved ensemble will hold.

import { TuttiError } from '../../errors.js';
import { NotPlainError, packArrays, unpackArrays } from '../../files/plain-data.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { callUser, reasonOf, sayChange } from '../user-modules/user-module.js';
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
  const bytes =
    learner.save === undefined ? await packModel(model, place) : await saveModel(learner, model, place);
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

/**
 * Runs a function of a learner, or reads what one returned.
 * @throws ERR_LEARNER, naming member and module, for what it throws, and when it changes the language itself.
 */
export async function attempt<T>(
  name: keyof Learner,
  place: LearnerPlace,
  call: () => T,
): Promise<Awaited<T>> {
  const result = await callUser(call);
  if (result.change !== null) failLearner(place, `${sayChange(result.change)} in ${name}`);
  if ('value' in result) return result.value;
  return failLearner(place, `threw in ${name}: ${reasonOf(result.error)}`, result.error);
}

/** Throws ERR_LEARNER: `Member 3: the learner ./tree.mjs threw in fit: …`. */
export function failLearner({ member, path }: LearnerPlace, problem: string, cause?: unknown): never {
  const message = `Member ${member}: the learner ${path} ${problem}`;
  throw new TuttiError('ERR_LEARNER', message, { member, module: path }, cause);
}

async function saveModel(learner: Learner, model: unknown, place: LearnerPlace): Promise<Uint8Array> {
  const bytes = await attempt('save', place, async () => {
    const saved = await learner.save!(model);
    // A copy: what it returned may be anything that looks like bytes.
    return saved instanceof Uint8Array ? Uint8Array.from(saved) : null;
  });
  return bytes ?? failLearner(place, 'returned no Uint8Array from save');
}

async function packModel(model: unknown, place: LearnerPlace): Promise<Uint8Array> {
  const packed = await attempt('fit', place, () => {
    try {
      return packArrays(model, 'model');
    } catch (error) {
      if (error instanceof NotPlainError) return error;
      throw error;
    }
  });
  if (!(packed instanceof NotPlainError)) return packed;
  const why = `its model cannot be stored as plain data: ${packed.message}`;
  return failLearner(place, `returned what only \`save\` and \`load\` of its own could keep; ${why}`, packed);
}
