// Files of records as they are written while a training goes on: behind it, in the order in which they were asked for, and
// never awaited by it. No file is kept open, since there may be a file per member; what is added to a file is added by
// one call, so that whoever reads it, or a process that ends, finds whole lines but for the last.

import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../files/folder.js';

/** Additions wait so long for others of the same file. */
const INTERVAL_MS = 200;

/** Files that are written at the same time. */
const AT_ONCE = 16;

interface Waiting {
  /** What was in the file before is replaced. */
  readonly replaces: boolean;
  readonly parts: (string | Uint8Array)[];
}

export class FileQueue {
  readonly #waiting = new Map<string, Waiting>();
  readonly #folders = new Set<string>();
  readonly #onLost: (error: unknown) => void;
  readonly #last: string;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #lost = false;

  /**
   * @param last the file that is written after all others, so that what it tells of is there.
   * @param onLost called once, when something could not be written: nothing is written from then on.
   */
  constructor(last: string, onLost: (error: unknown) => void) {
    this.#last = last;
    this.#onLost = onLost;
  }

  /** Adds to the end of a file, which is made where it is not there. */
  append(path: string, part: string | Uint8Array): void {
    if (this.#lost) return;
    const waiting = this.#waiting.get(path);
    if (waiting === undefined) this.#waiting.set(path, { replaces: false, parts: [part] });
    else waiting.parts.push(part);
    this.#schedule();
  }

  /** Writes a file whole: who reads it finds the one or the other. */
  replace(path: string, text: string | Uint8Array): void {
    if (this.#lost) return;
    this.#waiting.set(path, { replaces: true, parts: [text] });
    this.#schedule();
  }

  /** Writes what waits. Never rejects. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush(), INTERVAL_MS).unref();
  }

  async #writeAll(): Promise<void> {
    const waiting = [...this.#waiting].filter(([path]) => path !== this.#last);
    const last = this.#waiting.get(this.#last);
    this.#waiting.clear();
    try {
      for (let at = 0; at < waiting.length && !this.#lost; at += AT_ONCE) {
        const some = waiting.slice(at, at + AT_ONCE);
        await Promise.all(some.map(([path, what]) => this.#write(path, what)));
      }
      if (last !== undefined && !this.#lost) await this.#write(this.#last, last);
    } catch (error) {
      this.#lost = true;
      this.#waiting.clear();
      this.#onLost(error);
    }
  }

  async #write(path: string, { replaces, parts }: Waiting): Promise<void> {
    const folder = dirname(path);
    if (!this.#folders.has(folder)) await makeFolder(folder);
    this.#folders.add(folder);
    const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    if (!replaces) return await appendFile(path, bytes);
    const beside = `${path}.writing`;
    try {
      await writeFile(beside, bytes);
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}
