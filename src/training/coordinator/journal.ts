// What a training tells whoever keeps it outside of the process (src/checkpoint). Nothing here is waited for: what is
// told is kept in the order in which it is told, as soon as a disk lets it.

import type { FailedMember, TrainedMember } from '../../ensemble/ensemble.js';
import type { MemberStreams } from '../../model/spec.js';
import type { RestingRun } from '../plan/runs.js';

export interface TrainingJournal {
  /**
   * Takes up its place once the training can begin.
   * @param onLost called once, when something could not be kept: nothing that is told from then on will be.
   * @throws ERR_CHECKPOINT when that place cannot be had.
   */
  begin(onLost: (error: unknown) => void): Promise<void>;
  /** What runs kernels of members from now on too. */
  executors(names: readonly string[]): void;
  /** A member is finished. */
  member(member: TrainedMember): void;
  /** A member was given up. */
  failure(failure: FailedMember): void;
  /** A run has begun again, with these streams, or is to: whatever was told of its members before is void. */
  beginning(memberIndices: readonly number[], streams: MemberStreams): void;
  /**
   * Where the runs of a strand rest, in place of where they rested before; those that are left out are over. Resolves once
   * it is kept, or cannot be: until then nobody changes the states.
   */
  state(strand: number, runs: readonly RestingRun[]): Promise<void>;
  /** A strand's runs are over: it rests no more. */
  over(strand: number): void;
  /** Resolves once all that was told is kept, or cannot be. */
  settled(): Promise<void>;
  /** Lets go of its place; once is enough. */
  close(): Promise<void>;
}
