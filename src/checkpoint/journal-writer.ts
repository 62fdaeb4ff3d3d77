// Adds records to a journal. Nobody waits: records are written in their order as they are given, and then outlive the
// process; they outlive the machine with the next sync, which comes as often as costs a fiftieth of the time.

import type { FileHandle } from 'node:fs/promises';
import { syncFile, writeAll } from '../files/atomic-file.js';
import { packPlain } from '../files/plain-data.js';
import { recordStart } from './journal-format.js';
import type { JournalEntry } from './schema.js';

/** Between two syncs lies so many times as long as one took. */
const REST_SHARE = 50;
/** Records are written together up to this length, because a call of the system costs more than a copy. */
const JOINED_BYTES = 2 ** 20;

export class JournalWriter {
  readonly #file: FileHandle;
  readonly #onLost: (error: unknown) => void;
  #link: Uint8Array;
  /** Given and not yet written. */
  #pending: Uint8Array[] = [];
  #writing: Promise<void> | null = null;
  /** Written and not yet synced, and who waits for that. */
  #dirty = false;
  #afterSync: (() => void)[] = [];
  #syncing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #nextSyncMs = 0;
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

  /** Writes the header of a new journal. */
  begin(header: Uint8Array): void {
    this.#give([header]);
  }

  /** @param binaries what follows the entry; nobody changes them any more. */
  add(entry: JournalEntry, binaries: readonly Uint8Array[] = []): void {
    const { start, link } = recordStart(this.#link, packPlain(entry), binaries);
    this.#link = link;
    this.#give([start, ...binaries]);
  }

  /** Calls back when all that was added until now is synced; never, where it is lost. */
  afterSync(call: () => void): void {
    if (this.#writing === null && this.#syncing === null && !this.#dirty) call();
    else this.#afterSync.push(call);
  }

  /** What the disk said, when it refused. */
  get lost(): { readonly error: unknown } | null {
    return this.#lost;
  }

  /** Resolves when all that was added is synced, or lost; the sync does not wait. */
  async settled(): Promise<void> {
    while (this.#lost === null) {
      if (this.#writing !== null) await this.#writing;
      else if (this.#syncing !== null) await this.#syncing;
      else if (this.#dirty) await this.#sync();
      else return;
    }
  }

  async close(): Promise<void> {
    await this.settled();
    clearTimeout(this.#timer);
    await this.#file.close();
  }

  #give(bytes: readonly Uint8Array[]): void {
    if (this.#lost !== null) return;
    this.#pending.push(...bytes);
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const pieces = this.#pending;
        this.#pending = [];
        this.#dirty = true;
        for (const bytes of joined(pieces)) await writeAll(this.#file, bytes);
      }
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#writing = null;
    }
    this.#syncLater();
  }

  #syncLater(): void {
    if (this.#lost !== null) return;
    const left = this.#nextSyncMs - performance.now();
    this.#timer ??= setTimeout(() => void this.#sync(), Math.max(0, left)).unref();
  }

  async #sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#syncing ??= this.#syncNow();
    await this.#syncing;
  }

  async #syncNow(): Promise<void> {
    const started = performance.now();
    // What is being written now may be left out.
    const told = this.#writing === null ? this.#afterSync.splice(0) : [];
    this.#dirty = this.#writing !== null;
    try {
      await syncFile(this.#file, 'data');
      const now = performance.now();
      this.#nextSyncMs = now + REST_SHARE * (now - started);
      for (const call of told) call();
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#syncing = null;
    }
    if (this.#dirty || this.#afterSync.length > 0) this.#syncLater();
  }

  #lose(error: unknown): void {
    if (this.#lost !== null) return;
    this.#lost = { error };
    this.#pending = [];
    this.#onLost(error);
  }
}

/** The same bytes in fewer pieces: neighbours are joined as long as they are small. */
function joined(pieces: readonly Uint8Array[]): Uint8Array[] {
  const all: Uint8Array[][] = [];
  let room = 0;
  for (const piece of pieces) {
    if (piece.length > room) {
      all.push([]);
      room = JOINED_BYTES;
    }
    all.at(-1)!.push(piece);
    room -= piece.length;
  }
  return all.map((some) => (some.length === 1 ? some[0]! : Buffer.concat(some)));
}
