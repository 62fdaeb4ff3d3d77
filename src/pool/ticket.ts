// Who has a task: the thread that it was sent to, or nobody any more. A module of a user's may leave something behind that
// keeps its thread busy for ever, a loop in a timer say; what is sent there is given to another thread in the end, and
// must not be begun by the first should it come back.

/** Of one task; shared with the thread that it is sent to. */
export type Ticket = Int32Array<SharedArrayBuffer>;

const OPEN = 0;
const TAKEN = 1;
const WITHDRAWN = 2;

export function makeTicket(): Ticket {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** By the thread, before it begins; whether it may. */
export function take(ticket: Ticket): boolean {
  return Atomics.compareExchange(ticket, 0, OPEN, TAKEN) === OPEN;
}

/** By a thread that will not answer the task after all: another may begin it. */
export function giveBack(ticket: Ticket): void {
  Atomics.compareExchange(ticket, 0, TAKEN, OPEN);
}

/** By whoever sent it; whether no thread has begun it, nor ever will. */
export function withdraw(ticket: Ticket): boolean {
  return Atomics.compareExchange(ticket, 0, OPEN, WITHDRAWN) === OPEN;
}

export function isTaken(ticket: Ticket): boolean {
  return Atomics.load(ticket, 0) === TAKEN;
}
