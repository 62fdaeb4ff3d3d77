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

const cwd = t.testdir({
  'app.mjs': APP,
  'waits.mjs': `import { readFileSync } from 'node:fs';
    export default { fit: () => readFileSync('pipe'), predict: () => [] };`,
});

t.test(
  'the process ends by itself, with its own status and after all listeners of its exit',
  { skip: process.platform === 'win32' ? 'no named pipes here' : false },
  async (t) => {
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const options = { cwd, env: { ...process.env, NODE_OPTIONS: '' } };
    const running = promisify(execFile)(process.execPath, ['app.mjs'], options);
    const { code, stdout } = await running.catch((error) => error);
    t.match(stdout, /blocked in the operating system.*\nclosed\nexits with 7\n$/);
    t.equal(code, 7);
  },
);
