// What a learner's thread runs: whatever makes its module readable is loaded, then it serves. It decides nothing.

import { parentPort, workerData } from 'node:worker_threads';
import { serveLearner } from '../src/engines/learner/serve-learner.js';
import { READY } from '../src/threads/background.js';
import type { BackgroundData } from '../src/threads/background-threads.js';
import { loadOnce } from '../src/threads/loaders.js';

// Standard output is the program's, for its results; what a learner says, it says on standard error.
process.stdout.write = process.stderr.write.bind(process.stderr);

await loadOnce((workerData as BackgroundData).loaders);
const port = parentPort!;
serveLearner({
  listen(onRequest) {
    port.on('message', onRequest);
    port.postMessage(READY);
  },
  reply(reply) {
    const { answer } = reply;
    port.postMessage(reply, answer instanceof Float64Array ? [answer.buffer as ArrayBuffer] : []);
  },
  keep: (on) => (on ? port.ref() : port.unref()),
});
