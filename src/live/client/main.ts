// The page of a run: listens to its events, shows what they say, and has it stopped. It keeps nothing: what it was told when
// it connects is all there is to know, so that it may be left, reloaded and opened twice.

import { element } from './elements.js';
import { drawArrivals, drawCurves } from './figures.js';
import type { Phase, RunChange, RunState } from './protocol.js';
import { Store } from './store.js';
import { isOver, showHead, showLog, showMembers, showSummary, showThreads, showTiles } from './view.js';

const token = new URLSearchParams(location.search).get('token') ?? '';
let store: Store | null = null;

function connect(): void {
  const events = new EventSource(`/events?token=${encodeURIComponent(token)}`);
  events.addEventListener('state', (event) => {
    store = new Store(JSON.parse(event.data) as RunState);
    lost(null);
    element('log').replaceChildren();
    element('members').replaceChildren();
    showAll();
  });
  events.addEventListener('change', (event) => change(JSON.parse(event.data) as RunChange));
  events.addEventListener('over', (event) => {
    store = new Store(JSON.parse(event.data) as RunState);
    events.close();
    lost(null);
    showAll();
    element('closed').hidden = false;
  });
  events.addEventListener('error', () => {
    const isClosed = events.readyState === EventSource.CLOSED;
    lost(isClosed ? 'refused' : 'trying');
    if (isClosed) setTimeout(connect, 3000);
  });
}

function showAll(): void {
  const { state } = store!;
  showHead(state);
  showTiles(state);
  showThreads(state);
  showMembers(state);
  showLog(state.log);
  showSummary(state);
  showStop(state);
  say(state);
  drawCurves(store!);
  drawArrivals(state);
}

function change(what: RunChange): void {
  if (store === null) return;
  store.apply(what);
  const { state } = store;
  if (what.phase !== undefined || what.head !== undefined || what.progress !== undefined) showHead(state);
  if (what.phase !== undefined || what.progress !== undefined || what.arrivals !== undefined)
    showTiles(state);
  if (what.phase !== undefined || what.progress !== undefined) showThreads(state);
  if (what.members !== undefined) showMembers(state, what.members);
  if (what.log !== undefined) showLog(state.log);
  if (what.summary !== undefined) showSummary(state);
  if (what.phase !== undefined) {
    showStop(state);
    showMembers(state);
  }
  say(state);
  if (what.curves !== undefined || what.members !== undefined) drawCurves(store);
  if (what.arrivals !== undefined || what.phase !== undefined) drawArrivals(state);
}

let saidTenths = -1;
let saidPhase: Phase | null = null;

/** Tells those who listen, no more often than at every tenth of the way. */
function say({ phase, progress, summary }: RunState): void {
  const tenths = progress === null ? 0 : Math.floor(10 * progress.share);
  if (phase === saidPhase && tenths === saidTenths) return;
  [saidPhase, saidTenths] = [phase, tenths];
  const whole = element('whole').getAttribute('aria-valuetext');
  element('said').textContent = summary?.verdict ?? `${phase}: ${whole}`;
}

/** Says that nothing is heard any more; null: that it is. */
function lost(how: 'trying' | 'refused' | null): void {
  const note = element('lost');
  note.hidden = how === null;
  note.textContent =
    how === 'refused'
      ? 'This page is not let in any more: take the address that the command printed last.'
      : 'The connection is lost. The run may have ended; this page tries again every second.';
}

function showStop({ phase, head }: RunState): void {
  const button = element('stop') as HTMLButtonElement;
  button.hidden = isOver(phase) && !head.stays;
  button.textContent = isOver(phase) ? 'Close' : phase === 'stopping' ? 'End at once' : 'Stop';
  const dialog = element('stop-dialog');
  dialog.querySelector('h2')!.textContent = TITLES[phase];
  dialog.querySelector('p')!.textContent = head.kept && phase === 'training' ? KEPT : CONSEQUENCES[phase];
}

const TITLES: Readonly<Record<Phase, string>> = {
  preparing: 'End the run?',
  training: 'Stop the training?',
  stopping: 'End at once?',
  measuring: 'End without the figures?',
  finished: 'Close the page?',
  interrupted: 'Close the page?',
  failed: 'Close the page?',
};

const CLOSES = 'The command ends, and this page is served no more.';
const KEPT = 'Epochs in training end and are kept; tutti resume goes on from there.';
const CONSEQUENCES: Readonly<Record<Phase, string>> = {
  preparing: 'Nothing is trained yet.',
  training:
    'Members that are finished are kept and saved; those in training are given up. It is the same as Ctrl-C.',
  stopping: 'Nothing more is saved. It is the same as a second Ctrl-C.',
  measuring: 'The members are saved; what is being measured is not. It is the same as Ctrl-C.',
  ...{ finished: CLOSES, interrupted: CLOSES, failed: CLOSES },
};

function offerStop(): void {
  const dialog = element('stop-dialog') as HTMLDialogElement;
  let phase = '';
  element('stop').addEventListener('click', () => {
    phase = store?.state.phase ?? '';
    dialog.showModal();
  });
  element('go-on').addEventListener('click', () => dialog.close());
  element('stop-now').addEventListener('click', () => {
    dialog.close();
    fetch(`/stop?phase=${phase}`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }).catch(
      () => lost('trying'),
    );
  });
}

offerStop();
connect();
