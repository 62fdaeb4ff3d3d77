// What a worker does, a line each, as whoever keeps its log reads it: who, what, how long. Nothing in it is secret.

import type { NamedTask, WorkerEvent } from '../../cluster/worker/worker-events.js';
import { counted } from '../../report/words.js';

/** Digits of a digest that tell trainings apart. */
const SHORT = 8;
/** Members of a task that are named. */
const MOST_NAMED = 6;

/** Null for what only programs want to know. */
export function workerLine(event: WorkerEvent): string | null {
  switch (event.kind) {
    case 'started':
      return `${event.host}: takes tasks of ${event.queue} on ${counted(event.threads, 'thread')}`;
    case 'opened': {
      const { training, members, rows, features, slots, fewerThreads } = event;
      const size = `${counted(members, 'member')} on ${rows} rows × ${features} features`;
      const why = fewerThreads === null ? '' : `; ${fewerThreads}`;
      return `training ${short(training)}: ${size}, ${slots} at once${why}`;
    }
    case 'closed':
      return `training ${short(event.training)}: no tasks any more`;
    case 'taken':
      return event.fromEpoch === null ? null : `${nameOf(event)}: goes on from epoch ${event.fromEpoch}`;
    case 'done': {
      const { ms, failed, error } = event;
      const failure = error === null ? '' : `; ${failed} failed: ${error.message}`;
      return `${nameOf(event)}: ${error === null ? 'trained' : 'done'} in ${seconds(ms)}${failure}`;
    }
    case 'returned': {
      const where = event.epoch === null ? '' : `, at epoch ${event.epoch}`;
      return `${nameOf(event)}: given back, ${RETURNED[event.why]}${where}`;
    }
    case 'refused':
      return `${event.training === null ? 'a task' : `training ${short(event.training)}`}: refused: ${event.error.message}`;
    case 'storeLost':
      return `the store is away, results wait: ${event.error.message}`;
    case 'storeFound':
      return 'the store is there again';
    case 'warning':
      return event.warning;
    case 'disconnected':
      return `the queue is away, tried again until it is there: ${event.problem}`;
    case 'reconnected':
      return 'the queue is there again';
    case 'draining':
      return `ends: no more tasks, ${counted(event.tasks, 'task')} in hand`;
    case 'ended':
      return 'ended';
  }
}

const RETURNED = {
  drained: 'because this host ends',
  stopped: 'because its training was stopped',
  lost: 'because the queue took this host for lost',
  busy: 'because other trainings have the memory',
  store: 'because its store is away',
} as const;

function nameOf({ members, training }: NamedTask): string {
  const of = `of training ${short(training)}`;
  if (members.length === 0) return `a group ${of}`;
  const named = members.slice(0, MOST_NAMED).join(', ');
  const more = members.length > MOST_NAMED ? ` and ${members.length - MOST_NAMED} more` : '';
  return `${members.length === 1 ? 'member' : 'members'} ${named}${more} ${of}`;
}

function short(digest: string): string {
  return digest.slice(0, SHORT);
}

function seconds(ms: number): string {
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
