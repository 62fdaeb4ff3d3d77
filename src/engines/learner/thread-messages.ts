// The whole conversation between a learner's thread, or process, and whoever predicts with it: one request at a time, each with its
// reply, after a first word that the thread is ready.

import type { ModuleSpec } from '../../model/spec.js';
import type { Reply, Request } from '../user-modules/running-module.js';
import type { Answer } from './served-model.js';
import type { LearnerPlace } from './stored-model.js';

/** What a learner's thread, or process, is asked through. */
export interface LearnerPort {
  /** Hears what is asked, after the word that it is ready. */
  listen(onRequest: (request: Request<Asked>) => void): void;
  reply(reply: Reply<Answer>): void;
  /** Whether waiting for requests keeps the thread. */
  keep(on: boolean): void;
}

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
