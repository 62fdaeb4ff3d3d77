// What a worker says of its work, for whoever watches it: plain data, without secrets.

import type { TuttiError } from '../../errors.js';
import type { WhyReturned } from './returned.js';

/** A task, as events name it. */
export interface NamedTask {
  /** The SHA-256 of what it asks. */
  readonly task: string;
  /** Of the training that it belongs to. */
  readonly training: string;
  /** Its members by their places in the plan. */
  readonly members: readonly number[];
}

export type WorkerEvent =
  /** It takes tasks from now on. @param queue its URL, without credentials. */
  | { readonly kind: 'started'; readonly host: string; readonly threads: number; readonly queue: string }
  /** It has a training's dataset in memory. */
  | {
      readonly kind: 'opened';
      readonly training: string;
      readonly members: number;
      readonly rows: number;
      readonly features: number;
      /** How many members may be trained at once. */
      readonly slots: number;
      /** Why there are fewer than threads; null where there are not. */
      readonly fewerThreads: string | null;
    }
  /** It has no task of a training any more, and gave its memory back. */
  | { readonly kind: 'closed'; readonly training: string }
  /** A task has a thread, or waits for one that is soon free. @param fromEpoch where it goes on, when another host was lost with it; else null. */
  | ({ readonly kind: 'taken'; readonly fromEpoch: number | null } & NamedTask)
  /** It was trained; `failed` says how many of its members failed. */
  | ({
      readonly kind: 'done';
      readonly ms: number;
      readonly failed: number;
      readonly error: TuttiError | null;
    } & NamedTask)
  /** It goes back to the queue. */
  | ({
      readonly kind: 'returned';
      readonly why: Exclude<WhyReturned, 'full'>;
      /** The epoch from which another host goes on; null where it begins again. */
      readonly epoch: number | null;
    } & NamedTask)
  /** Tasks of a training, or all of a coordinator, cannot be trained here; told once for each reason. */
  | { readonly kind: 'refused'; readonly training: string | null; readonly error: TuttiError }
  /** The store cannot be reached; what is trained waits. Told once until it is reached again. */
  | { readonly kind: 'storeLost'; readonly error: TuttiError }
  | { readonly kind: 'storeFound' }
  /** Something of the queue's server is not as it should be; work goes on. */
  | { readonly kind: 'warning'; readonly warning: string }
  /** The queue cannot be reached; it is tried again for ever. */
  | { readonly kind: 'disconnected'; readonly problem: string }
  | { readonly kind: 'reconnected' }
  /** It takes no more tasks. @param tasks that it has in hand. */
  | { readonly kind: 'draining'; readonly tasks: number }
  /** It has ended. */
  | { readonly kind: 'ended' };
