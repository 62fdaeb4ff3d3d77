// What the page says of a run, beside its figures: its head, the whole, threads, members, the log, and what it came to.

import { byteSize, duration, figure } from '../../report/words.js';
import { element, fromTemplate, say, showBar } from './elements.js';
import type { LogEntry, Phase, RunMember, RunProgress, RunState, RunThread } from './protocol.js';

const PHASES: Readonly<Record<Phase, string>> = {
  preparing: 'Preparing',
  training: 'Training',
  stopping: 'Stopping',
  measuring: 'Measuring',
  finished: 'Finished',
  interrupted: 'Interrupted',
  failed: 'Failed',
};

export function isOver(phase: Phase): boolean {
  return phase === 'finished' || phase === 'interrupted' || phase === 'failed';
}

export function showHead({ phase, head, progress, summary }: RunState): void {
  const pill = element('phase');
  pill.textContent = PHASES[phase];
  pill.dataset.phase = phase;
  say('headline', summary?.verdict ?? headline(phase, head.file, progress));
  const share = progress === null ? null : isOver(phase) && phase === 'finished' ? 1 : progress.share;
  const percent = share === null ? 0 : Math.floor(100 * share);
  document.title = isOver(phase)
    ? `${PHASES[phase]}: ${nameOf(head.file)}`
    : `${percent} % ${nameOf(head.file)}`;
  showBar(element('whole'), share, share === null ? 'not begun' : wholeText(progress!, phase));
  list('data', head.data);
  element('data-section').hidden = head.data.length === 0;
  say('command', `${head.command} ${head.file}${head.out === null ? '' : ` → ${head.out}`}`);
}

/** A file's name without its folders. */
function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path.split(/[\\/]/).at(-1)!;
}

function headline(phase: Phase, file: string, progress: RunProgress | null): string {
  if (progress === null || phase === 'preparing') return `Getting ${nameOf(file)} ready`;
  const { planned } = progress;
  const members = planned === 1 ? 'one member' : `${planned} members`;
  if (phase === 'measuring') return 'All members are there; what they came to is being measured';
  if (phase === 'stopping') return 'Stopping: what is finished is kept';
  return `Training ${members} on ${nameOf(file)}`;
}

function wholeText({ planned, finished, failed, remainingMs }: RunProgress, phase: Phase): string {
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  const isEnding = phase !== 'training' || remainingMs === null || finished + failed >= planned;
  const left = isEnding ? '' : `, ${duration(remainingMs)} left`;
  return `${finished} of ${planned} members${failures}${left}`;
}

export function showTiles({ progress, arrivals, phase }: RunState): void {
  if (progress === null) return;
  const { finished, planned, failed, elapsedMs, remainingMs, epochsPerSecond, memoryBytes, before } =
    progress;
  say('tile-members', `${finished} / ${planned}`);
  const beside = [before === 0 ? '' : `${before} there before`, failed === 0 ? '' : `${failed} failed`];
  say('tile-members-more', beside.filter((part) => part !== '').join(', ') || 'finished');
  say('tile-left', phase !== 'training' || remainingMs === null ? '–' : duration(remainingMs));
  say('tile-left-more', `${duration(elapsedMs)} so far`);
  say('tile-rate', isOver(phase) ? '–' : figure(epochsPerSecond, 3));
  say('tile-memory', byteSize(memoryBytes));
  const newest = arrivals === null || typeof arrivals === 'string' ? undefined : arrivals.points.at(-1);
  const { errorRate = null, squaredError = null, rmse = null } = newest ?? {};
  say(
    'tile-error',
    errorRate === null ? figure(rmse ?? squaredError, 3) : `${(100 * errorRate).toFixed(1)} %`,
  );
  const kind = errorRate !== null ? 'Error rate' : rmse !== null ? 'RMSE' : 'Squared error';
  say('tile-error-name', newest === undefined ? 'Error so far' : `${kind} so far`);
  const rows = arrivals !== null && typeof arrivals !== 'string' ? arrivals.rowsFrom : 'outOfBag';
  say('tile-error-more', rows === 'outOfBag' ? 'on rows never seen' : 'on held-out rows');
}

