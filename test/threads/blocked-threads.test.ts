// A process of the API's ends, although a thread of its pool waits in the operating system and cannot be ended.

import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const index = JSON.stringify(new URL('../../src/index.js', import.meta.url).href);
const APP = `
import { createPool, Dataset, trainEnsemble } from ${index};
const data = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, labels: [0, 1, 0, 1] });
const pool = createPool({ threads: 1 });
const options = { members: 1, seed: 1, learner: './waits.mjs', deadline: 2 };
process.exitCode = 7;
await trainEnsemble(data, options, { runner: pool }).catch(({ message }) => console.log(message));
process.on('exit', (code) => console.log('exits with', code));
await pool.close();
console.log('closed');
`;

/** What the process is left with once a thread is blocked: an error that nobody catches, be it awaited or thrown. */
const failing = (how: string) => `
import { createPool, Dataset, trainEnsemble } from ${index};
const data = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, labels: [0, 1, 0, 1] });
const pool = createPool({ threads: 1 });
const training = trainEnsemble(data, { members: 1, seed: 1, learner: './waits.mjs', deadline: 2 }, { runner: pool });
${how}`;

const cwd = t.testdir({
  'app.mjs': APP,
  'awaits.mjs': failing('await training;'),
  'forgets.mjs': failing('training.then(console.log);'),
  'throws.mjs': failing(
    "await training.catch(() => setImmediate(() => { throw new TypeError('of the app'); }));",
  ),
  'heard.mjs': failing(`
process.on('uncaughtException', (error) => {
  console.error('heard', error.code);
  process.exit(6);
});
await training;`),
  'waits.mjs': `import { readFileSync } from 'node:fs';
    export default { fit: () => readFileSync('pipe'), predict: () => [] };`,
});

const skip = process.platform === 'win32' ? 'no named pipes here' : false;
if (skip === false) execFileSync('mkfifo', [join(cwd, 'pipe')]);
const run = async (app: string): Promise<{ code?: number; stdout: string; stderr: string }> => {
  const options = { cwd, env: { ...process.env, NODE_OPTIONS: '' } };
  return promisify(execFile)(process.execPath, [app], options).catch((error) => error);
};

t.test(
  'the process ends by itself, with its own status and after all listeners of its exit',
  { skip },
  async (t) => {
    const { code, stdout } = await run('app.mjs');
    t.match(stdout, /blocked in the operating system.*\nclosed\nexits with 7\n$/);
    t.equal(code, 7);
  },
);

t.test('an error that nobody catches is said before it ends the process', { skip }, async (t) => {
  const apps = ['awaits.mjs', 'forgets.mjs', 'throws.mjs', 'heard.mjs'];
  const [awaits, forgets, throws, heard] = await Promise.all(apps.map(run));
  for (const { code, stderr } of [awaits!, forgets!]) {
    t.equal(code, 1);
    t.match(stderr, /TuttiError: The only member failed.*blocked in the operating system/);
    t.match(stderr, "code: 'ERR_MEMBERS_FAILED'");
  }
  t.match(throws, { code: 1, stderr: /TypeError: of the app/ });
  t.match(heard, { code: 6, stderr: /^heard ERR_MEMBERS_FAILED\n$/ });
});
