// What a coordinator has in a queue: tasks are added in batches, told of what becomes of them, and looked after, since
// events may be missed and a queue may forget: those that it does not know any more are added again. It understands
// nothing of what tasks ask.

import { settledWithin } from '../../long-calls.js';
import type { ConnectionEvents, QueuedTask, TaskEvents, TaskSender, TaskState } from '../queue/task-queue.js';

/** Who asked for a task. Everything may be told more than once. */
export interface Asker {
  /** A host has taken it up. */
  taken(): void;
  /** How far it is, in a host's words. */
  progress(text: string): void;
  done(result: string): void;
  /** @param lost so many hosts were lost with it that it is delivered no more. */
  failed(reason: string, lost: boolean): void;
}

export interface BoardTimes {
  /** How often some tasks are looked after, ms. */
  readonly lookMs: number;
  /** How many of them at most: a queue serves others meanwhile. */
  readonly lookAtOnce: number;
}

/**
 * A queue that was started again without its data says nothing of it: after so many seconds the first of its tasks are
 * there again.
 */
const TIMES: BoardTimes = { lookMs: 3000, lookAtOnce: 500 };

/** How long a queue may take to be told what is to go: it is cleaned up by age too. */
const CLOSE_MS = 3000;

/** So many tasks go in one call, some hundred kilobytes. */
const BATCH = 200;

interface Entry {
  task: QueuedTask;
  readonly first: boolean;
  readonly askers: Set<Asker>;
  /** Whether the queue has it, as far as is known; before that whatever is told is of a task of before. */
  added: boolean;
  /** When it was last heard of. */
  heardMs: number;
}

export class TaskBoard {
  readonly #events: ConnectionEvents;
  readonly #times: BoardTimes;
  readonly #entries = new Map<string, Entry>();
  readonly #toAdd = new Map<string, Entry>();
  readonly #toRemove = new Set<string>();
  /** Those that were added and never looked after. */
  readonly #fresh = new Set<Entry>();
  #sender!: TaskSender;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | null = null;
  #looking = false;
  #away = false;
  /** Where looking after tasks goes on. */
  #cursor: Iterator<Entry> | null = null;
  #closed = false;

  /** @param connect makes the sender, which tells these events. */
  static async open(
    connect: (events: TaskEvents) => Promise<TaskSender>,
    events: ConnectionEvents,
    times: Partial<BoardTimes> = {},
  ): Promise<TaskBoard> {
    const board = new TaskBoard(events, { ...TIMES, ...times });
    board.#sender = await connect(board.#heard());
    return board;
  }

  private constructor(events: ConnectionEvents, times: BoardTimes) {
    this.#events = events;
    this.#times = times;
  }

  /** How many hosts are connected. @throws ERR_QUEUE */
  receivers(): Promise<number> {
    return this.#sender.receivers();
  }

