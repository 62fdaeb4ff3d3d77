// A data file that takes long to read: how far it is, and Ctrl-C, which ends the process at once, since nothing is there yet
// that could be kept.

import type { ReadProgress } from '../../data/readers/read-options.js';
import type { ReadCall } from '../../data/readers/reader.js';
import { byteSize, counted } from '../../report/words.js';
import { endBySignal } from './ending.js';
import { SIGNALS } from './interrupt.js';
import { createShareDisplay } from './progress.js';
import { type ShareDisplay, shareText } from './progress-lines.js';

/** Files that are read sooner are read without a word. */
const LONG_MS = 1000;

/** Runs what reads a file; shown on standard error once it takes long, as a bar or as lines. */
export async function whileReading<Result>(
  quiet: boolean,
  read: (call: ReadCall) => Promise<Result>,
  now: () => number = () => performance.now(),
): Promise<Result> {
  const started = now();
  let display: Promise<ShareDisplay> | null = null;
  const end = (signal: NodeJS.Signals) => void endBySignal(signal);
  const onProgress = (progress: ReadProgress) => {
    const elapsed = now() - started;
    if (elapsed < LONG_MS) return;
    if (display === null) {
      display = createShareDisplay(quiet, 'reading');
      // A bar leaves the terminal as it was only where somebody hears that it is over.
      for (const name of SIGNALS) process.on(name, end);
    }
    const { bytes, totalBytes } = progress;
    const share = totalBytes === null || totalBytes === 0 ? 0 : Math.min(1, bytes / totalBytes);
    void display.then((shown) => shown.update(share, readingText(progress, share, elapsed)));
  };
  try {
    return await read({ onProgress });
  } finally {
    if (display !== null) (await (display as Promise<ShareDisplay>)).stop();
    for (const name of SIGNALS) process.removeListener(name, end);
  }
}

/** `42 %, 1.2 s left, 120000 rows`; of a pipe `1.2 MB, 120000 rows`. */
export function readingText(
  { bytes, totalBytes, rows }: ReadProgress,
  share: number,
  elapsedMs: number,
): string {
  const far = totalBytes === null ? byteSize(bytes) : shareText(share, elapsedMs);
  return rows === 0 ? far : `${far}, ${counted(rows, 'row')}`;
}
