// Progress as plain lines, for logs and pipes, and the words that the bars share.

import { counted, duration, figure, percent } from '../../report/words.js';
import type { HostProgress, TrainingProgress } from '../../training/session/progress.js';

export interface ProgressDisplay {
  update(progress: TrainingProgress): void;
  /** Leaves the terminal as it was; may be called twice. */
  stop(): void;
}

/** How far a piece of work is that is no training. */
export interface ShareDisplay {
  /** @param share of the work, from 0 to 1. */
  update(share: number, text: string): void;
  /** Leaves the terminal as it was; may be called twice. */
  stop(): void;
}

/** A line is due when this share of the members was finished since the last one … */
const LINE_SHARE = 0.1;
/** … or after this long, and never sooner than the second figure, so that quick runs stay quiet. */
const LINE_MS = { most: 5000, least: 1000 };

/** Plain lines for logs: at most about one a second, one per tenth of the work, at least one every 5 s. */
export function createLines(write: (line: string) => void, now: () => number): ProgressDisplay {
  let lastDone = 0;
  let lastAt = now();
  return {
    update(progress) {
      const { planned, done } = progress;
      const waited = now() - lastAt;
      const advanced = (done - lastDone) / planned;
      if (waited < LINE_MS.least || (advanced < LINE_SHARE && waited < LINE_MS.most)) return;
      write(progressLine(progress));
      lastDone = done;
      lastAt = now();
    },
    stop: () => undefined,
  };
}

/** The same of a share of work. */
export function createShareLines(
  write: (line: string) => void,
  now: () => number,
  label: string,
): ShareDisplay {
  let lastShare = 0;
  let lastAt = now();
  return {
    update(share, text) {
      const waited = now() - lastAt;
      if (waited < LINE_MS.least || (share - lastShare < LINE_SHARE && waited < LINE_MS.most)) return;
      write(`${label}: ${text}`);
      lastShare = share;
      lastAt = now();
    },
    stop: () => undefined,
  };
}

/** `40 %, 1.2 s left`. */
export function shareText(share: number, elapsedMs: number): string {
  const left = share > 0 && share < 1 ? `, ${duration((elapsedMs * (1 - share)) / share)} left` : '';
  return `${percent(share, 0)}${left}`;
}

/** Only members that take longer than a host is silent are reported of: that none is known of does not say that none is trained. */
function hostsText(hosts: readonly HostProgress[]): string {
  const all = counted(hosts.length, 'host');
  const busy = hosts.filter(({ running }) => running > 0);
  if (hosts.length === 0) return 'no word from a host yet';
  if (busy.length === 0) return `by ${all}`;
  const running = busy.reduce((sum, host) => sum + host.running, 0);
  return `${running} in training on ${busy.length < hosts.length ? `${busy.length} of ${all}` : all}`;
}

/** `9/16 members, 1 failed, 4 in training on 2 hosts, loss 0.0123, 1.2 s left`. */
export function progressLine({ planned, done, failed, loss, remainingMs, hosts }: TrainingProgress): string {
  const parts = [`${done}/${counted(planned, 'member')}`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (hosts !== null && done + failed < planned) parts.push(hostsText(hosts));
  if (loss !== null) parts.push(`loss ${figure(loss)}`);
  if (remainingMs !== null && done + failed < planned) parts.push(`${duration(remainingMs)} left`);
  return parts.join(', ');
}
