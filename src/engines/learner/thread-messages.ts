// The whole conversation between a learner's thread and whoever predicts with it: one request at a time, each with its
// reply, after a first word that the thread is ready.

import type { WireError } from '../../errors.js';
import type { ModuleSpec } from '../../model/spec.js';
import type { Answer } from './served-model.js';
import type { LearnerPlace } from './stored-model.js';

/** The first message of a thread. */
export const READY = 'ready';

/** What a thread is asked for. */
export type Asked =
  | { readonly kind: 'import'; readonly module: ModuleSpec; readonly member: number }
  | {
      /** Of the learner that was imported last. */
      readonly kind: 'restore';
      /** A name for it from now on. */
      readonly model: number;
      readonly place: LearnerPlace;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'predict';
      readonly model: number;
      readonly x: Float32Array<ArrayBuffer>;
      readonly rows: number;
      readonly length: number;
    }
  /** Without a reply. */
  | { readonly kind: 'drop'; readonly model: number };

export interface Request {
  readonly id: number;
  readonly asked: Asked;
}

export interface Reply {
  readonly id: number;
  /** To `predict`. */
  readonly answer?: Answer;
  readonly error?: WireError;
  /** The module has changed JavaScript for good: nothing that the thread answers from now on counts. */
  readonly spoiled: boolean;
}
