// A thread of a process that another one started. It ends the process when the other has ended, and carries what a job
// says of itself, and is told, between the control blocks of both: the first thread may be in a loop for hours.

import { Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { ControlBlock, ORDER_WORDS, RECORD_WORDS } from '../memory/control-block.js';
import { WATCH } from './protocol.js';
import { WordPipe } from './word-pipe.js';

/** By its worker data such a thread knows that it is one. */
export const WATCHING = 'watch the parent';

/** Words that are told and said at a time: the job's number, then its orders or its record. */
export const WORDS_TOLD = 1 + ORDER_WORDS;
export const WORDS_SAID = 1 + RECORD_WORDS;

/** How often the control blocks are looked at, on either side. */
export const WATCH_MS = 50;

/** A job that is watched. */
export interface Followed {
  readonly job: number;
  readonly buffer: SharedArrayBuffer;
  readonly slots: number;
  readonly slot: number;
}

export function watchParent(): void {
  let followed: { readonly job: number; readonly slot: number; readonly control: ControlBlock } | null = null;
  const socket = new Socket({ fd: WATCH });
  socket.once('close', endProcess);
  const pipe = new WordPipe(socket, WORDS_TOLD, ([job, ...orders]) => {
    if (job === followed?.job) followed?.control.takeOrders(followed.slot, orders);
  });
  parentPort!.on('message', (job: Followed | null) => {
    followed = job && { ...job, control: new ControlBlock(job.buffer, job.slots) };
  });
  setInterval(() => {
    if (followed === null) return;
    pipe.send(Int32Array.of(followed.job, ...followed.control.record(followed.slot)));
  }, WATCH_MS);
  parentPort!.postMessage(WATCHING);
}

/** With all that it has started, where it has a group of its own. */
function endProcess(): void {
  try {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}
