// A run with its live page: opened before anything is loaded, told how the run ended, and closed with it.

import { spawn } from 'node:child_process';
import type { RunHead, RunSummary } from '../../../live/client/protocol.js';
import type { LivePage } from '../../../live/live-page.js';
import type { UiFlags } from '../../options/ui-flags.js';
import { messageOf } from '../../terminal/failure.js';
import { pressInterrupt, untilInterrupt } from '../../terminal/interrupt.js';
import { note } from '../../terminal/terminal.js';

/** What the page says of the command from its beginning. */
export type LiveHead = Pick<RunHead, 'command' | 'file' | 'out' | 'kept'>;

/**
 * Carries out a run that may be watched.
 * @param ui null for one that is not. @returns what the run returns.
 * @throws ERR_OPTION when the page's port cannot be had, and whatever the run throws.
 */
export async function withLivePage(
  ui: UiFlags | null,
  head: LiveHead,
  run: (live: LivePage | null) => Promise<number>,
): Promise<number> {
  if (ui === null) return run(null);
  const { openLivePage } = await import('../../../live/live-page.js');
  const live = await openLivePage({
    head: { ...head, stays: ui.stay, data: [] },
    port: ui.port,
    onStop: pressInterrupt,
  });
  // Whoever asks for a page wants its address, also where nothing else is to be said.
  note(`Watch: ${live.url}`);
  if (ui.open) openBrowser(live.url);
  try {
    const status = await run(live);
    if (ui.stay) {
      note('The page stays until Ctrl-C.');
      await untilInterrupt();
    }
    return status;
  } catch (error) {
    await live.finish('failed', failureSummary(error));
    throw error;
  } finally {
    await live.close();
  }
}

function failureSummary(error: unknown): RunSummary {
  return { verdict: messageOf(error), lines: [], saved: null, next: [] };
}

/** Asks the desktop to show a page; where there is none, the address that was printed has to do. */
function openBrowser(url: string): void {
  const [command, ...words] = OPENERS[process.platform] ?? ['xdg-open'];
  const opener = spawn(command!, [...words, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => note('No browser could be opened.'));
  opener.unref();
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
