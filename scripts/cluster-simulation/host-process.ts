// A host for measure-coordinator.ts. Arguments: URL, secret, threads. It ends with its standard input, and says what it used.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorker } from '../../src/cluster/worker/start-worker.js';

const [url, secret, threads] = process.argv.slice(2);
const cacheFolder = mkdtempSync(join(tmpdir(), 'tutti-measured-'));
const worker = await startWorker({
  ...{ url: url!, secret: secret!, threads: Number(threads), name: 'measured', cacheFolder },
});
const begun = process.cpuUsage();
console.log('ready');
process.stdin.resume();
await once(process.stdin, 'end');
const { user, system } = process.cpuUsage(begun);
console.log((user + system) / 1000);
await worker.close();
rmSync(cacheFolder, { recursive: true });
process.exit(0);
