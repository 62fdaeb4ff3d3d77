// Members in training as their hosts hand them over, given to whoever keeps them here when one is wanted. Hosts say all
// epochs since a task began; whoever keeps them wants those since the last time.

import type { Digest } from '../../blobs/blob-store.js';
import type { EpochRecord } from '../../ensemble/ensemble.js';
import type { HandedMember, HandOverHook, Job } from '../../training/session/job.js';
import type { AnsweredTraining } from '../messages/answer.js';
import { type HandedMembers, unpackHanded } from '../messages/handed.js';
import type { TaskProgress } from '../messages/reports.js';
import type { GetBytes } from '../messages/task.js';

export class HandedOver {
  readonly #job: Job;
  readonly #training: AnsweredTraining;
  readonly #get: GetBytes;
  readonly #hook: HandOverHook;
  /** From which epoch on one is wanted; null: not now. */
  #wanted: number | null = null;
  /** The newest state, fetched or not, and what was given last. */
  #newest: { readonly digest: Digest; readonly host: string; members: HandedMembers | null } | null = null;
  #given: Digest | null = null;
  /** The last epoch of each member that was given. */
  readonly #told: number[] = [];
  #fetching = false;
  #over = false;

  constructor(job: Job, training: AnsweredTraining, get: GetBytes, hook: HandOverHook) {
    this.#job = job;
    this.#training = training;
    this.#get = get;
    this.#hook = hook;
  }

  want(epoch: number | null): void {
    this.#wanted = epoch;
    void this.#give();
  }

  /** A host has said how far it is. */
  heard({ handed, host }: TaskProgress): void {
    if (handed === null || handed === this.#newest?.digest) return;
    this.#newest = { digest: handed, host, members: null };
    void this.#give();
  }

  /** The job has ended: what comes late is of no use. */
  end(): void {
    this.#over = true;
  }

  async #give(): Promise<void> {
    const newest = this.#newest;
    if (this.#wanted === null || newest === null || newest.digest === this.#given || this.#fetching) return;
    if (newest.members === null) {
      this.#fetching = true;
      const { digest, host } = newest;
      newest.members = await this.#get(digest)
        .then((bytes) => unpackHanded(bytes, this.#job, this.#training, host))
        // Of a state that cannot be had the next one will be.
        .catch(() => []);
      this.#fetching = false;
      // There may be a newer one, and it may not be wanted any more.
      void this.#give();
      return;
    }
    const wanted = this.#wanted;
    const reached = newest.members.some((member) => member !== null && member.progress.epoch >= wanted);
    if (this.#over || !reached) return;
    this.#wanted = null;
    this.#given = newest.digest;
    await this.#hook(newest.members.map((member, place) => member && this.#since(member, place)));
  }

  /** With the epochs since it was last given. */
  #since(member: HandedMember, place: number): HandedMember {
    const told = this.#told[place] ?? 0;
    const history = member.history.filter(({ epoch }: EpochRecord) => epoch > told);
    this.#told[place] = member.progress.epoch;
    return { ...member, history };
  }
}
