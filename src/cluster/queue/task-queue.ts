// A queue of tasks as both of its ends see it: it carries small texts that it does not understand, each at least once, and
// tells what became of them. Delivery, locks and their renewal, and the recovery of tasks whose host is gone are its
// business; what is signed, trained and tried again is not.

/** A task on its way. */
export interface QueuedTask {
  /** Hash of what is asked, hexadecimal: a task that is there is not added again. */
  readonly id: string;
  /** Digest of what it belongs to, which the queue shows as the name of its job. */
  readonly training: string;
  /** What is asked, as signed text; under 4 KB. */
  readonly body: string;
}

export type TaskState =
  | { readonly status: 'unknown' }
  /** `body`: as it is there, since where things lie may have been another place when it was added. */
  | { readonly status: 'waiting'; readonly body: string }
  /** A host has it, or had it and is not yet known to be gone. */
  | { readonly status: 'taken'; readonly body: string; readonly progress: string | null }
  | { readonly status: 'done'; readonly result: string }
  /** `lost`: so many hosts were lost with it that it is not delivered any more; otherwise a host's own words. */
  | { readonly status: 'failed'; readonly lost: boolean; readonly reason: string };

/** What either end is told of its connection. */
export interface ConnectionEvents {
  /** It is lost; it is tried again for ever. */
  disconnected(problem: string): void;
  /** It is there again: what happened meanwhile was not told. */
  reconnected(): void;
}

/** What a sender is told; events may come twice, and may be missed while there is no connection (then `reconnected`). */
export interface TaskEvents extends ConnectionEvents {
  /** A host has taken it up, the first one or another after it. */
  taken(id: string): void;
  progress(id: string, progress: string): void;
  done(id: string, result: string): void;
  failed(id: string, reason: string, lost: boolean): void;
}

/** The end that asks. Calls wait for a connection that is lost, and reject with ERR_QUEUE once they are closed. */
export interface TaskSender {
  /** Adds tasks that are not there yet. @param first before those that wait. */
  add(tasks: readonly QueuedTask[], first?: boolean): Promise<void>;
  /** Replaces what a task that is there asks, in the same words but for where things lie. */
  update(task: QueuedTask): Promise<void>;
  /** What has become of tasks, in their order. */
  states(ids: readonly string[]): Promise<readonly TaskState[]>;
  /** Takes tasks out of the queue: those that wait are not delivered, a host that has one is told, or finds out as it renews its lock. */
  remove(ids: readonly string[]): Promise<void>;
  /** Tells all receivers something, at most once, those that are connected. */
  tell(message: string): Promise<void>;
  /** How many receivers are connected. */
  receivers(): Promise<number>;
  close(): Promise<void>;
}

/** A task in a receiver's hands. */
export interface Delivery {
  readonly id: string;
  readonly body: string;
  /** What was reported when another host had it before; null for nothing. */
  readonly progress: string | null;
  /** Aborted when this host does not have it any more: its lock is lost, or the task was removed. */
  readonly signal: AbortSignal;
  /** Kept with the task, in place of what was reported before. */
  report(progress: string): Promise<void>;
}

/** What a receiver makes of a delivery. */
export type Handled =
  | { readonly as: 'done'; readonly result: string }
  /** The task fails with these words. */
  | { readonly as: 'failed'; readonly reason: string }
  /**
   * Not for this host, or not now: others may have it at once, after what waits, and this one again after `delayMs`. With `restMs`
   * this host takes one task less for as long: one that refuses tasks sooner than others do them would have them all the time.
   */
  | { readonly as: 'returned'; readonly delayMs: number; readonly restMs?: number };

/** The end that does. */
export interface TaskReceiver {
  /** Takes up to `concurrency` tasks at once from now on; `handle` does not reject. */
  start(concurrency: number, handle: (delivery: Delivery) => Promise<Handled>): void;
  /** Takes no more tasks, and resolves when none is in hand. */
  drain(): Promise<void>;
  /** Tasks in hand are given up: another host will have them. */
  close(): Promise<void>;
}

export interface ReceiverEvents extends ConnectionEvents {
  /** What a sender tells all. */
  told(message: string): void;
}
