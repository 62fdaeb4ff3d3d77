// What a training shows while it runs: live bars on a terminal, plain lines elsewhere, or nothing.
// Everything goes to standard error, so that standard output holds results only.

import { createLines, createShareLines, type ProgressDisplay, type ShareDisplay } from './progress-lines.js';
import { note } from './terminal.js';

/** The display that suits standard error. */
export async function createProgressDisplay(quiet: boolean): Promise<ProgressDisplay> {
  if (quiet) return { update: () => undefined, stop: () => undefined };
  if (!process.stderr.isTTY) return createLines(note, () => performance.now());
  const { createBars } = await import('./progress-bars.js');
  return createBars(process.stderr);
}

/** The same for work of which only the share done is known. */
export async function createShareDisplay(quiet: boolean, label: string): Promise<ShareDisplay> {
  if (quiet) return { update: () => undefined, stop: () => undefined };
  if (!process.stderr.isTTY) return createShareLines(note, () => performance.now(), label);
  const { createBar } = await import('./progress-bars.js');
  return createBar(process.stderr, label);
}
