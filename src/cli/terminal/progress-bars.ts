// Live bars: one for the whole training, one per thread or, on a cluster, per host. The only module that imports cli-progress.

import { MultiBar, type SingleBar } from 'cli-progress';
import type { Palette } from '../../report/palette.js';
import { figure } from '../../report/words.js';
import type { HostProgress, TrainingProgress } from '../../training/session/progress.js';
import { type ProgressDisplay, progressLine, type ShareDisplay } from './progress-lines.js';
import { rawPaletteOf } from './terminal.js';

/** Bars count in thousandths, because cli-progress rounds to whole steps. */
const STEPS = 1000;
/** More bars than this would scroll the terminal; threads beyond share the overall bar. */
const MOST_THREAD_BARS = 16;

/** Hosts may have long names. */
const LONGEST_LABEL = 24;

const SHOW_CURSOR = '\x1b[?25h';

type Slot = TrainingProgress['slots'][number];

/** Bars of a stream, whose cursor comes back however the process ends. */
function createMultiBar(stream: NodeJS.WriteStream): Pick<MultiBar, 'create' | 'stop'> {
  const palette = rawPaletteOf(stream);
  const multi = new MultiBar({
    format: `{label} ${palette.cyan('{bar}')} {text}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    stream,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    // Ctrl-C belongs to the command, which still has members to save.
    gracefulExit: false,
    fps: 10,
  });
  const restore = () => stream.write(SHOW_CURSOR);
  process.once('exit', restore);
  return {
    create: (total, start, payload) => multi.create(total, start, payload),
    stop() {
      multi.stop();
      process.removeListener('exit', restore);
    },
  };
}

/** A bar of a share of work on a terminal; it is cleared at the end. */
export function createBar(stream: NodeJS.WriteStream, label: string): ShareDisplay {
  const multi = createMultiBar(stream);
  let bar: SingleBar | null = null;
  return {
    update(share, text) {
      const payload = { label, text };
      bar ??= multi.create(STEPS, 0, payload);
      bar.update(Math.round(STEPS * Math.min(1, share)), payload);
    },
    stop: () => multi.stop(),
  };
}

/** Bars on a terminal; they are cleared at the end, when the summary says it all. */
export function createBars(stream: NodeJS.WriteStream): ProgressDisplay {
  const palette = rawPaletteOf(stream);
  const multi = createMultiBar(stream);
  const bars: SingleBar[] = [];
  const show = (index: number, share: number, label: string, text: string) => {
    const payload = { label: label.slice(0, LONGEST_LABEL).padEnd(9), text };
    bars[index] ??= multi.create(STEPS, 0, payload);
    bars[index].update(Math.round(STEPS * Math.min(1, share)), payload);
  };
  /** A bar for each host of a cluster, of what of all it has done: members in training may be thousands. */
  const showHosts = (progress: TrainingProgress, hosts: readonly HostProgress[]) => {
    show(0, overallShare(progress), 'ensemble', progressLine(progress));
    for (const [at, { name, running, done }] of hosts.slice(0, MOST_THREAD_BARS).entries())
      show(at + 1, done / progress.planned, name, hostText(done, running));
  };
  return {
    update(progress) {
      if (progress.hosts !== null) {
        showHosts(progress, progress.hosts);
        return;
      }
      const threads = progress.slots.slice(0, MOST_THREAD_BARS);
      show(0, overallShare(progress), 'ensemble', progressLine(progress));
      for (const [at, slot] of threads.entries())
        show(at + 1, slot.share, `thread ${at + 1}`, slotText(slot, palette));
    },
    stop: () => multi.stop(),
  };
}

/** Members that are over sooner than a host says of them that it has them are never known to be in training. */
function hostText(done: number, running: number): string {
  return running === 0 ? `${done} done` : `${done} done, ${running} in training`;
}

function overallShare({ planned, done, failed, slots }: TrainingProgress): number {
  return (done + failed + slots.reduce((sum, { share }) => sum + share, 0)) / planned;
}

function slotText({ member, epoch, epochs, loss }: Slot, palette: Palette): string {
  if (member === null) return palette.dim('idle');
  const lossText = loss === null ? '' : `, loss ${figure(loss)}`;
  return `member ${member}, epoch ${epoch}/${epochs}${lossText}`;
}
