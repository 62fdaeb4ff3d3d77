// A queue of tasks in memory, with both its ends, for tests of what stands at them. It does at once and on demand what a
// server does by itself and late: hosts are lost, tasks come twice, connections break, everything is wiped.

import { setImmediate as turn } from 'node:timers/promises';
import type {
  Delivery,
  Handled,
  QueuedTask,
  ReceiverEvents,
  TaskEvents,
  TaskReceiver,
  TaskSender,
  TaskState,
} from '../../src/cluster/queue/task-queue.js';

/** One task in one receiver's hands. */
interface Hold {
  readonly receiver: Receiver;
  readonly controller: AbortController;
}

interface Kept {
  task: QueuedTask;
  state: 'waiting' | 'taken' | 'done' | 'failed';
  progress: string | null;
  /** Result or reason. */
  text: string;
  lost: boolean;
  losses: number;
  /** More than one only where the task was delivered twice on demand. */
  readonly holds: Set<Hold>;
}

interface Receiver {
  readonly events: Partial<ReceiverEvents>;
  handle: ((delivery: Delivery) => Promise<Handled>) | null;
  free: number;
  inHand: number;
  /** Tasks that it gave back and may not have yet. */
  readonly returned: Set<string>;
  /** Of `drain`. */
  whenEmpty: (() => void)[];
}

export interface MemoryQueue {
  sender(events?: Partial<TaskEvents>): TaskSender;
  receiver(events?: Partial<ReceiverEvents>): TaskReceiver;
  /** The hosts that have a task are taken for lost: it is delivered again, or fails for good. */
  lose(id: string): void;
  /** Delivers a task that is taken once more, to a receiver with a free hand; both go on, and the first end counts. */
  deliverAgain(id: string): void;
  /** Forgets all tasks, as a server does that was started again without its data; those in hands are lost. */
  wipe(): void;
  /** No event comes and no call resolves until {@link reconnect}; receivers keep what they have. */
  disconnect(problem?: string): void;
  reconnect(): void;
  /** Ids of the tasks that are there, in the order in which they were added. */
  ids(): string[];
  /** How many tasks were added, each once. */
  readonly added: number;
  /** Bodies that were ever delivered, with their ids, in order. */
  readonly deliveries: readonly { readonly id: string; readonly body: string }[];
}

