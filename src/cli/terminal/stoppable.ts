// Work of which nothing is kept when Ctrl-C ends it: it stops between two blocks, and shows how far it is where it knows.

import type { ExplainProgress } from '../../explain/explain-progress.js';
import { listenForInterrupt } from './interrupt.js';
import { createShareDisplay } from './progress.js';
import { shareText } from './progress-lines.js';
import { note } from './terminal.js';

export interface Stopped {
  /** The exit status that belongs to the signal that came. */
  readonly status: number;
}

/**
 * @param label of the bar or lines that say how far it is; null for work that does not know, or says so itself
 * @returns what the work gives, or that a signal ended it.
 */
export async function stoppable<Result>(
  label: string | null,
  quiet: boolean,
  work: (how: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: ExplainProgress) => void;
  }) => Promise<Result>,
): Promise<{ readonly result: Result } | Stopped> {
  const started = performance.now();
  const display = await createShareDisplay(quiet || label === null, label ?? '');
  const interrupt = listenForInterrupt(() => display.stop());
  const onProgress = ({ done, total }: ExplainProgress) => {
    if (!interrupt.signal.aborted)
      display.update(done / total, shareText(done / total, performance.now() - started));
  };
  try {
    return { result: await work({ signal: interrupt.signal, onProgress }) };
  } catch (error) {
    const status = interrupt.status();
    if (status === null || error !== interrupt.signal.reason) throw error;
    if (!quiet) note('Stopped: nothing is kept.');
    return { status };
  } finally {
    display.stop();
    interrupt.release();
  }
}
