// Ctrl-C while training, and the other signals that ask a process to end: the first stops the training and keeps what is
// finished, the second ends the process at once.

import { TuttiError } from '../../errors.js';
import { endBySignal, endGracefully, statusOf } from './ending.js';

/** The signals that ask a process to end. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The exit status that belongs to the signal that came, 128 and its number; null before. */
  status(): number | null;
  /** Gives Ctrl-C back its usual meaning. */
  release(): void;
}

/** Does what Ctrl-C would do now, whoever wants it. */
export function pressInterrupt(): void {
  if (process.listenerCount('SIGINT') > 0) process.emit('SIGINT', 'SIGINT');
  else void endBySignal('SIGINT');
}

/** Resolves at the first signal that asks the process to end, which then does nothing else. */
export async function untilInterrupt(): Promise<void> {
  endGracefully(true);
  // Nothing else may keep the process.
  const timer = setInterval(() => undefined, 60_000);
  let heard: (() => void) | undefined;
  try {
    await new Promise<void>((resolve) => {
      heard = resolve;
      for (const name of SIGNALS) process.on(name, resolve);
    });
  } finally {
    clearInterval(timer);
    for (const name of SIGNALS) process.removeListener(name, heard!);
    endGracefully(false);
  }
}

/** Listens until released; `onFirst` is told at once, so that the user sees that the key was heard. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let status: number | null = null;
  const listener = (name: NodeJS.Signals) => {
    if (status !== null) {
      void endBySignal(name);
      return;
    }
    status = statusOf(name);
    // Should the reader of the output go away now, the process ends with this.
    process.exitCode = status;
    controller.abort(new TuttiError('ERR_CANCELLED', 'Interrupted before the training began'));
    onFirst();
  };
  endGracefully(true);
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    status: () => status,
    release() {
      endGracefully(false);
      for (const name of SIGNALS) process.removeListener(name, listener);
    },
  };
}
