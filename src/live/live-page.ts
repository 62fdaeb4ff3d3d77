// The live page of a run from its first address to its last word: the state, what fills it, and the server that tells it to
// whoever looks. Nothing is computed or sent while nobody does, and no thread of the training ever waits for it.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainingWatcher } from '../training/session/watchers.js';
import { Arrivals } from './arrivals.js';
import { EVENTS, type Phase, type RunHead, type RunSummary } from './client/protocol.js';
import { livePage } from './page.js';
import { RunWatch } from './run-watch.js';
import { startLiveServer } from './server.js';

/** How often pages are told of what has changed. */
const TELL_MS = 400;

export interface LivePageOptions {
  readonly head: RunHead;
  /** 0 for one that is free. */
  readonly port: number;
  /** Somebody has pressed the button and confirmed it. */
  readonly onStop: () => void;
}

export interface LivePage {
  /** Whoever has it may look and stop; nobody else. */
  readonly url: string;
  /** What the training tells. */
  readonly watcher: TrainingWatcher;
  /** The rows, once they are there, and what they are taken for. */
  describe(data: { readonly train: Dataset; readonly test: Dataset | null }, lines: readonly string[]): void;
  note(text: string): void;
  enter(phase: Phase): void;
  /** What the run came to: the last that is said, unless the page stays. */
  finish(phase: Phase, summary: RunSummary): Promise<void>;
  /** Ends the server; more than once is no harm. */
  close(): Promise<void>;
}

/** @throws ERR_OPTION when the port cannot be had. */
export async function openLivePage({ head, port, onStop }: LivePageOptions): Promise<LivePage> {
  const watch = new RunWatch(head);
  let broken = false;
  /** A fault of the page must not end the training: what is told is worth less than what is trained. */
  const unlessBroken =
    <Told extends readonly unknown[]>(hear: (...told: Told) => void) =>
    (...told: Told): void => {
      try {
        if (!broken) hear(...told);
      } catch (error) {
        broken = true;
        watch.note(`This page cannot follow the training any more: ${String(error)}`, 'trouble');
      }
    };
  let data: { readonly train: Dataset; readonly test: Dataset | null } | null = null;
  let arrivals: Arrivals | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed: Promise<void> | null = null;
  const server = await startLiveServer({
    port,
    html: livePage(head),
    greeting: () => [EVENTS.state, watch.state()],
    onViewer: () => {
      arrivals?.wake();
      timer ??= setInterval(tell, TELL_MS).unref();
    },
    onStop: (phase) => {
      // Whoever meant to stop a training must not end what came after it.
      if (phase !== watch.phase) return false;
      onStop();
      return true;
    },
  });

  const tell = unlessBroken(() => {
    if (server.viewers === 0) {
      if (timer !== null) clearInterval(timer);
      timer = null;
      return;
    }
    const change = watch.takeChange();
    if (change !== null) server.tell(EVENTS.change, change);
  });

  function close(): Promise<void> {
    closed ??= (async () => {
      if (timer !== null) clearInterval(timer);
      await arrivals?.end();
      await server.close(EVENTS.over, () => watch.state());
    })();
    return closed;
  }

  return {
    url: server.url,
    watcher: {
      onPlan: unlessBroken((planned) => {
        watch.planned(planned);
        if (data === null) return;
        const own = new Arrivals({
          ...{ ...data, plan: planned.plan },
          isWatched: () => server.viewers > 0,
          changed: () => watch.showArrivals(() => own.state),
        });
        arrivals = own;
        watch.showArrivals(() => own.state);
        for (const member of planned.kept) own.add(member);
      }),
      onEpochs: unlessBroken((events) => watch.epochs(events)),
      onIncident: unlessBroken((incident) => watch.befell(incident)),
      onMember: unlessBroken((member) => {
        watch.finished(member);
        arrivals?.add(member);
      }),
      onProgress: unlessBroken((progress) => watch.progressed(progress)),
    },
    describe(rows, lines) {
      data = rows;
      watch.describeData(lines);
    },
    note: (text) => watch.note(text),
    enter: (phase) => watch.enter(phase),
    async finish(phase, summary) {
      await arrivals?.end();
      watch.summarise(phase, summary);
      if (head.stays) tell();
      else await close();
    },
    close,
  };
}
