// Which hosts a training has heard of, and what they have in hand, as far as is known here.

import type { HostProgress } from '../../training/session/progress.js';

interface Counts {
  running: number;
  done: number;
}

export class HostTable {
  readonly #hosts = new Map<string, Counts>();
  readonly #hostOf = new Map<object, string>();

  /** A host has a task in hand. @returns whether it is new here. */
  has(task: object, host: string): boolean {
    const before = this.#hostOf.get(task);
    if (before === host) return false;
    this.left(task);
    this.#hostOf.set(task, host);
    const isNew = !this.#hosts.has(host);
    this.#of(host).running++;
    return isNew;
  }

  /** A host has done a task, which it may never have said that it had. */
  did(task: object, host: string): void {
    this.left(task);
    this.#of(host).done++;
  }

  /** Nobody has a task in hand any more. */
  left(task: object): void {
    const host = this.#hostOf.get(task);
    if (host === undefined) return;
    this.#hostOf.delete(task);
    this.#of(host).running--;
  }

  /** By their names. */
  list(): readonly HostProgress[] {
    return [...this.#hosts]
      .map(([name, counts]) => ({ name, ...counts }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #of(host: string): Counts {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const counts = { running: 0, done: 0 };
    this.#hosts.set(host, counts);
    return counts;
  }
}
