// What watchers of a training are told of its epochs and of what befalls members: read from logs that threads write, on
// the timer of progress, and completed from what jobs leave. Nothing here delays a thread or changes what is trained.

import type { EpochRecord } from '../../ensemble/ensemble.js';
import { fromWire, type WireError } from '../../errors.js';
import { hasEpochs } from '../../model/spec.js';
import type { Run } from '../plan/runs.js';
import { createEpochLog, type EpochLogWords, readEpochs } from '../session/epoch-log.js';
import type { EpochEvent, Job, MemberJob, MemberOutcome } from '../session/job.js';
import type { MemberIncident, TrainingSettings } from '../session/training-settings.js';

/** A member in hand. */
interface Watched {
  readonly job: MemberJob;
  readonly run: Run;
  /** Null for a job of an epoch or none, which is told of when it ends. */
  readonly log: EpochLogWords | null;
  /** Records of the log that were read. */
  read: number;
}

type Observers = Pick<TrainingSettings, 'onEpochs' | 'onIncident'>;

export class Telling {
  readonly #observers: Observers;
  /** Calls an observer; one that throws ends the training. */
  readonly #observe: (call: () => void) => void;
  readonly #watched = new Map<Job, readonly Watched[]>();
  /** The last epoch of each run that was told. */
  readonly #told = new Map<Run, number>();

  constructor(observers: Observers, observe: (call: () => void) => void) {
    this.#observers = observers;
    this.#observe = observe;
  }

  /** The job with logs for its epochs, where somebody is told of them. */
  equip<J extends Job>(job: J, runs: readonly Run[]): J {
    if (this.#observers.onEpochs === undefined) return job;
    const own = job.kind === 'group' ? job.members : [job as MemberJob];
    const watched = own.map((member, place): Watched => {
      const epochs = hasEpochs(member.spec) ? member.until - (member.from?.epoch ?? 0) : 0;
      const log = epochs > 1 ? createEpochLog(epochs) : null;
      return { job: member, run: runs[place]!, log, read: 0 };
    });
    const logged = watched.map(({ job: member, log }) =>
      log === null ? member : { ...member, epochLog: log },
    );
    const equipped = (job.kind === 'group' ? { ...job, members: logged } : logged[0]) as J;
    this.#watched.set(equipped, watched);
    return equipped;
  }

  /** An attempt at a job begins: what one before it wrote is not read again. */
  begin(job: Job): void {
    for (const one of this.#watched.get(job) ?? []) {
      one.read = 0;
      one.log?.fill(0);
    }
  }

  /** Tells of the epochs that ended since the last time. */
  tell(): void {
    if (this.#watched.size === 0) return;
    this.#say([...this.#watched.values()].flatMap((watched) => watched.flatMap((one) => this.#newOf(one))));
  }

  /** A job has ended: tells of the epochs that were not told. */
  end(job: Job, outcomes: readonly MemberOutcome[]): void {
    const watched = this.#watched.get(job) ?? [];
    this.#watched.delete(job);
    this.#say(
      watched.flatMap((one, place) => {
        const outcome = outcomes[place];
        const known = outcome !== undefined && 'history' in outcome ? outcome.history : null;
        return known === null ? this.#newOf(one) : this.#untold(one, known);
      }),
    );
  }

  /** Something befell runs. Those that begin again are told from their first epoch on. */
  incident(runs: readonly Run[], becomes: MemberIncident['becomes'], error: WireError): void {
    const { onIncident } = this.#observers;
    if (becomes === 'reseed') for (const run of runs) this.#told.delete(run);
    if (onIncident === undefined) return;
    for (const { memberIndices, delivered } of runs) {
      // A run's next member alone has lost a thread.
      const members = memberIndices.slice(delivered, becomes === 'retry' ? delivered + 1 : undefined);
      for (const member of members)
        this.#observe(() => onIncident({ member, becomes, error: fromWire(error) }));
    }
  }

  #newOf(one: Watched): EpochEvent[] {
    if (one.log === null) return [];
    const records = readEpochs(one.log, one.read);
    one.read += records.length;
    return this.#untold(one, records);
  }

  /** Those of a run's records that were not told, which a later attempt or the end of the job repeats. */
  #untold({ job, run }: Watched, records: readonly EpochRecord[]): EpochEvent[] {
    const last = this.#told.get(run) ?? 0;
    const epochs = hasEpochs(job.spec) ? job.spec.epochs : 0;
    const events = records
      .filter(({ epoch }) => epoch > last)
      .map((record) => ({ member: job.member, epochs, ...record }));
    if (events.length > 0) this.#told.set(run, events.at(-1)!.epoch);
    return events;
  }

  #say(events: readonly EpochEvent[]): void {
    const { onEpochs } = this.#observers;
    if (onEpochs !== undefined && events.length > 0) this.#observe(() => onEpochs(events));
  }
}
