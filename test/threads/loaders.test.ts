// Learners that Node.js cannot read by itself: what the process was started with reads them in threads as it does on
// the calling thread.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { startFlags } from '../../src/threads/loaders.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A language whose every file is a learner that predicts the share that it names. */
const HOOKS = `
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
export async function load(url, context, next) {
  if (!new URL(url).pathname.endsWith('.prior')) return next(url, context);
  const share = Number(await readFile(fileURLToPath(url), 'utf8'));
  const predict = \`(model, x, rows) => Array.from({ length: rows }, () => [\${share}, 1 - \${share}]).flat()\`;
  return { format: 'module', shortCircuit: true, source: \`export default { fit: () => ({}), predict: \${predict} }\` };
}
`;
const TYPED = `
import { share } from './typed-share.ts';
export default {
  fit: (): { readonly share: number } => ({ share }),
  predict: (model: { readonly share: number }, _x: Float32Array, rows: number): number[] =>
    Array.from({ length: rows }, () => [model.share, 1 - model.share]).flat(),
};
`;
const APP = `
import { createPool, Dataset, trainEnsemble } from 'tutti';
const data = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, labels: [0, 1, 0, 1] });
const pool = createPool({ threads: 2 });
for (const settings of [{}, { runner: pool }]) {
  const options = { members: 2, seed: 1, learner: process.argv[2] };
  await trainEnsemble(data, options, settings).then(
    ({ members }) => console.log(members.length),
    ({ code, message }) => console.log(code, message),
  );
}
await pool.close();
`;

const cwd = t.testdir({
  'app.mjs': APP,
  'half.prior': '0.5',
  'hooks.mjs': HOOKS,
  'register.mjs': "import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);",
  'asks.mjs': 'const { half } = globalThis.priors;\nexport default half;',
  'priors.cjs':
    'globalThis.priors = { half: { fit: () => ({}), predict: (m, x, rows) => Array(2 * rows).fill(0.5) } };',
  'typed.ts': TYPED,
  'typed-share.ts': 'export const share: number = 0.25;',
  'javascript.mjs': "export { default } from './typed.ts';",
  node_modules: {
    tutti: t.fixture('symlink', root),
  },
});

async function train(flags: readonly string[], learner: string, env: NodeJS.ProcessEnv = {}) {
  const options = { cwd, env: { ...process.env, NODE_OPTIONS: '', ...env } };
  return (await promisify(execFile)(process.execPath, [...flags, 'app.mjs', learner], options)).stdout;
}

for (const flags of [
  ['--import', './register.mjs'],
  ['--loader', './hooks.mjs'],
]) {
  t.test(`a language of ${flags.join(' ')} is read inline and in the pool`, async (t) => {
    t.equal(await train(flags, './half.prior'), '2\n2\n');
  });
}

t.test('what --require prepares is there for learners', async (t) => {
  t.equal(await train(['--require', './priors.cjs'], './asks.mjs'), '2\n2\n');
});

t.test('NODE_OPTIONS count as well', async (t) => {
  t.equal(await train([], './half.prior', { NODE_OPTIONS: '--import ./register.mjs' }), '2\n2\n');
});

t.test('tsx reads learners in TypeScript, and what they and others import', async (t) => {
  const tsx = import.meta.resolve('tsx');
  for (const learner of ['./typed.ts', './javascript.mjs']) {
    t.equal(await train(['--import', tsx], learner), '2\n2\n', learner);
  }
});

t.test('without any of them the learner is refused before the training', async (t) => {
  const refused = /^ERR_MODULE Member 0: the module half\.prior cannot be imported: .*\.prior/;
  const [inline, pool] = (await train([], './half.prior')).split('\n');
  t.match(inline, refused);
  t.match(pool, refused);
});

t.test('flags are read with their values, in order; the others are left alone', async (t) => {
  const flags = [
    '--import',
    'a',
    '-r',
    'b',
    '--loader=c=d',
    '-C',
    'e',
    '--max-old-space-size=64',
    '--inspect',
  ];
  t.same(startFlags([...flags, '--experimental-strip-types']), {
    loaders: [
      { flag: '--import', specifier: 'a' },
      { flag: '--require', specifier: 'b' },
      { flag: '--loader', specifier: 'c=d' },
    ],
    execArgv: ['--conditions=e', '--experimental-strip-types'],
  });
});
