// What a cluster tells of itself while it trains: nothing of it ends a training, and a user wants to know of it.

import type { ErrorCode } from '../../errors.js';

/** Something that befell a cluster; `message` is a line for people. */
export type ClusterEvent = { readonly message: string } & (
  | { readonly kind: 'disconnected' | 'reconnected' | 'warning' }
  /** No worker is connected: tasks wait for one. */
  | { readonly kind: 'noHosts' }
  /** A host has its first task in hand. */
  | { readonly kind: 'host'; readonly host: string }
  /** A host cannot take a task: it is of another version, say. It waits for another one. */
  | { readonly kind: 'refused'; readonly host: string; readonly code: ErrorCode }
  /** A store or a message is not as it should be; it is tried again. */
  | { readonly kind: 'trouble'; readonly code: ErrorCode }
  /** Members that were to be trained twice and were not, as there was no other host for it. */
  | { readonly kind: 'unverified'; readonly members: readonly number[] }
  /** Members that were trained twice, on different hosts, to the same bytes. */
  | { readonly kind: 'verified'; readonly members: readonly number[] }
);

/** Says what is new, and the same line no second time. */
export class ClusterEvents {
  readonly #listener: (event: ClusterEvent) => void;
  readonly #said = new Set<string>();

  constructor(listener: (event: ClusterEvent) => void = () => undefined) {
    this.#listener = listener;
  }

  say(event: ClusterEvent): void {
    this.#listener(event);
  }

  /** @param key what it is about, where messages differ in figures alone. */
  sayOnce(event: ClusterEvent, key: string = event.message): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#listener(event);
  }

  /** The next such line is news again. */
  forget(key: string): void {
    this.#said.delete(key);
  }
}
