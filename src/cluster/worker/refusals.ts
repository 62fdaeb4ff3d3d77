// Tasks that this host cannot carry out, though another may: each reason is said once, here and to whoever waits, and the
// host takes fewer tasks after each, so that one which refuses everything, sooner than others train, does not keep them from
// them.

import type { Digest } from '../../blobs/blob-store.js';
import { TuttiError, toWire } from '../../errors.js';
import { unlessAborted } from '../../long-calls.js';
import { openProgress, type Refusal, sealProgress } from '../messages/reports.js';
import type { Secret } from '../messages/secret.js';
import type { Delivery, Handled } from '../queue/task-queue.js';
import { GrowingRest } from './growing-rest.js';
import type { WorkerEvent } from './worker-events.js';

const LEAST_REST_MS = 500;
const MOST_REST_MS = 30_000;
/** Others are not to be told of it again before they had their turn. */
const GIVEN_BACK_MS = 50;
/** Reasons that are remembered. */
const MOST_TOLD = 1000;

export interface RefusalsContext {
  readonly host: string;
  readonly secret: Secret;
  readonly tell: (event: WorkerEvent) => void;
  /** Aborted when this host ends. */
  readonly ending: AbortSignal;
}

export class Refusals {
  readonly #context: RefusalsContext;
  readonly #told = new Set<string>();
  readonly #rest = new GrowingRest(LEAST_REST_MS, MOST_REST_MS);

  constructor(context: RefusalsContext) {
    this.#context = context;
  }

  /** A task is carried out: this host is of use. */
  accepted(): void {
    this.#rest.reset();
  }

  /** @param training null where it is not known. */
  async refuse(delivery: Delivery, training: Digest | null, reason: unknown): Promise<Handled> {
    const { tell } = this.#context;
    const { code, message, details } = toWire(reason);
    const key = `${training} ${code} ${message}`;
    if (!this.#told.has(key)) {
      if (this.#told.size >= MOST_TOLD) this.#told.clear();
      this.#told.add(key);
      const error = reason instanceof TuttiError ? reason : new TuttiError(code, message, details, reason);
      tell({ kind: 'refused', training, error });
    }
    await this.#say(delivery, delivery.progress, training !== null, { code, message });
    return { as: 'returned', delayMs: GIVEN_BACK_MS, restMs: this.#rest.next() };
  }

  /**
   * Tells whoever waits that the store does not do its part here: where it is and what is wrong there may be the coordinator's
   * to mend. @param progress as it was told last.
   */
  async storeAway(delivery: Delivery, progress: string | null, reason: TuttiError): Promise<void> {
    const { code, message } = reason;
    await this.#say(delivery, progress, true, { code, message });
  }

  async #say(delivery: Delivery, progress: string | null, isOwn: boolean, refused: Refusal): Promise<void> {
    const said = await this.#said(delivery.id, progress, isOwn, refused);
    if (said === null) return;
    const { ending } = this.#context;
    const signal = AbortSignal.any([ending, delivery.signal]);
    await unlessAborted(delivery.report(said), signal).catch(() => undefined);
  }

  /** @param isOwn whether the task is of a coordinator with this secret. @returns null where nothing is to be said. */
  async #said(id: string, progress: string | null, isOwn: boolean, refused: Refusal): Promise<string | null> {
    const { host, secret } = this.#context;
    // What is reported is in place of what was: where a host before left it, the next one goes on.
    const before = progress === null ? null : await openProgress(secret, id, progress).catch(() => null);
    // Hosts of whoever's task it is may have left it somewhere all the same.
    if (progress !== null && before === null && !isOwn) return null;
    const nothing = { member: 0, epoch: 0, epochs: 0, loss: null, share: 0 };
    return sealProgress(secret, id, { host, ...nothing, handed: before?.handed ?? null, refused });
  }
}
