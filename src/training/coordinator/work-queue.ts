// The tasks of a training, taken by as many lanes as there are slots. Tasks may bring about others, so a lane
// that finds the queue empty waits until every running task has ended: the coordinator waits, no thread does.

/** Work for one slot. */
export type Task = (slot: number) => Promise<void>;

/** Whether a lane takes all tasks, those alone that others brought about, or none. */
export type LaneMode = 'go' | 'finish' | 'stop';

export class WorkQueue {
  readonly #tasks: Task[];
  /** Tasks added by other tasks; they come first, so that what has begun is finished before more begins. */
  readonly #followUps: Task[] = [];
  #next = 0;
  #running = 0;
  #waiting: (() => void)[] = [];

  constructor(tasks: readonly Task[]) {
    this.#tasks = [...tasks];
  }

  /** Adds work that a running task brought about. */
  add(task: Task): void {
    this.#followUps.push(task);
    this.#wake();
  }

  /** Runs tasks on `slot` one after the other until none is left or to come, or `mode` says so. */
  async run(slot: number, mode: (slot: number) => LaneMode): Promise<void> {
    for (;;) {
      const now = mode(slot);
      if (now === 'stop') return;
      const task = this.#take(now);
      if (task !== undefined) {
        this.#running++;
        try {
          await task(slot);
        } finally {
          this.#running--;
          this.#wake();
        }
      } else if (this.#running > 0) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      } else return;
    }
  }

  #take(mode: LaneMode): Task | undefined {
    if (this.#followUps.length > 0) return this.#followUps.shift();
    if (mode === 'finish') return undefined;
    return this.#next < this.#tasks.length ? this.#tasks[this.#next++] : undefined;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
