// What is written of members and failures, in journals and in results that travel.

import { describeFailure, describeMember } from '../bundle/metadata.js';
import { littleEndianBytes } from '../bundle/weights.js';
import type { FailedMember, TrainedMember } from '../ensemble/ensemble.js';
import type { JournalEntry } from './schema.js';

export function memberEntry(member: TrainedMember): JournalEntry {
  return { kind: 'member', ...describeMember(member) };
}

/** What follows a member's entry. */
export function binariesOf({ parameters, model }: Pick<TrainedMember, 'parameters' | 'model'>): Uint8Array[] {
  const weights = littleEndianBytes(parameters);
  return model === null ? [weights] : [weights, model];
}

export function failureEntry(failure: FailedMember): JournalEntry {
  return { kind: 'failure', ...describeFailure(failure) };
}