export function showThreads({ progress, phase }: RunState): void {
  const all = element('threads');
  const threads = progress?.threads ?? [];
  element('working').hidden = isOver(phase);
  while (all.children.length < threads.length) all.append(fromTemplate('thread-template'));
  while (all.children.length > threads.length) all.lastElementChild!.remove();
  for (const [at, thread] of threads.entries()) {
    const row = all.children[at]! as HTMLElement;
    row.querySelector('.name')!.textContent = `Thread ${at + 1}`;
    const idle = thread.member === null || isOver(phase);
    row.querySelector('.what')!.textContent = idle ? 'idle' : threadText(thread);
    const bar = row.querySelector<HTMLElement>('.bar')!;
    bar.setAttribute('aria-label', `Thread ${at + 1}`);
    showBar(bar, idle ? 0 : thread.share, idle ? 'idle' : threadText(thread));
  }
}

function threadText({ member, epoch, epochs, loss }: RunThread): string {
  const losses = loss === null ? '' : `, loss ${figure(loss, 3)}`;
  return epochs < 2
    ? `member ${member}, fitted at once`
    : `member ${member}, epoch ${epoch} of ${epochs}${losses}`;
}

/** Shows those that have changed, or all of them. */
export function showMembers({ members, phase }: RunState, changed: readonly RunMember[] = members): void {
  const all = element('members');
  while (all.children.length < members.length) all.append(fromTemplate('member-template'));
  for (const member of changed) {
    const tile = all.children[member.index] as HTMLElement;
    tile.className = `member ${member.status}`;
    tile.querySelector('b')!.textContent = String(member.index);
    const { epoch, epochs, status } = member;
    const share = status === 'finished' ? 1 : epochs === 0 ? 0 : epoch / epochs;
    tile.querySelector<HTMLElement>('i')!.style.setProperty('--share', String(share));
    const says = memberText(member, phase);
    tile.querySelector('.hidden')!.textContent = says;
    tile.title = says;
  }
}

function memberText(member: RunMember, phase: Phase): string {
  const { index, status, epoch, epochs, loss, validationLoss, retries, reseeds, error } = member;
  const state = status === 'queued' ? (isOver(phase) ? 'not trained' : 'waits') : status;
  const parts = [`Member ${index}: ${state}`];
  if (status === 'training' && epochs > 1) parts.push(`epoch ${epoch} of ${epochs}`);
  if (loss !== null) parts.push(`loss ${figure(loss, 3)}`);
  if (validationLoss !== null) parts.push(`validation loss ${figure(validationLoss, 3)}`);
  if (retries > 0) parts.push(`tried again ${retries} times`);
  if (reseeds > 0) parts.push(`begun again ${reseeds} times`);
  if (error !== null && status === 'failed') parts.push(error);
  return parts.join(', ');
}

export function showLog(log: readonly LogEntry[]): void {
  const all = element('log');
  while (all.children.length > log.length) all.lastElementChild!.remove();
  for (const { atMs, kind, text: line } of log.slice(all.children.length)) {
    const item = document.createElement('li');
    item.className = kind === 'trouble' ? 'warn' : '';
    const time = document.createElement('small');
    time.textContent = duration(atMs);
    item.append(time, ` ${line}`);
    all.append(item);
  }
}

export function showSummary({ summary }: RunState): void {
  if (summary === null) return;
  element('came-to').hidden = false;
  say('summary', summary.lines.join('\n'));
  const saved = summary.saved;
  say('saved', saved === null ? 'It was not saved to a file.' : `Saved to ${saved}`);
  list('next', summary.next);
  element('next-title').hidden = summary.next.length === 0;
}

function list(id: string, lines: readonly string[]): void {
  const all = element(id);
  if (
    all.childElementCount === lines.length &&
    [...all.children].every((item, at) => item.textContent === lines[at])
  )
    return;
  all.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement('li');
      item.textContent = line;
      return item;
    }),
  );
}
