// The pool of trainings that name no runner: one for all of them, on every core. It is made when the first begins, and
// ends by itself when there has been none for a while; idle, it keeps no process alive.

import { availableParallelism } from 'node:os';
import { TuttiError } from '../errors.js';
import { isPlainObject } from '../option-names.js';
import type { MemberRunner } from '../training/session/runner.js';
import type { TrainingSettings } from '../training/session/training-settings.js';
import { createPool, type Pool } from './pool.js';

/** Starting threads takes a tenth of a second, and each holds some megabytes. */
const IDLE_MS = 10_000;

let pool: Pool | null = null;
let opened = 0;
let idle: NodeJS.Timeout | undefined;

const shared: MemberRunner = {
  threads: availableParallelism(),
  open() {
    pool ??= start();
    const session = pool.open();
    clearTimeout(idle);
    const latest = ++opened;
    // A training that begins meanwhile waits itself.
    void pool.drain().then(() => {
      if (latest === opened) idle = setTimeout(end, IDLE_MS).unref();
    });
    return session;
  },
};

/** How a training is run, on the shared pool where no runner is named; what is no settings at all is returned as it is. */
export function onSharedPool<Settings extends Pick<TrainingSettings, 'runner'>>(
  settings: Settings,
): Settings {
  if (!isPlainObject(settings) || settings.runner !== undefined) return settings;
  return { ...settings, runner: shared };
}

/** @throws what `createPool` does, and how to go on without threads. */
function start(): Pool {
  try {
    return createPool({ threads: shared.threads });
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    const message = `${error.message}. To train without threads: { runner: createInlineRunner() }`;
    throw new TuttiError(error.code, message, error.details, error);
  }
}

function end(): void {
  void pool!.destroy();
  pool = null;
}
