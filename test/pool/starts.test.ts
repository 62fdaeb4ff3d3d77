// Threads that cannot start: whatever is wrong with the worker file, the training rejects with its cause.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { createPool, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(60, 4, 2);
const OPTIONS = { members: 3, hidden: [4], epochs: 2, seed: 1 };
const member = new URL('../../workers/member.js', import.meta.url).href;
const index = new URL('../../src/index.js', import.meta.url).href;

const folder = t.testdir({
  'throws.mjs': "throw new Error('not today');",
  'rejects.mjs': "await Promise.reject(new Error('nor tomorrow'));",
  'syntax.mjs': 'export default function {',
  'common.cjs': "throw new TypeError('in CommonJS');",
  'exits.mjs': 'process.exit(5);',
  'imports.mjs': "import './nothing-here.mjs';\nexport default () => {};",
  'waits.mjs': 'await new Promise(() => {});\nexport default () => {};',
  'waits-busily.mjs': 'setInterval(() => {}, 10);\nawait new Promise(() => {});\nexport default () => {};',
  'loops.mjs': 'for (;;) {}',
  'no-function.mjs': 'export default 12;',
  'nothing.mjs': 'export const runMember = () => {};',
  'other.mjs': "export default () => 'a parcel';",
  // Sound, but a module of a kind that needs a while.
  'slow.mjs': `await new Promise((resolve) => setTimeout(resolve, 700));
export { default } from ${JSON.stringify(member)};`,
  // Fails the first time that it is loaded after this file is there.
  'recovers.mjs': `import { existsSync } from 'node:fs';
if (existsSync(new URL('broken', import.meta.url))) throw new Error('broken for now');
export { default } from ${JSON.stringify(member)};`,
  'data.csv': `x,y\n${Array.from({ length: 30 }, (_, i) => `${i},${2 * i}`).join('\n')}\n`,
});
const at = (name: string) => join(folder, name);

const CAUSES: readonly (readonly [name: string, cause: RegExp])[] = [
  ['missing.mjs', /there is no such file/],
  ['throws.mjs', /cannot be loaded: not today/],
  ['rejects.mjs', /cannot be loaded: nor tomorrow/],
  ['syntax.mjs', /cannot be loaded: Unexpected token/],
  ['common.cjs', /cannot be loaded: in CommonJS/],
  ['exits.mjs', /ended its thread while it was loaded \(exit status 5\)/],
  ['imports.mjs', /cannot be loaded: Cannot find module .*nothing-here/],
  ['no-function.mjs', /is not tutti's/],
  ['nothing.mjs', /is not tutti's/],
  ['other.mjs', /is not tutti's/],
];

for (const [name, cause] of CAUSES) {
  t.test(`a worker file such as ${name} is an error that names it and says why`, async (t) => {
    await using pool = createPool({ threads: 1, workerPath: at(name) });
    const options = { ...OPTIONS, ...(name === 'missing.mjs' ? { deadline: 600 } : {}) };
    const error = await trainEnsemble(dataset, options, { runner: pool, retries: 0 }).then(
      () => null,
      (reason) => reason,
    );
    t.equal(error?.code, 'ERR_THREAD_START');
    t.match(error?.message, cause);
    t.ok(error?.message.includes(name), error?.message);
  });
}

t.test('a worker that never finishes loading is an error after the time it is given', async (t) => {
  for (const name of ['waits.mjs', 'waits-busily.mjs', 'loops.mjs']) {
    await using pool = createPool({ threads: 2, workerPath: pathToFileURL(at(name)), startTimeout: 0.5 });
    const training = trainEnsemble(dataset, OPTIONS, { runner: pool });
    await t.rejects(training, { code: 'ERR_THREAD_START', message: /loaded.*startTimeout/ }, name);
  }
});

t.test('one in which nothing happens at all is found without being given a time', async (t) => {
  await using pool = createPool({ threads: 1, workerPath: at('waits.mjs') });
  const training = trainEnsemble(dataset, OPTIONS, { runner: pool });
  await t.rejects(training, { code: 'ERR_THREAD_START', message: /nothing has happened in its thread/ });
});

t.test('a worker that takes its time to load is waited for', async (t) => {
  await using pool = createPool({ threads: 2, workerPath: at('slow.mjs') });
  t.equal((await trainEnsemble(dataset, OPTIONS, { runner: pool })).members.length, 3);
});

t.test('every later training tries again, and two at once reject alike', async (t) => {
  const { rmSync, writeFileSync } = await import('node:fs');
  writeFileSync(at('broken'), '');
  await using pool = createPool({ threads: 2, workerPath: at('recovers.mjs') });
  const train = () => trainEnsemble(dataset, OPTIONS, { runner: pool });
  const [one, two] = await Promise.allSettled([train(), train()]);
  t.match([one, two], [{ reason: { code: 'ERR_THREAD_START' } }, { reason: { code: 'ERR_THREAD_START' } }]);
  rmSync(at('broken'));
  t.equal((await train()).members.length, 3);
});

t.test(
  'a script that awaits such a training ends with the error, though nothing else keeps it alive',
  (t) => {
    for (const name of ['missing.mjs', 'exits.mjs']) {
      const script = `
      import { createPool, loadData, trainEnsemble } from ${JSON.stringify(index)};
      const { train } = await loadData(${JSON.stringify(at('data.csv'))}, { target: 'y' });
      const pool = createPool({ threads: 2, workerPath: ${JSON.stringify(at(name))} });
      await trainEnsemble(train, { members: 3, epochs: 2, seed: 1 }, { runner: pool });`;
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
        encoding: 'utf8',
        env: {},
      });
      t.equal(status, 1, name);
      t.match(stderr, /ERR_THREAD_START/);
    }
    t.end();
  },
);
