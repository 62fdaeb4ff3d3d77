// The state of a run for whoever looks at it, now or later: it hears the observers of the training and the command, and
// gives itself whole, or what has changed. It knows no server and no page.

import type { TrainedMember } from '../ensemble/ensemble.js';
import type { EnsemblePlan } from '../model/spec.js';
import { hasEpochs } from '../model/spec.js';
import { counted } from '../report/words.js';
import type { EpochEvent } from '../training/session/job.js';
import type { TrainingProgress } from '../training/session/progress.js';
import type { MemberIncident, PlannedMembers } from '../training/session/training-settings.js';
import type {
  LogEntry,
  Phase,
  RunArrivals,
  RunChange,
  RunHead,
  RunMember,
  RunProgress,
  RunState,
  RunSummary,
} from './client/protocol.js';
import { Curves } from './curves.js';
import { EpochRate } from './epoch-rate.js';

/** Members that are shown one by one; of more the first. */
export const MOST_MEMBERS = 2000;
/** Lines of the log that are kept: the first ones, which say how it began, and then the newest. */
const MOST_LOG = 400;

type Part = Exclude<keyof RunState, 'log' | 'members' | 'curves'>;

export class RunWatch {
  readonly #now: () => number;
  readonly #started: number;
  readonly #members: RunMember[] = [];
  readonly #changedMembers = new Set<number>();
  readonly #log: LogEntry[] = [];
  readonly #changed = new Set<Part>();
  readonly #rate: EpochRate;
  #curves = new Curves(0);
  #logSaid = 0;
  #phase: Phase = 'preparing';
  #head: RunHead;
  #training: TrainingProgress | null = null;
  #summary: RunSummary | null = null;
  #before = 0;
  /** The arrivals, which are computed elsewhere. */
  #arrivalsOf: () => RunArrivals | string | null = () => null;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(head: RunHead, now: () => number = () => performance.now()) {
    this.#head = head;
    this.#now = now;
    this.#started = now();
    this.#rate = new EpochRate(now);
  }

  /** The whole state, as it is. */
  state(): RunState {
    return {
      ...{
        phase: this.#phase,
        head: this.#head,
        progress: this.#training && this.#progressOf(this.#training),
        members: this.#members,
      },
      ...{ curves: this.#curves.all(), arrivals: this.#arrivalsOf() },
      ...{ log: this.#log, summary: this.#summary },
    };
  }

  /** What has changed since the last time; null for nothing. */
  takeChange(): RunChange | null {
    const curves = this.#curves.changes();
    const members = [...this.#changedMembers].map((index) => this.#members[index]!);
    const log = this.#log.slice(this.#logSaid);
    if (this.#changed.size + members.length + curves.length + log.length === 0) return null;
    const state = this.state();
    const change: RunChange = {
      ...Object.fromEntries([...this.#changed].map((part) => [part, state[part]])),
      ...(members.length === 0 ? {} : { members }),
      ...(curves.length === 0 ? {} : { curves }),
      ...(log.length === 0 ? {} : { logFrom: this.#logSaid, log }),
    };
    this.#changed.clear();
    this.#changedMembers.clear();
    this.#logSaid = this.#log.length;
    return change;
  }

  get phase(): Phase {
    return this.#phase;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    if (phase in SAID) this.note(SAID[phase as keyof typeof SAID]);
    this.#changed.add('phase');
  }

  describeData(lines: readonly string[]): void {
    this.#head = { ...this.#head, data: lines };
    this.#changed.add('head');
  }

  /** Where arrivals are read from, and that there are new ones. */
  showArrivals(read: () => RunArrivals | string | null): void {
    this.#arrivalsOf = read;
    this.#changed.add('arrivals');
  }

  note(text: string, kind: LogEntry['kind'] = 'note'): void {
    if (this.#log.length >= MOST_LOG) return;
    const full = this.#log.length === MOST_LOG - 1;
    const line = full ? 'More is not shown here.' : text;
    this.#log.push({ atMs: this.#now() - this.#started, kind, text: line });
  }

  summarise(phase: Phase, summary: RunSummary): void {
    this.#summary = summary;
    this.#changed.add('summary');
    // Of a run that was stopped.
    for (const { index, status } of this.#members)
      if (status === 'training') this.#update(index, { status: 'queued' });
    this.enter(phase);
  }

  // What the training says.

  planned({ plan, kept, failures }: PlannedMembers): void {
    this.enter('training');
    this.#before = kept.length + failures.length;
    const shown = plan.members.slice(0, MOST_MEMBERS);
    this.#curves = new Curves(shown.length);
    for (const [index, spec] of shown.entries()) {
      const epochs = hasEpochs(spec) ? spec.epochs : 0;
      this.#members[index] = { ...QUEUED, index, epochs };
      this.#changedMembers.add(index);
    }
    for (const member of kept) this.finished(member);
    for (const { index, error } of failures) this.#update(index, { status: 'failed', error: error.message });
    this.note(plannedText(plan, kept.length));
  }

  epochs(events: readonly EpochEvent[]): void {
    this.#rate.add(events.length);
    for (const { member, epoch, epochs, loss, validationLoss = null } of events) {
      const known = this.#members[member];
      if (known === undefined) continue;
      // A member that was delivered has all its epochs.
      if (known.status === 'finished') continue;
      this.#curves.add(member, [epoch, loss, validationLoss]);
      this.#update(member, { status: 'training', epoch, epochs, loss, validationLoss });
    }
  }

  befell({ member, becomes, error }: MemberIncident): void {
    const known = this.#members[member];
    const told = { retry: 'tried again', reseed: 'begun again with other streams', failure: 'given up' };
    this.note(`Member ${member} is ${told[becomes]}: ${error.message}`, 'trouble');
    if (known === undefined) return;
    const reason = { error: error.message };
    if (becomes === 'failure') this.#update(member, { ...reason, status: 'failed' });
    if (becomes === 'retry') this.#update(member, { ...reason, retries: known.retries + 1 });
    if (becomes !== 'reseed') return;
    this.#curves.clear(member);
    this.#update(member, { ...reason, ...BEGINNING, reseeds: known.reseeds + 1 });
  }

  finished({ index, history, epoch }: TrainedMember): void {
    const known = this.#members[index];
    if (known === undefined) return;
    const last = history.at(-1);
    if (history.length > 0) {
      // With the epochs of an earlier process too, where it was resumed.
      this.#curves.clear(index);
      for (const { epoch: at, loss, validationLoss = null } of history)
        this.#curves.add(index, [at, loss, validationLoss]);
    }
    const best = history.find((record) => record.epoch === epoch) ?? last;
    this.#update(index, {
      ...{ status: 'finished', epoch: last?.epoch ?? 0, loss: best?.loss ?? null },
      validationLoss: best?.validationLoss ?? null,
    });
  }

  progressed(progress: TrainingProgress): void {
    this.#training = progress;
    this.#changed.add('progress');
    const running = progress.slots.filter(({ member }) => member !== null);
    for (const { member, epochs, epoch, loss } of running) {
      const known = this.#members[member!];
      if (known?.status === 'queued') this.#update(member!, { status: 'training', epoch, epochs, loss });
    }
  }

  /** Made when somebody looks. */
  #progressOf({ planned, done, failed, elapsedMs, remainingMs, slots }: TrainingProgress): RunProgress {
    const running = slots.filter(({ member }) => member !== null);
    const sharesRunning = running.reduce((sum, { share }) => sum + share, 0);
    const share = planned === 0 ? 1 : Math.min(1, (done + failed + sharesRunning) / planned);
    return {
      ...{ planned, finished: done, failed, before: this.#before, share, elapsedMs, remainingMs },
      ...{ epochsPerSecond: this.#rate.perSecond, memoryBytes: process.memoryUsage.rss() },
      threads: slots.slice(0, MOST_THREADS).map(({ member, epoch, epochs, share: part, loss }) => {
        return { member, epoch, epochs, share: part, loss };
      }),
    };
  }

  #update(index: number, how: Partial<RunMember>): void {
    const known = this.#members[index];
    if (known === undefined) return;
    this.#members[index] = { ...known, ...how };
    this.#changedMembers.add(index);
  }
}

/** Of a cluster thousands may be in training; the page has no room for more. */
const MOST_THREADS = 64;

/** What the log says of phases. */
const SAID = {
  stopping: 'Stopping',
  measuring: 'All members that could be are trained; measuring',
  interrupted: 'Interrupted',
} as const;

const BEGINNING = { status: 'queued', epoch: 0, loss: null, validationLoss: null } as const;
const QUEUED = { ...BEGINNING, epochs: 0, retries: 0, reseeds: 0, error: null } as const;

function plannedText({ members, seed }: EnsemblePlan, kept: number): string {
  const planned = `${counted(members.length, 'member')} planned with seed ${seed}`;
  return kept === 0 ? planned : `${planned}, ${kept} of them are there`;
}
