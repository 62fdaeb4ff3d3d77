// What is to become of members that fail, as the caller says it: which failures end the training, which members begin
// again, and which a training that is resumed tries again.

import type { ErrorCode, WireError } from '../../errors.js';

/** What a plan's members may cost, and what becomes of those that diverge; the plan does not say it. */
export interface PolicyOptions {
  /** Seconds that threads may have a member in hand, each time it begins. @default no limit */
  readonly deadline?: number | null | undefined;
  /** What becomes of a member that diverges. @default as `onFailure` says */
  readonly onDivergence?: 'drop' | 'fail' | 'reseed' | null | undefined;
  /** How often it begins again with other streams. @default 2 */
  readonly reseeds?: number | null | undefined;
}

/** The same, resolved. */
export interface WorkPolicy {
  /** How long threads may have a member in hand; infinite for no limit. */
  readonly deadlineMs: number;
  readonly onDivergence: 'drop' | 'fail' | 'reseed' | null;
}

/** Which failures end the training. */
export interface EndingPolicy {
  readonly onFailure?: 'drop' | 'fail' | undefined;
  readonly onDivergence?: 'drop' | 'fail' | 'reseed' | null | undefined;
}

/** Whether a member that is given up with this error ends the training; one that was reseeded in vain does as any other. */
export function endsTraining(
  { onFailure = 'drop', onDivergence = null }: EndingPolicy,
  { code }: Pick<WireError, 'code'>,
): boolean {
  // Whatever became of the checkpoint, no member failed.
  if (code === 'ERR_CHECKPOINT') return false;
  const own = code === 'ERR_DIVERGED' && onDivergence !== 'reseed' ? onDivergence : null;
  return (own ?? onFailure) === 'fail';
}

/** What may not happen again: the machine's doing, and what nobody expected. */
const REPEATED: readonly ErrorCode[] = [
  ...(['ERR_THREAD_LOST', 'ERR_THREAD_START', 'ERR_THREAD_BLOCKED', 'ERR_DEADLINE', 'ERR_MEMORY'] as const),
  ...(['ERR_CANCELLED', 'ERR_CHECKPOINT', 'ERR_INTERNAL'] as const),
  ...(['ERR_HOST_LOST', 'ERR_HOST_DIFFERS', 'ERR_STORE', 'ERR_BLOB', 'ERR_QUEUE', 'ERR_TASK'] as const),
];

/** Whether a training that is resumed tries a member again that failed so; of others its result is known. */
export function isRepeated(code: ErrorCode): boolean {
  return REPEATED.includes(code);
}
