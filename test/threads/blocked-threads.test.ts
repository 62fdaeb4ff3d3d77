// A process of the API's ends, although a thread of its pool waits in the operating system and cannot be ended.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const index = JSON.stringify(new URL('../../src/index.js', import.meta.url).href);
const APP = `
import { createPool, Dataset, trainEnsemble } from ${index};
const data = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, labels: [0, 1, 0, 1] });
const pool = createPool({ threads: 1 });
const options = { members: 1, seed: 1, learner: './waits.mjs', deadline: Number(process.env.DEADLINE) };
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
const training = trainEnsemble(data, { members: 1, seed: 1, learner: './waits.mjs', deadline: Number(process.env.DEADLINE) }, { runner: pool });
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
  'waits.mjs': `import { readFileSync, writeFileSync } from 'node:fs';
    const fit = () => {
      writeFileSync(process.env.BLOCKED, '');
      readFileSync('pipe');
    };
    export default { fit, predict: () => [] };`,
});

const skip = process.platform === 'win32' ? 'no named pipes here' : false;
if (skip === false) execFileSync('mkfifo', [join(cwd, 'pipe')]);
type Ended = { code?: number; stdout: string; stderr: string };
/** Runs a program; again with a longer deadline where that came, on a busy machine, before its thread was blocked. */
const run = async (app: string, deadline = 2): Promise<Ended> => {
  const blocked = join(cwd, `${app}-blocked-within-${deadline}`);
  const env = { ...process.env, NODE_OPTIONS: '', DEADLINE: `${deadline}`, BLOCKED: blocked };
  const options = { cwd, env };
  const ended: Ended = await promisify(execFile)(process.execPath, [app], options).catch((error) => error);
  return !existsSync(blocked) && deadline < 128 ? run(app, 4 * deadline) : ended;
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
  const [awaits, forgets, throws, heard] = await Promise.all(apps.map((app) => run(app)));
  for (const { code, stderr } of [awaits!, forgets!]) {
    t.equal(code, 1);
    t.match(stderr, /TuttiError: The only member failed.*blocked in the operating system/);
    t.match(stderr, "code: 'ERR_MEMBERS_FAILED'");
  }
  t.match(throws, { code: 1, stderr: /TypeError: of the app/ });
  t.match(heard, { code: 6, stderr: /^heard ERR_MEMBERS_FAILED\n$/ });
});
