// Threads that load the addon and end, where the main thread has not: Node.js would unload it then, if it could be.

import { execFileSync } from 'node:child_process';
import t from 'tap';
import { loadAddon } from '../../src/kernels/native-addon.js';

const modules = ['native-addon', 'self-test'].map(
  (name) => new URL(`../../src/kernels/${name}.js`, import.meta.url).href,
);

/** Eight threads after one another, then eight at once; each runs every operation and ends. */
const SCRIPT = `
import { Worker } from 'node:worker_threads';
const body = \`
  Promise.all(${JSON.stringify(modules)}.map((url) => import(url))).then(([{ loadAddon }, { passesSelfTest }]) => {
    const runs = Object.values(loadAddon().addon.runners);
    require('node:worker_threads').parentPort.postMessage(runs.every((run) => passesSelfTest(run)));
  });
\`;
const one = () => new Promise((resolve, reject) => {
  const worker = new Worker(body, { eval: true, execArgv: [] });
  let passed;
  worker.on('message', (message) => { passed = message; }).on('error', reject).on('exit', () => resolve(passed));
});
const passed = [];
for (let i = 0; i < 8; i++) passed.push(await one());
passed.push(...(await Promise.all(Array.from({ length: 8 }, one))));
console.log(passed.every((own) => own === true), passed.length);
`;

t.test(
  'threads come and go',
  { skip: 'missing' in loadAddon() && 'there is no native executor here' },
  (t) => {
    const args = ['--input-type=module', '--eval', SCRIPT];
    const env = { ...process.env, NODE_OPTIONS: '' };
    t.equal(execFileSync(process.execPath, args, { encoding: 'utf8', env }).trim(), 'true 16');
    t.end();
  },
);
