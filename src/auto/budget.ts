// What a search may spend: a time, or a number of members. It says how many members there is room for, and when those in training
// are to deliver what they have, so that nothing that was computed is lost. Knows clocks and counts, and nothing of settings.

import { inBackground } from '../long-calls.js';

/** Of its time what is left for epochs to end, and for the last choice. */
const MARGIN_SHARE = 0.02;
const LEAST_MARGIN_MS = 300;
const MOST_MARGIN_SHARE = 0.2;
/** Members have tens of epochs: one of them ends within a share of what a member takes. */
const EPOCH_SHARE = 0.05;
/** The last choice is followed by one on each half of the rows, and by what is said of it. */
const LAST_CHOICES = 3;
/** Timers of more milliseconds ring at once. */
const LONGEST_TIMER_MS = 1e9;

export class Budget {
  readonly #started = performance.now();
  readonly #timeMs: number;
  readonly #mostMembers: number;
  readonly #threads: number;
  readonly #deliver = new AbortController();
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #members = 0;
  /** When members were last taken over, and milliseconds for each of them since the time before. */
  #taken = 0;
  #lastPace = 0;
  #choosingMs = 0;

  /** @param time in seconds, infinite for none. @param members infinite for any number. */
  constructor(time: number, members: number, threads: number) {
    this.#timeMs = 1000 * time;
    this.#mostMembers = members;
    this.#threads = threads;
    if (this.isTimed) this.#wait();
  }

  get isTimed(): boolean {
    return Number.isFinite(this.#timeMs);
  }

  get elapsedMs(): number {
    return performance.now() - this.#started;
  }

  /** Null where there is no time. */
  get leftMs(): number | null {
    return this.isTimed ? Math.max(0, this.#timeMs - this.elapsedMs) : null;
  }

  /** Members that were trained. */
  get members(): number {
    return this.#members;
  }

  get mostMembers(): number {
    return this.#mostMembers;
  }

  /** Aborted when members in training are to deliver what they have; null where there is no time. */
  get deliverEarly(): AbortSignal | null {
    return this.isTimed ? this.#deliver.signal : null;
  }

  /** Aborted when the time is over, whoever is in training. */
  get over(): AbortSignal | null {
    return this.isTimed ? this.#stop.signal : null;
  }

  /** What ends the search now; null for nothing. */
  get ending(): 'members' | 'time' | null {
    if (this.#members >= this.#mostMembers) return 'members';
    return this.#deliver.signal.aborted || this.leftMs === 0 ? 'time' : null;
  }

  /** Members that may still begin beside those underway: as many as there is time for, at the pace so far. */
  room(underway: number): number {
    const left = this.#mostMembers - this.#members - underway;
    if (!this.isTimed || this.#members === 0) return left;
    const elapsed = this.elapsedMs;
    const pace = (elapsed / this.#members + this.#lastPace) / 2;
    return Math.floor((this.#timeMs - this.#marginMs - elapsed) / pace) - underway;
  }

  /** So many members were taken over. */
  spend(members: number): void {
    this.#members += members;
    if (members === 0) return;
    const now = this.elapsedMs;
    this.#lastPace = (now - this.#taken) / members;
    this.#taken = now;
  }

  /** Chooses, and remembers how long that takes: members are to deliver by so much earlier. */
  choosing(choose: () => void): void {
    const began = performance.now();
    choose();
    this.#choosingMs = performance.now() - began;
    if (!this.isTimed) return;
    clearTimeout(this.#timer);
    this.#wait();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  get #marginMs(): number {
    const epoch = EPOCH_SHARE * this.#lastPace * this.#threads;
    const wanted =
      Math.max(LEAST_MARGIN_MS, MARGIN_SHARE * this.#timeMs, epoch) + LAST_CHOICES * this.#choosingMs;
    return Math.min(MOST_MARGIN_SHARE * this.#timeMs, wanted);
  }

  /** Looks at the clock, and again when the timer rings, which may be early: timers are short, and the margin may be less by then. */
  #wait(): void {
    const left = this.#timeMs - this.elapsedMs;
    if (left <= this.#marginMs) this.#deliver.abort();
    if (left <= 0) this.#stop.abort();
    if (left <= 0) return;
    const next = this.#deliver.signal.aborted ? left : Math.max(1, left - this.#marginMs);
    this.#timer = inBackground(setTimeout(() => this.#wait(), Math.min(LONGEST_TIMER_MS, Math.ceil(next))));
  }
}
