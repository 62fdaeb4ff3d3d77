// What a process for a user's code runs, and the thread of it that watches the process that started it. It decides
// nothing.

import { isMainThread } from 'node:worker_threads';

// Nothing of one is for the other.
if (isMainThread) await (await import('../src/pool/serve-process.js')).serveProcess(process.argv[2]!);
else (await import('../src/processes/watch-parent.js')).watchParent();
