// The clock of a simulation: what happens next, in order of time, and of asking where times are the same, so that a simulation
// gives the same figures wherever it is run. Stations serve one after the other whoever comes to them.

interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

export class EventList {
  readonly #heap: Event[] = [];
  #asked = 0;
  #now = 0;

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  after(delayMs: number, happen: () => void): void {
    const event = { at: this.#now + delayMs, order: this.#asked++, happen };
    const heap = this.#heap;
    let place = heap.push(event) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(event, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = event;
  }

  /** Lets everything happen until nothing is left, or `isOver`. */
  run(isOver: () => boolean): void {
    while (this.#heap.length > 0 && !isOver()) {
      const { at, happen } = this.#pop();
      this.#now = at;
      happen();
    }
  }

  #pop(): Event {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, last)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** What everybody has to pass, first come first served: a server's processor, a network link. */
export class Station {
  readonly #events: EventList;
  readonly #freeAt: number[];
  #busyMs = 0;
  #longestWaitMs = 0;

  /** @param servers how many it can serve at once. */
  constructor(events: EventList, servers = 1) {
    this.#events = events;
    this.#freeAt = new Array<number>(servers).fill(0);
  }

  /**
   * @param then happens when it is served and back; null: nobody waits.
   * @param travelMs to the station and back, each; the same for all, so that they come in the order of asking.
   */
  serve(serviceMs: number, then: (() => void) | null, travelMs = 0): void {
    const arrival = this.#events.now + travelMs;
    const free = this.#freeAt;
    let next = 0;
    for (let at = 1; at < free.length; at++) if (free[at]! < free[next]!) next = at;
    const waitMs = Math.max(0, free[next]! - arrival);
    free[next] = arrival + waitMs + serviceMs;
    this.#busyMs += serviceMs;
    this.#longestWaitMs = Math.max(this.#longestWaitMs, waitMs);
    if (then !== null) this.#events.after(waitMs + serviceMs + 2 * travelMs, then);
  }

  /** Share of the time since the beginning that it was busy. */
  get busyShare(): number {
    return Math.min(1, this.#busyMs / (this.#freeAt.length * this.#events.now));
  }

  get longestWaitMs(): number {
    return this.#longestWaitMs;
  }
}