/** @param maxLosses losses of a host after which a task fails for good. @default 3 */
export function createMemoryQueue({ maxLosses = 3 } = {}): MemoryQueue {
  const tasks = new Map<string, Kept>();
  let waiting: string[] = [];
  const senders = new Set<Partial<TaskEvents>>();
  const receivers = new Set<Receiver>();
  const deliveries: { id: string; body: string }[] = [];
  let added = 0;
  let whenConnected: PromiseWithResolversOf<void> | null = null;

  /** As a call of a server: not at once, and not while there is no connection. */
  async function reach(): Promise<void> {
    await turn();
    while (whenConnected !== null) await whenConnected.promise;
  }

  /** Events are told later than what they tell of, and those of a broken connection never. */
  function tellSenders(tell: (events: Partial<TaskEvents>) => void): void {
    if (whenConnected !== null) return;
    setImmediate(() => {
      if (whenConnected === null) for (const events of senders) tell(events);
    });
  }

  function dispatch(): void {
    if (whenConnected !== null) return;
    for (const id of [...waiting]) {
      const receiver = idlest(id);
      if (receiver === null) continue;
      waiting = waiting.filter((other) => other !== id);
      hand(tasks.get(id)!, receiver);
    }
  }

  /** Of the receivers with a free hand the one with the most, so that several share the tasks. */
  function idlest(id: string): Receiver | null {
    let best: Receiver | null = null;
    for (const receiver of receivers) {
      const mayHave = receiver.handle !== null && !receiver.returned.has(id);
      if (mayHave && receiver.free > (best?.free ?? 0)) best = receiver;
    }
    return best;
  }

  function hand(kept: Kept, receiver: Receiver): void {
    const { id, body } = kept.task;
    const hold: Hold = { receiver, controller: new AbortController() };
    kept.state = 'taken';
    kept.holds.add(hold);
    receiver.free -= 1;
    receiver.inHand += 1;
    deliveries.push({ id, body });
    tellSenders((events) => events.taken?.(id));
    const { signal } = hold.controller;
    const report = async (progress: string) => {
      await reach();
      if (!kept.holds.has(hold)) return;
      kept.progress = progress;
      tellSenders((events) => events.progress?.(id, progress));
    };
    const delivery: Delivery = { id, body, progress: kept.progress, signal, report };
    setImmediate(async () => {
      const handled = await receiver.handle!(delivery);
      await reach();
      end(kept, hold, handled);
      const { restMs = 0 } = handled.as === 'returned' ? handled : {};
      letGo(receiver, restMs);
      dispatch();
    });
  }

  function letGo(receiver: Receiver, restMs = 0): void {
    receiver.inHand -= 1;
    if (restMs === 0) receiver.free += 1;
    else {
      const wake = () => {
        receiver.free += 1;
        dispatch();
      };
      setTimeout(wake, restMs).unref();
    }
    if (receiver.inHand === 0) for (const resolve of receiver.whenEmpty.splice(0)) resolve();
  }

  /** Nothing, where the host does not have the task any more. */
  function end(kept: Kept, hold: Hold, handled: Handled): void {
    if (!kept.holds.delete(hold)) return;
    if (handled.as === 'returned') {
      if (kept.holds.size === 0) takeBack(kept, hold.receiver, handled.delayMs);
      return;
    }
    takeAway(kept);
    if (handled.as === 'done') finish(kept, handled.result);
    else fail(kept, handled.reason, false);
  }

  function finish(kept: Kept, result: string): void {
    kept.state = 'done';
    kept.text = result;
    tellSenders((events) => events.done?.(kept.task.id, result));
  }

  function fail(kept: Kept, reason: string, lost: boolean): void {
    kept.state = 'failed';
    kept.text = reason;
    kept.lost = lost;
    tellSenders((events) => events.failed?.(kept.task.id, reason, lost));
  }

  function takeBack(kept: Kept, from: Receiver, delayMs: number): void {
    const { id } = kept.task;
    kept.state = 'waiting';
    waiting.push(id);
    from.returned.add(id);
    const again = () => {
      from.returned.delete(id);
      dispatch();
    };
    setTimeout(again, delayMs).unref();
  }

  /** Whoever has it is told that he has it no longer. */
  function takeAway(kept: Kept): void {
    const holds = [...kept.holds];
    kept.holds.clear();
    for (const { controller } of holds) controller.abort();
  }

  function giveBack(kept: Kept): void {
    kept.state = 'waiting';
    waiting.unshift(kept.task.id);
    dispatch();
  }

  function remove(id: string): void {
    const kept = tasks.get(id);
    if (kept === undefined) return;
    tasks.delete(id);
    waiting = waiting.filter((other) => other !== id);
    takeAway(kept);
  }

  function add(task: QueuedTask, first: boolean): void {
    if (tasks.has(task.id)) return;
    added += 1;
    const nothing = { progress: null, text: '', lost: false, losses: 0, holds: new Set<Hold>() };
    tasks.set(task.id, { task, state: 'waiting', ...nothing });
    if (first) waiting.unshift(task.id);
    else waiting.push(task.id);
  }

  function stateOf(id: string): TaskState {
    const kept = tasks.get(id);
    if (kept === undefined) return { status: 'unknown' };
    if (kept.state === 'taken') return { status: 'taken', body: kept.task.body, progress: kept.progress };
    if (kept.state === 'done') return { status: 'done', result: kept.text };
    if (kept.state === 'failed') return { status: 'failed', lost: kept.lost, reason: kept.text };
    return { status: 'waiting', body: kept.task.body };
  }

  function sender(events: Partial<TaskEvents> = {}): TaskSender {
    senders.add(events);
    return {
      async add(those, first = false) {
        await reach();
        for (const task of first ? [...those].reverse() : those) add(task, first);
        dispatch();
      },
      async update(task) {
        await reach();
        const kept = tasks.get(task.id);
        if (kept !== undefined) kept.task = task;
      },
      async states(ids) {
        await reach();
        return ids.map(stateOf);
      },
      async remove(ids) {
        await reach();
        for (const id of ids) remove(id);
      },
      async tell(message) {
        await reach();
        for (const { events: theirs } of receivers) setImmediate(() => theirs.told?.(message));
      },
      async receivers() {
        await reach();
        return receivers.size;
      },
      async close() {
        senders.delete(events);
      },
    };
  }

  function receiver(events: Partial<ReceiverEvents> = {}): TaskReceiver {
    const self: Receiver = { events, handle: null, free: 0, inHand: 0, returned: new Set(), whenEmpty: [] };
    receivers.add(self);
    return {
      start(concurrency, handle) {
        self.handle = handle;
        self.free = concurrency;
        setImmediate(dispatch);
      },
      async drain() {
        self.free = Number.NEGATIVE_INFINITY;
        if (self.inHand > 0) await new Promise<void>((resolve) => self.whenEmpty.push(resolve));
        receivers.delete(self);
      },
      async close() {
        self.free = Number.NEGATIVE_INFINITY;
        receivers.delete(self);
        for (const kept of tasks.values()) {
          const own = [...kept.holds].filter((hold) => hold.receiver === self);
          for (const hold of own) {
            kept.holds.delete(hold);
            hold.controller.abort();
          }
          if (own.length > 0 && kept.holds.size === 0) giveBack(kept);
        }
      },
    };
  }

  function lose(id: string): void {
    const kept = tasks.get(id)!;
    if (kept.state !== 'taken') return;
    takeAway(kept);
    kept.losses += 1;
    if (kept.losses > maxLosses) fail(kept, 'job stalled more than allowable limit', true);
    else giveBack(kept);
  }

  /** Of both ends, what connections are told about. */
  function everyone(): Partial<Pick<TaskEvents, 'disconnected' | 'reconnected'>>[] {
    return [...senders, ...[...receivers].map(({ events }) => events)];
  }

  return {
    sender,
    receiver,
    lose,
    deliverAgain(id) {
      const kept = tasks.get(id)!;
      const other = idlest(id);
      if (kept.state !== 'taken' || other === null)
        throw new Error(`Nobody has ${id}, or nobody else can take it`);
      hand(kept, other);
    },
    wipe() {
      for (const id of [...tasks.keys()]) remove(id);
    },
    disconnect(problem = 'connect ECONNREFUSED') {
      whenConnected ??= withResolvers();
      for (const events of everyone()) events.disconnected?.(problem);
    },
    reconnect() {
      whenConnected?.resolve();
      whenConnected = null;
      for (const events of everyone()) events.reconnected?.();
      dispatch();
    },
    ids: () => [...tasks.keys()],
    get added() {
      return added;
    },
    deliveries,
  };
}

interface PromiseWithResolversOf<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function withResolvers(): PromiseWithResolversOf<void> {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
