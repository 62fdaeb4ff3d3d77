// What training needs of whoever runs members: the pool and the inline runner implement it, and another machine may.

import type { Isolation } from '../../processes/protocol.js';
import type { Session } from './session.js';

export interface MemberRunner {
  /** Members that may run at once, at most. */
  readonly threads: number;
  /** Whether a user's code is kept in processes of its own, in training and after it. @default null: it is not */
  readonly isolate?: Isolation;
  /** Whether it can ask a callback at the end of every epoch (`onEpochEnd`). @default true */
  readonly callbacks?: boolean;
  /**
   * Opens the session of a training, at once as it begins: a runner that is closed next waits for it.
   * @throws ERR_CANCELLED when the runner has ended, or is about to; ERR_OPTION when the training could never end.
   */
  open(): Session;
}

/** Whether a value of a caller's is a runner. */
export function isMemberRunner(value: unknown): value is MemberRunner {
  if (typeof value !== 'object' || value === null) return false;
  const { threads, open } = value as Partial<Record<keyof MemberRunner, unknown>>;
  return typeof open === 'function' && Number.isSafeInteger(threads) && (threads as number) >= 1;
}
