// Adds records to a journal. Nobody waits: records are written in the order in which they are given, and those that come
// while a disk is busy go together with the next sync, after which they count.

import type { FileHandle } from 'node:fs/promises';
import { writeAll } from '../files/atomic-file.js';
import { recordStart } from './journal-format.js';

export class JournalWriter {
  readonly #file: FileHandle;
  readonly #onLost: (error: unknown) => void;
  #link: Uint8Array;
  /** Given and not yet written. */
  #pending: Uint8Array[] = [];
  #writing: Promise<void> | null = null;
  #lost: { readonly error: unknown } | null = null;

  /**
   * @param file at the journal's end, which is whole.
   * @param link the checksum of its last record.
   * @param onLost called once, when the disk refuses: nothing is added any more.
   */
  constructor(file: FileHandle, link: Uint8Array, onLost: (error: unknown) => void) {
    this.#file = file;
    this.#link = link;
    this.#onLost = onLost;
  }

  /** @param binaries what follows the metadata; nobody changes them any more. */
  add(metadata: Uint8Array, binaries: readonly Uint8Array[] = []): void {
    if (this.#lost !== null) return;
    const { start, link } = recordStart(this.#link, metadata, binaries);
    this.#link = link;
    this.#pending.push(start, ...binaries);
    this.#writing ??= this.#write();
  }

  /** What the disk said, when it refused. */
  get lost(): { readonly error: unknown } | null {
    return this.#lost;
  }

  /** Resolves when all that was added counts, or is lost. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#file.close();
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const batch = this.#pending;
        this.#pending = [];
        for (const bytes of batch) await writeAll(this.#file, bytes);
        await this.#file.datasync();
      }
    } catch (error) {
      this.#lost = { error };
      this.#pending = [];
      this.#onLost(error);
    } finally {
      this.#writing = null;
    }
  }
}
