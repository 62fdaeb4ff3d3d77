// The trainings that this host has tasks of: each is fetched and laid out once, kept while tasks come, and let go of when
// none came for a while or another one needs its memory.

import type { BlobStore, Digest } from '../../blobs/blob-store.js';
import { getBytes } from '../../blobs/pieces.js';
import { planFrom, requirePlanFits } from '../../bundle/plan-bytes.js';
import { datasetFrom } from '../../data/dataset-bytes.js';
import { TuttiError } from '../../errors.js';
import { unlessAborted } from '../../long-calls.js';
import type { MemberRunner } from '../../training/session/runner.js';
import { requireArithmetic, trainingFrom } from '../messages/shared-training.js';
import type { SharedTraining } from '../messages/task.js';
import type { HostModules } from './host-modules.js';
import { type Ending, HostedTraining } from './hosted-training.js';
import { Returned } from './returned.js';
import type { WorkerEvent } from './worker-events.js';

/** How long a training is kept without a task of it. */
const IDLE_MS = 15_000;
/** A training that cannot be had here is not tried again before then, and then twice as long each time. */
const LEAST_REFUSED_MS = 2000;
const MOST_REFUSED_MS = 60_000;
/** Trainings that are remembered to be refused. */
const MOST_REFUSED = 1000;

interface Entry {
  readonly opening: Promise<HostedTraining>;
  isOpen: boolean;
  /** Tasks that are at it. */
  users: number;
  idle: NodeJS.Timeout | undefined;
}

interface Refused {
  readonly error: TuttiError;
  untilMs: number;
  waitMs: number;
}

export interface TrainingsContext {
  /** What this host is called. */
  readonly host: string;
  readonly runner: MemberRunner;
  readonly modules: HostModules;
  readonly tell: (event: WorkerEvent) => void;
}

export class HostedTrainings {
  readonly #context: TrainingsContext;
  readonly #entries = new Map<Digest, Entry>();
  readonly #refused = new Map<Digest, Refused>();
  /** Those that no tasks are taken of any more, until nothing of them is in hand. */
  readonly #ending = new Set<readonly [Digest, Entry]>();
  readonly #closing = new Set<Promise<void>>();
  /** Aborted when this host ends: what does not come from a store is not waited for. */
  readonly #ended = new AbortController();

  constructor(context: TrainingsContext) {
    this.#context = context;
  }

