// The stores that tasks name, each opened once and read through this host's cache. What cannot be stored for the moment
// waits: it took long to train.

import type { BlobStore, Digest } from '../../blobs/blob-store.js';
import { putBytes } from '../../blobs/pieces.js';
import { TuttiError } from '../../errors.js';
import { sleep } from './sleep.js';
import type { WorkerEvent } from './worker-events.js';

/**
 * How long a store may be away before a task is given back, so that it does not keep other trainings from this host. What it came
 * to is kept for when it comes again.
 */
const PATIENCE_MS = 20_000;
const LEAST_WAIT_MS = 250;
const MOST_WAIT_MS = 5000;
/** Coordinators come and go, each with an address of its own. */
const MOST_STORES = 16;

export interface StoresContext {
  readonly open: (address: string) => Promise<BlobStore>;
  readonly tell: (event: WorkerEvent) => void;
  /** How long a store may be away before a task is given back. @default 20 000 */
  readonly patienceMs?: number | undefined;
}

export class HostStores {
  readonly #context: StoresContext;
  readonly #stores = new Map<string, Promise<BlobStore>>();
  #isLost = false;

  constructor(context: StoresContext) {
    this.#context = context;
  }

  /** @throws ERR_STORE, ERR_OPTION for an address that leads nowhere; ERR_ENGINE_MISSING */
  at(address: string): Promise<BlobStore> {
    const known = this.#stores.get(address);
    if (known !== undefined) {
      // Those longest unused go first.
      this.#stores.delete(address);
      this.#stores.set(address, known);
      return known;
    }
    const opening = this.#context.open(address);
    this.#stores.set(address, opening);
    opening.catch(() => {
      if (this.#stores.get(address) === opening) this.#stores.delete(address);
    });
    const [oldest] = this.#stores.keys();
    if (this.#stores.size > MOST_STORES) void this.#close(oldest!);
    return opening;
  }

  /**
   * Stores bytes, and waits for a store that is away.
   * @throws ERR_STORE when it is for too long.
   */
  async put(store: BlobStore, bytes: Uint8Array, signal: AbortSignal): Promise<Digest> {
    const untilMs = performance.now() + (this.#context.patienceMs ?? PATIENCE_MS);
    for (let waitMs = LEAST_WAIT_MS; ; waitMs = Math.min(MOST_WAIT_MS, 2 * waitMs)) {
      try {
        const digest = await putBytes(store, bytes, { signal });
        this.#reached();
        return digest;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof TuttiError) || error.code !== 'ERR_STORE') throw error;
        if (!this.#isLost) this.#context.tell({ kind: 'storeLost', error });
        this.#isLost = true;
        if (performance.now() + waitMs > untilMs) throw error;
      }
      await sleep(waitMs, signal);
      signal.throwIfAborted();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#stores.keys()].map((address) => this.#close(address)));
  }

  async #close(address: string): Promise<void> {
    const opening = this.#stores.get(address);
    this.#stores.delete(address);
    const store = await opening?.catch(() => null);
    await store?.close();
  }

  #reached(): void {
    if (this.#isLost) this.#context.tell({ kind: 'storeFound' });
    this.#isLost = false;
  }
}
