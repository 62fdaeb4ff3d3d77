// A host without threads, for measure-queue.ts: takes tasks, reports as often as it is told, holds them for so long, and is done.
// Arguments: URL, concurrency, reports for each task, milliseconds to hold it, seconds of a lock. It goes and ends by a line each.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { connectReceiver } from '../../src/cluster/queue/connect-queue.js';
import type { Delivery, Handled } from '../../src/cluster/queue/task-queue.js';

const [url, ...numbers] = process.argv.slice(2);
const [concurrency = 1, reports = 0, holdMs = 0, lockSeconds = 30] = numbers.map(Number);
const events = { told() {}, disconnected() {}, reconnected() {} };
const receiver = await connectReceiver(url!, { lockSeconds, name: 'measured' }, events);

/** As long as real ones. */
const REPORT = 'x'.repeat(400);
const RESULT = 'x'.repeat(300);

async function handle(delivery: Delivery): Promise<Handled> {
  for (let report = 0; report < reports; report++) await delivery.report(`${REPORT}${report}`);
  if (holdMs > 0) await wait(holdMs);
  return { as: 'done', result: RESULT };
}

const lines = createInterface({ input: process.stdin });
console.log('ready');
await once(lines, 'line');
const begun = process.cpuUsage();
receiver.start(concurrency, handle);
await once(lines, 'line');
const { user, system } = process.cpuUsage(begun);
console.log((user + system) / 1000);
await receiver.close();
process.exit(0);