  /**
   * Does something with a training, which is there when it is needed.
   * @throws {@link Returned} when its memory is taken by others; ERR_TASK, ERR_ARITHMETIC, ERR_MODULE, ERR_MEMORY, ERR_EXECUTOR,
   * ERR_ENGINE_MISSING when it cannot be trained here; ERR_BLOB, ERR_STORE when it cannot be fetched.
   */
  async use<Value>(
    digest: Digest,
    store: BlobStore,
    signal: AbortSignal,
    work: (training: HostedTraining) => Promise<Value>,
  ): Promise<Value> {
    const entry = this.#entryOf(digest, store);
    entry.users++;
    clearTimeout(entry.idle);
    try {
      return await work(await unlessAborted(entry.opening, signal));
    } finally {
      if (--entry.users === 0 && this.#entries.get(digest) === entry)
        entry.idle = setTimeout(() => void this.#letGo(digest, entry), IDLE_MS).unref();
    }
  }

  /** Ends what is in hand of a training, or of all (null); tasks of it that come later begin anew. */
  async end(digest: Digest | null, ending: Ending): Promise<void> {
    // One that was paused may still be stopped.
    const concerned = [...this.#entries, ...this.#ending].filter(
      ([own]) => digest === null || own === digest,
    );
    for (const [own, entry] of concerned) void this.#letGo(own, entry);
    await Promise.all(
      concerned.map(async ([, { opening }]) => (await opening.catch(() => null))?.end(ending)),
    );
  }

  /** Resolves when nothing is in hand and all memory is given back. */
  async close(): Promise<void> {
    this.#ended.abort(new Returned('drained'));
    for (const [digest, entry] of this.#entries) void this.#letGo(digest, entry);
    await Promise.all(this.#closing);
  }

  #entryOf(digest: Digest, store: BlobStore): Entry {
    const known = this.#entries.get(digest);
    if (known !== undefined) return known;
    const opening = this.#open(digest, store);
    const entry: Entry = { opening, isOpen: false, users: 0, idle: undefined };
    this.#entries.set(digest, entry);
    opening.then(
      () => {
        entry.isOpen = true;
      },
      () => {
        if (this.#entries.get(digest) === entry) this.#entries.delete(digest);
      },
    );
    return entry;
  }

  /** Gives a training's memory back when nothing of it is in hand; once is enough. Resolves when that is done. */
  async #letGo(digest: Digest, entry: Entry): Promise<void> {
    clearTimeout(entry.idle);
    if (this.#entries.get(digest) !== entry) return;
    this.#entries.delete(digest);
    const ending = [digest, entry] as const;
    this.#ending.add(ending);
    const close = async () => {
      const training = await entry.opening.catch(() => null);
      await training?.close();
      this.#ending.delete(ending);
      if (training !== null) this.#context.tell({ kind: 'closed', training: digest });
    };
    const closing = close();
    this.#closing.add(closing);
    await closing.finally(() => this.#closing.delete(closing));
  }

  async #open(digest: Digest, store: BlobStore): Promise<HostedTraining> {
    const refused = this.#refused.get(digest);
    if (refused !== undefined && performance.now() < refused.untilMs) throw refused.error;
    try {
      const training = await this.#fetch(digest, store);
      this.#refused.delete(digest);
      return training;
    } catch (error) {
      if (!(error instanceof TuttiError) || error.code === 'ERR_STORE') throw error;
      const waitMs = Math.min(MOST_REFUSED_MS, 2 * (refused?.waitMs ?? LEAST_REFUSED_MS / 2));
      if (this.#refused.size >= MOST_REFUSED) this.#refused.clear();
      this.#refused.set(digest, { error, waitMs, untilMs: performance.now() + waitMs });
      throw error;
    }
  }

  async #fetch(digest: Digest, store: BlobStore): Promise<HostedTraining> {
    const { host, runner, modules, tell } = this.#context;
    const { signal } = this.#ended;
    const shared = await trainingFrom(await getBytes(store, digest, { signal }), host);
    const planned = await planFrom(await getBytes(store, shared.plan, { signal }));
    // Before a dataset is fetched for it.
    requireArithmetic(planned.arithmetic, host);
    const dataset = await datasetFrom(await getBytes(store, shared.dataset, { signal }));
    requireHash(shared, dataset.hash);
    requirePlanFits(planned, dataset);
    const plan = await modules.locate(planned, store, runner.isolate ?? null, signal);
    const training = await this.#lay(() =>
      HostedTraining.open(runner, { plan, dataset, reseeds: shared.reseeds }),
    );
    const { slots, fewerThreads } = training.prepared;
    const size = { members: plan.members.length, rows: dataset.rows, features: dataset.features };
    tell({ kind: 'opened', training: digest, ...size, slots, fewerThreads });
    return training;
  }

  /** Lays a training out, in the memory of others that nothing is in hand of where there is no other. */
  async #lay(open: () => Promise<HostedTraining>): Promise<HostedTraining> {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof TuttiError) || error.code !== 'ERR_MEMORY') throw error;
      // Not one that is being opened, such as this one whose tasks were given up meanwhile: it would be waited for in vain.
      const idle = [...this.#entries].filter(([, { users, isOpen }]) => users === 0 && isOpen);
      if (idle.length > 0) {
        await Promise.all(idle.map(([digest, entry]) => this.#letGo(digest, entry)));
        return await open();
      }
      // The one that is being opened is among them.
      if (this.#entries.size + this.#ending.size > 1) throw new Returned('busy');
      throw error;
    }
  }
}

function requireHash({ datasetHash }: SharedTraining, hash: string): void {
  if (hash === datasetHash) return;
  const message = `Expected the dataset of the training to have the hash ${datasetHash}, got ${hash}`;
  throw new TuttiError('ERR_TASK', message, { hash, expected: datasetHash });
}
