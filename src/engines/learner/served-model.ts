// A learner's stored model, restored where its functions run: on the calling thread, or on a thread of the learner's own.

import type { Learner } from './learner.js';
import { attempt, type LearnerPlace, restoreModel } from './stored-model.js';

/** What a learner answered, as f64[length]; where it is no list of that length, what its length is, if it has one. */
export type Answer = Float64Array | { readonly length: number | null };

/** A model that answers. */
export interface ServedModel {
  /**
   * @param x f32[rows, features], the learner's to write over. @param length of a good answer.
   * @throws ERR_LEARNER for what the learner throws.
   */
  predict(x: Float32Array<ArrayBuffer>, rows: number, length: number): Promise<Answer>;
  /** Lets go of it. @default nothing */
  dispose?(): void;
}

/**
 * Restores a model on this thread.
 * @throws ERR_LEARNER when the learner's `load` fails; ERR_BUNDLE when it is no plain data.
 */
export async function serveHere(
  learner: Learner,
  bytes: Uint8Array,
  place: LearnerPlace,
): Promise<ServedModel> {
  const model = await restoreModel(learner, bytes, place);
  return {
    predict: (x, rows, length) =>
      attempt('predict', place, async () => readNumbers(await learner.predict(model, x, rows), length)),
  };
}

function readNumbers(answer: unknown, length: number): Answer {
  if (typeof answer !== 'object' || answer === null) return { length: null };
  const list = answer as ArrayLike<unknown>;
  const own: unknown = list.length;
  // By its places: an iterator of its own may never end.
  if (own === length) return Float64Array.from({ length }, (_, at) => Number(list[at]));
  return { length: typeof own === 'number' ? own : null };
}
