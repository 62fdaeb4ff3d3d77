// Progress as plain lines, for logs and pipes, and the words that the bars share.

import { counted, duration, figure } from '../../report/words.js';
import type { TrainingProgress } from '../../training/session/progress.js';

export interface ProgressDisplay {
  update(progress: TrainingProgress): void;
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

/** `9/16 members, 1 failed, loss 0.0123, 1.2 s left`. */
export function progressLine({ planned, done, failed, loss, remainingMs }: TrainingProgress): string {
  const parts = [`${done}/${counted(planned, 'member')}`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (loss !== null) parts.push(`loss ${figure(loss)}`);
  if (remainingMs !== null && done + failed < planned) parts.push(`${duration(remainingMs)} left`);
  return parts.join(', ');
}
