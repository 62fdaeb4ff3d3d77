// A host of its own process, for tests: takes tasks of a queue one at a time, holds each for as long as its body says, and
// writes what happens, a line each. `node host.js URL NAME`; with `--import` of a module that sets its clock wrong.

import { setTimeout as wait } from 'node:timers/promises';
import { connectReceiver } from '../../../src/cluster/queue/connect-queue.js';

const [url, name] = process.argv.slice(2) as [string, string];

const receiver = await connectReceiver(url, { lockSeconds: 1 }, {});
receiver.start(1, async ({ id, body, signal }) => {
  console.log(`${name} has ${id}`);
  signal.addEventListener('abort', () => console.log(`${name} lost ${id}`));
  if (id.startsWith(`not-${name}`)) {
    return { as: 'returned', delayMs: 200 };
  }
  await wait(Number(body));
  return { as: 'done', result: name };
});
console.log(`${name} is there`);
