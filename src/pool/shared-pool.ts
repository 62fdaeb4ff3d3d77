// The pool of trainings that name no runner: one for all of them, on every core. It is made when the first begins, and
// ends by itself when there has been none for a while; idle, it keeps no process alive.

import { availableParallelism } from 'node:os';
import type { RowRunner, RowSession } from '../ensemble/predict/row-runner.js';
import { TuttiError } from '../errors.js';
import { affordableThreads } from '../machine/memory-limit.js';
import { isPlainObject } from '../option-names.js';
import type { MemberRunner } from '../training/session/runner.js';
import { createPool, type Pool } from './pool.js';

/** Starting threads takes a tenth of a second, and each holds some megabytes. */
const IDLE_MS = 10_000;

let pool: Pool | null = null;
let opened = 0;
let idle: NodeJS.Timeout | undefined;

let affordable: number | null = null;

const shared: MemberRunner & Required<RowRunner> = {
  get threads() {
    if (pool !== null) return pool.threads;
    affordable ??= affordableThreads(availableParallelism());
    return affordable;
  },
  get started() {
    return pool !== null;
  },
  open() {
    pool ??= start();
    const session = pool.open();
    stayFor(pool);
    return session;
  },
  openRows(ensemble, options) {
    // A predictor may be kept longer than threads that have nothing to do.
    let own: { readonly of: Pool; readonly session: RowSession } | null = null;
    return {
      predict(asked) {
        pool ??= start();
        if (own?.of !== pool) own = { of: pool, session: pool.openRows(ensemble, options) };
        const answers = own.session.predict(asked);
        stayFor(pool);
        return answers;
      },
      close: () => own?.session.close(),
    };
  },
};

/** Keeps the pool until its work has ended, and a while longer. */
function stayFor(working: Pool): void {
  clearTimeout(idle);
  const latest = ++opened;
  // Work that begins meanwhile waits itself.
  void working.drain().then(() => {
    if (latest === opened) idle = setTimeout(end, IDLE_MS).unref();
  });
}

/** How a training or a prediction is run, on the shared pool where no runner is named; what is no settings at all is returned as it is. */
export function onSharedPool<Settings extends { readonly runner?: MemberRunner | RowRunner }>(
  settings: Settings,
): Settings {
  if (!isPlainObject(settings) || settings.runner !== undefined) return settings;
  return { ...settings, runner: shared };
}

/** @throws what `createPool` does, and how to go on without threads. */
function start(): Pool {
  try {
    return createPool();
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    const message = `${error.message}. To train without threads: { runner: createInlineRunner() }`;
    throw new TuttiError(error.code, message, error.details, error);
  }
}

function end(): void {
  void pool!.destroy();
  pool = null;
  affordable = null;
}
