// What tests of queues share: what an end was told, a line each, and receivers whose tasks end when a test says so.

import type {
  Delivery,
  Handled,
  TaskEvents,
  TaskReceiver,
  TaskSender,
} from '../../../src/cluster/queue/task-queue.js';

export const task = (id: string) => ({ id, training: 'training', body: `body of ${id}` });

/** What a sender was told, a line each. */
export function written(): { lines: string[]; events: TaskEvents } {
  const lines: string[] = [];
  const events: TaskEvents = {
    taken: (id) => lines.push(`taken ${id}`),
    progress: (id, progress) => lines.push(`progress ${id} ${progress}`),
    done: (id, result) => lines.push(`done ${id} ${result}`),
    failed: (id, reason, lost) => lines.push(`failed ${id} ${reason} ${lost}`),
    disconnected: () => lines.push('disconnected'),
    reconnected: () => lines.push('reconnected'),
  };
  return { lines, events };
}

export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until a task is done. */
export async function isDone(sender: TaskSender, id: string): Promise<void> {
  await until(async () => (await sender.states([id]))[0]!.status === 'done');
}

export interface Hands {
  /** Deliveries, in their order. */
  readonly had: Delivery[];
  /** Ends the delivery of that number. */
  end(place: number, handled: Handled): void;
}

/** Begins to take tasks and holds them. */
export function hold(receiver: TaskReceiver, concurrency: number): Hands {
  const had: Delivery[] = [];
  const ends: ((handled: Handled) => void)[] = [];
  receiver.start(concurrency, (delivery) => {
    had.push(delivery);
    return new Promise((resolve) => ends.push(resolve));
  });
  return { had, end: (place, handled) => ends[place]!(handled) };
}
