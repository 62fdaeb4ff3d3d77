// Ctrl-C while training: the first stops the training and keeps what is finished, the second ends the
// process at once.

import { TuttiError } from '../errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const INTERRUPTED_STATUS = 130;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C back its usual meaning. */
  release(): void;
}

/** Listens until released; `onFirst` is told at once, so that the user sees that the key was heard. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_STATUS);
    controller.abort(new TuttiError('ERR_CANCELLED', 'Interrupted'));
    onFirst();
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    release() {
      for (const name of SIGNALS) process.removeListener(name, listener);
    },
  };
}
