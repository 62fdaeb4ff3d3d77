// Where strands of members in training rest on disk: each in one of a few files `state-N` that are written over and over. A
// state is written to a file that no other needs, so that the one before stays whole until it is there; what a crash leaves
// half written is not read.

import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { historyColumns } from '../bundle/metadata.js';
import { littleEndianBytes } from '../bundle/weights.js';
import { syncFile, writeAll } from '../files/atomic-file.js';
import { packPlain } from '../files/plain-data.js';
import { largest } from '../math/statistics.js';
import { sentProgress } from '../training/plan/progress-form.js';
import type { RestingRun } from '../training/plan/runs.js';
import { openInFolder } from './open-in-folder.js';
import type { StateMetadata } from './schema.js';
import { magicOf, sealedStart } from './sealed-file.js';

export const STATE_MAGIC = magicOf('S');
const NAME = /^state-(\d{1,9})$/;

/** States are synced no more often: one that a machine loses as it ends costs some training, and no bytes. */
const SYNC_MS = 1000;

/** The number of a state file; null for another name. */
export function stateNumber(name: string): number | null {
  const number = NAME.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}

export function statePath(folder: string, number: number): string {
  return join(folder, `state-${number}`);
}

/** The files of a strand. */
interface Place {
  /** With its last state, and with the last that a disk is known to have. */
  newest: number | null;
  synced: number | null;
  syncedMs: number;
  /** When what was given before is written. */
  written: Promise<void>;
}

export class StateFiles {
  readonly #folder: string;
  readonly #seal: string;
  readonly #places = new Map<number, Place>();
  /** Files whose content nobody needs. */
  readonly #free: number[];
  /** Numbers from here on have no file. */
  #end: number;

  /**
   * @param seal of the training.
   * @param there numbers of files that are there.
   * @param used which of them hold strands, by the strand.
   */
  constructor(
    folder: string,
    seal: string,
    there: readonly number[] = [],
    used: ReadonlyMap<number, number> = new Map(),
  ) {
    this.#folder = folder;
    this.#seal = seal;
    this.#end = Math.max(-1, largest(there)) + 1;
    const taken = new Set(used.values());
    this.#free = there.filter((number) => !taken.has(number));
    for (const [strand, number] of used) this.#places.set(strand, placeAt(number));
  }

  /** Writes a strand's state after those before. Rejects when the disk refuses it. */
  write(strand: number, runs: readonly RestingRun[]): Promise<void> {
    const place = this.#places.get(strand) ?? placeAt(null);
    this.#places.set(strand, place);
    place.written = place.written.then(() => this.#write(strand, place, runs));
    return place.written;
  }

  /** A strand's states are not needed any more. */
  async drop(strand: number): Promise<void> {
    const place = this.#places.get(strand);
    if (place === undefined) return;
    this.#places.delete(strand);
    await place.written.catch(() => undefined);
    this.#release(place.newest, place.synced);
  }

  /** Ends what is being written, and removes the files that nobody needs. */
  async close(): Promise<void> {
    for (const { written } of this.#places.values()) await written.catch(() => undefined);
    const remove = (number: number) => rm(statePath(this.#folder, number), { force: true });
    // One that stays is written over, or passed over.
    for (const number of this.#free.splice(0)) await remove(number).catch(() => undefined);
  }

  async #write(strand: number, place: Place, runs: readonly RestingRun[]): Promise<void> {
    const pieces = stateBytes(this.#seal, strand, runs);
    const number = this.#free.pop() ?? this.#end++;
    const file = await openInFolder(statePath(this.#folder, number), constants.O_CREAT);
    const sync = performance.now() - place.syncedMs >= SYNC_MS;
    try {
      let at = 0;
      for (const bytes of pieces) {
        await writeAll(file, bytes, at);
        at += bytes.length;
      }
      if (sync) await syncFile(file, 'data');
    } finally {
      await file.close();
    }
    const { newest, synced } = place;
    place.newest = number;
    if (sync) {
      place.synced = number;
      place.syncedMs = performance.now();
      this.#release(newest, synced);
    } else if (newest !== synced) this.#release(newest);
  }

  #release(...numbers: readonly (number | null)[]): void {
    for (const number of new Set(numbers)) if (number !== null) this.#free.push(number);
  }
}

function placeAt(number: number | null): Place {
  return { newest: number, synced: number, syncedMs: performance.now(), written: Promise.resolve() };
}

/** The bytes of a file of a state, in pieces. @param seal of the training. */
export function stateBytes(seal: string, strand: number, runs: readonly RestingRun[]): Uint8Array[] {
  const metadata = packPlain(describeState(seal, strand, runs));
  const numbers = runs.map(({ state }) => littleEndianBytes(state.parameters));
  return [sealedStart(STATE_MAGIC, metadata, numbers), ...numbers];
}

function describeState(seal: string, strand: number, runs: readonly RestingRun[]): StateMetadata {
  return {
    training: seal,
    strand,
    runs: runs.map(({ first, streams, delivered, state, history }) => ({
      ...{ first, streams, delivered, ...sentProgress(state) },
      history: historyColumns(history),
      numbers: state.parameters.length,
    })),
  };
}
