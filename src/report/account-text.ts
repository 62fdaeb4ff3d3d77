// What became of an ensemble's members, in words: nothing where all are there as planned, and never a list of hundreds.

import type { MemberAccount } from '../ensemble/member-account.js';
import type { ErrorCode } from '../errors.js';
import { counted, grouped, rangeText } from './words.js';

/** What members of a code did; others failed with it. */
const FATES: Readonly<Partial<Record<string, string>>> = {
  ERR_DIVERGED: 'diverged',
  ERR_DEADLINE: 'took longer than the deadline',
  ERR_THREAD_LOST: 'lost to threads that died',
  ERR_THREAD_START: 'without a thread, as none could start',
  ERR_THREAD_BLOCKED: 'blocked in the operating system',
  ERR_LEARNER: 'failed in a learner',
  ERR_CANCELLED: 'ended by a callback',
  ERR_CHECKPOINT: 'not trained, as the checkpoint was lost',
} satisfies Partial<Record<ErrorCode, string>>;

/** Everything worth saying: who is missing and why, who began again, who lost threads. */
export function accountLines(account: MemberAccount): string[] {
  const { finished, reseeded, retried } = account;
  const missing = missingLine(account);
  const of = (members: readonly { readonly index: number }[]) =>
    `${grouped(members.length)} of ${counted(finished, 'member')}`;
  const there = reseeded.filter(({ index }) => !isMissing(account, index));
  return [
    ...(missing === null ? [] : [missing]),
    ...(there.length === 0
      ? []
      : [`${of(there)} began again with other streams, as they had diverged (${placesOf(there)})`]),
    ...(retried.length === 0
      ? []
      : [`${of(retried)} lost threads and were tried again, which changes no byte (${placesOf(retried)})`]),
  ];
}

/** `3 of 16 members are missing: 2 diverged (3, 7), 1 was not trained (9)`; null where none is. */
export function missingLine({ planned, finished, failed, untrained }: MemberAccount): string | null {
  const missing = planned - finished;
  if (missing === 0) return null;
  const parts = Object.entries(failed).map(
    ([code, members]) =>
      `${grouped(members.length)} ${FATES[code] ?? `failed with ${code}`} (${rangeText(members)})`,
  );
  if (untrained.length > 0) parts.push(`${grouped(untrained.length)} not trained (${rangeText(untrained)})`);
  const are = missing === 1 ? 'is' : 'are';
  return `${grouped(missing)} of ${counted(planned, 'member')} ${are} missing: ${parts.join(', ')}`;
}

/** `16 members`, or of an ensemble that lacks some `13 of 16 members`. */
export function membersText({ planned, finished }: Pick<MemberAccount, 'planned' | 'finished'>): string {
  return finished === planned
    ? counted(planned, 'member')
    : `${grouped(finished)} of ${counted(planned, 'member')}`;
}

function isMissing({ failed, untrained }: MemberAccount, index: number): boolean {
  return untrained.includes(index) || Object.values(failed).some((members) => members.includes(index));
}

function placesOf(members: readonly { readonly index: number }[]): string {
  return rangeText(members.map(({ index }) => index));
}