  /** Tells all hosts something; those that are not connected miss it, and so do all while there is no connection. */
  tell(message: string): void {
    // It would be told when it is there again, and may be wrong by then: what was paused goes on.
    if (this.#away) return;
    this.#sender.tell(message).catch(() => undefined);
  }

  /**
   * Asks for a task; whoever asks for one that is asked for already is told of the same.
   * @param first before those that wait.
   */
  ask(task: QueuedTask, asker: Asker, first: boolean): void {
    const known = this.#entries.get(task.id);
    if (known !== undefined) {
      known.askers.add(asker);
      if (known.added) this.#check([known]);
      return;
    }
    const entry: Entry = { task, first, askers: new Set([asker]), added: false, heardMs: 0 };
    this.#entries.set(task.id, entry);
    this.#toAdd.set(task.id, entry);
    this.#startTimer();
    this.#flushSoon();
  }

  /** Whoever asked is told no more. @param remove whether the queue may forget the task, unless somebody else asks for it. */
  drop(id: string, asker: Asker, remove: boolean): void {
    const entry = this.#entries.get(id);
    if (entry?.askers.delete(asker) && entry.askers.size === 0) {
      this.#entries.delete(id);
      this.#toAdd.delete(id);
    }
    if (remove) this.remove([id]);
  }

  /** Takes tasks out of the queue that nobody asks for, finished ones too. */
  remove(ids: readonly string[]): void {
    for (const id of ids) if (!this.#entries.has(id)) this.#toRemove.add(id);
    if (this.#toRemove.size > 0) this.#flushSoon();
  }

  /** Resolves when the queue has what was asked for until now, or cannot be reached. */
  async flushed(): Promise<void> {
    this.#flushSoon();
    await this.#flushing;
  }

  /** Lets go of the queue, once it has heard what is to go, or does not answer. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await settledWithin(CLOSE_MS, this.flushed());
    this.#closed = true;
    await this.#sender.close();
  }

  #heard(): TaskEvents {
    const of = (id: string) => {
      const entry = this.#entries.get(id);
      if (entry === undefined || !entry.added) return null;
      entry.heardMs = performance.now();
      return entry;
    };
    return {
      taken: (id) => this.#tellAll(of(id), (asker) => asker.taken()),
      progress: (id, text) => this.#tellAll(of(id), (asker) => asker.progress(text)),
      done: (id, result) => this.#tellAll(of(id), (asker) => asker.done(result)),
      // It may be of a task of the same name that was removed since.
      failed: (id) => {
        const entry = of(id);
        if (entry !== null) this.#check([entry]);
      },
      disconnected: (problem) => {
        this.#away = true;
        this.#events.disconnected(problem);
      },
      reconnected: () => {
        this.#away = false;
        this.#events.reconnected();
        this.#check([...this.#entries.values()]);
      },
    };
  }

  #tellAll(entry: Entry | null, tell: (asker: Asker) => void): void {
    for (const asker of [...(entry?.askers ?? [])]) tell(asker);
  }

  #startTimer(): void {
    this.#timer ??= setInterval(() => this.#look(), this.#times.lookMs);
  }

  /** Looks after some tasks that were not heard of lately, the next time after others. */
  #look(): void {
    if (this.#entries.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#cursor = null;
      return;
    }
    if (this.#toAdd.size + this.#toRemove.size > 0) this.#flushSoon();
    if (this.#looking) return;
    const since = performance.now() - this.#times.lookMs;
    const due = [...this.#fresh].filter(({ heardMs }) => heardMs === 0);
    this.#fresh.clear();
    for (let seen = 0; seen < this.#entries.size && due.length < this.#times.lookAtOnce; seen++) {
      this.#cursor ??= this.#entries.values();
      const { value, done } = this.#cursor.next();
      if (done === true) this.#cursor = null;
      else if (value.added && value.heardMs < since) due.push(value);
    }
    if (due.length === 0) return;
    this.#looking = true;
    void this.#checkNow(due).finally(() => {
      this.#looking = false;
    });
  }

  #check(entries: readonly Entry[]): void {
    void this.#checkNow(entries);
  }

  async #checkNow(entries: readonly Entry[]): Promise<void> {
    for (let start = 0; start < entries.length; start += BATCH) {
      const some = entries.slice(start, start + BATCH).filter((entry) => this.#isThere(entry));
      // Of a queue that cannot be reached it is asked again.
      const states = await this.#sender.states(some.map(({ task }) => task.id)).catch(() => []);
      for (const [at, state] of states.entries()) if (this.#isThere(some[at]!)) this.#take(some[at]!, state);
    }
  }

  /** Whether it is still asked for, and the queue had it. */
  #isThere(entry: Entry): boolean {
    return entry.added && this.#entries.get(entry.task.id) === entry;
  }

  #take(entry: Entry, state: TaskState): void {
    switch (state.status) {
      case 'unknown':
        entry.added = false;
        this.#toAdd.set(entry.task.id, entry);
        this.#flushSoon();
        return;
      case 'waiting':
        this.#readdress(entry, state.body);
        return;
      case 'taken': {
        const { progress } = state;
        this.#readdress(entry, state.body);
        if (progress !== null) this.#tellAll(entry, (asker) => asker.progress(progress));
        return;
      }
      case 'done':
        this.#tellAll(entry, (asker) => asker.done(state.result));
        return;
      case 'failed':
        this.#tellAll(entry, (asker) => asker.failed(state.reason, state.lost));
        return;
      default:
        state satisfies never;
    }
  }

  /** It was there before it was asked for here, and says where things lay then: whoever takes it up next needs to know. */
  #readdress({ task }: Entry, body: string): void {
    // What could not be said is said again with the next look.
    if (body !== task.body) this.#sender.update(task).catch(() => undefined);
  }

  /** In the order in which it was asked: what is to go goes before the same comes again. */
  #flushSoon(): void {
    if (this.#closed) return;
    this.#flushing ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#flush())
      // What could not be said is said again with the next look.
      .catch(() => undefined)
      .finally(() => {
        this.#flushing = null;
      });
  }

  async #flush(): Promise<void> {
    while (this.#toRemove.size + this.#toAdd.size > 0) {
      const gone = [...this.#toRemove].slice(0, BATCH);
      if (gone.length > 0) {
        await this.#sender.remove(gone);
        for (const id of gone) this.#toRemove.delete(id);
        continue;
      }
      const waiting = [...this.#toAdd.values()];
      const { first } = waiting[0]!;
      const batch = waiting.filter((entry) => entry.first === first).slice(0, BATCH);
      await this.#sender.add(
        batch.map(({ task }) => task),
        first,
      );
      for (const entry of batch) {
        if (this.#toAdd.get(entry.task.id) !== entry) continue;
        this.#toAdd.delete(entry.task.id);
        entry.added = true;
      }
      // They may have been there, done, since before this coordinator began.
      for (const entry of batch) this.#fresh.add(entry);
    }
  }
}
