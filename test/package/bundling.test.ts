// Apps bundled into one file by the recipes of docs/guide/bundling.md train, inline and in a pool, and say what they miss.

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const esbuild = join(dirname(createRequire(import.meta.url).resolve('esbuild/package.json')), 'bin/esbuild');

/** Predicts something else on other threads than the process's own. */
const LEARNER = `import { isMainThread } from 'node:worker_threads';
export default { fit: () => ({}), predict: (model, x, rows) => Array(rows).fill(isMainThread ? 0 : 1000) };`;

/**
 * Trains inline, saves and loads; then on the shared pool, or one with the file of threads that WORKER names, and closes
 * neither. Last it says how many threads there are when nothing is left that holds the process.
 */
const MAIN = `
const LEARNER = ${JSON.stringify(LEARNER)};
const threads = [];
subscribe('worker_threads', ({ worker }) => threads.push(worker));
async function main() {
  const runner = createInlineRunner();
  const x = Float32Array.from({ length: 120 }, (_, at) => Math.sin(at));
  const data = Dataset.fromArrays({ x, rows: 60, features: 2, targets: x.filter((_, at) => at % 2 === 0) });
  const options = { members: 3, hidden: [4], epochs: 2, seed: 1 };
  const inline = await trainEnsemble(data, options, { runner });
  await inline.save('app.tutti');
  console.log('inline', (await Ensemble.load('app.tutti')).contentHash());
  writeFileSync('here.mjs', LEARNER);
  const taught = await trainEnsemble(data, { members: 1, learner: './here.mjs', seed: 1 }, { runner });
  const { mean } = await taught.predict(data);
  console.log('learner', mean[0] > 0.9 ? 'apart' : 'here');
  try {
    const worker = process.env.WORKER;
    const apart = process.env.ISOLATE === undefined ? {} : { isolate: process.env.ISOLATE };
    const settings = worker === undefined ? {} : { runner: createPool({ threads: 2, workerPath: worker, ...apart }) };
    console.log('pool', (await trainEnsemble(data, options, settings)).contentHash());
    process.once('beforeExit', () => console.log('idle', threads.some(({ threadId }) => threadId !== -1)));
  } catch (error) {
    console.log('failed', error.code, error.message);
  }
}
main();
`;
const NAMES = '{ createInlineRunner, createPool, Dataset, Ensemble, trainEnsemble }';

const folder = t.testdir({
  'app.mjs': `import { subscribe } from 'node:diagnostics_channel';\nimport { writeFileSync } from 'node:fs';\nimport ${NAMES} from 'tutti';${MAIN}`,
  'app.cjs': `const { subscribe } = require('node:diagnostics_channel');\nconst { writeFileSync } = require('node:fs');\nconst ${NAMES} = require('tutti');${MAIN}`,
  'small.mjs': `import { tableFromRecords } from 'tutti';\nconsole.log(tableFromRecords([{ a: 1 }]).rows);`,
  node_modules: {
    tutti: t.fixture('symlink', root),
    piscina: t.fixture('symlink', join(root, 'node_modules/piscina')),
  },
});

/** The commands of the document, by the file they write. */
const recipes = new Map(
  [...readFileSync(join(root, 'docs/guide/bundling.md'), 'utf8').matchAll(/^ {4}npx esbuild (.*)$/gm)].map(
    ([, args]) => [/--outfile=out\/(\S+)/.exec(args!)![1]!, args!.split(' ')],
  ),
);

function bundle(name: string): string {
  execFileSync(esbuild, [...recipes.get(name)!, '--log-level=error'], { cwd: folder });
  return join(folder, 'out', name);
}

/** Standard output of a bundled app, without what the test runner adds to processes. */
async function run(file: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { cwd: dirname(file), env: { ...process.env, NODE_OPTIONS: '', ...env } };
  return (await promisify(execFile)(process.execPath, [file], options)).stdout;
}

/** Trained twice, to the same bytes; learners predict on threads of their own. */
const TRAINED = /^inline ([0-9a-f]{64})\nlearner apart\npool \1\nidle true\n$/;
/** The same where the file of their threads is not there. */
const TRAINED_ALONE = /^inline ([0-9a-f]{64})\nlearner here\npool \1\nidle true\n$/;

for (const name of ['external.mjs', 'app.mjs', 'app.cjs']) {
  t.test(`the recipe of ${name} trains inline and in a pool, which does not hold the process`, async (t) => {
    t.match(await run(bundle(name)), TRAINED);
  });
}

t.test('a bundle takes of tutti what the app uses, and the check of the version of Node.js', async (t) => {
  const file = join(folder, 'out/small.mjs');
  const args = ['small.mjs', '--bundle', '--platform=node', '--format=esm', `--outfile=${file}`];
  execFileSync(esbuild, [...args, '--log-level=error'], { cwd: folder });
  const text = readFileSync(file, 'utf8');
  t.match(text, 'requireNode(process.versions.node)');
  for (const unused of ['embeddedKernels', 'zod', 'csv-parse', 'msgpackr']) t.notMatch(text, unused);
  t.equal(await run(file), '1\n');
});

t.test('the file of threads may be named as well', async (t) => {
  const worker = createRequire(join(folder, 'app.mjs')).resolve('tutti/worker');
  t.match(await run(bundle('app.mjs'), { WORKER: worker }), TRAINED);
});

t.test('require works without a bundle', async (t) => {
  t.match(await run(join(folder, 'app.cjs')), TRAINED);
});

t.test('a folder without node_modules', async (t) => {
  // Outside of the project, where its own packages are not found.
  const alone = mkdtempSync(join(tmpdir(), 'tutti-bundling-'));
  t.teardown(() => rmSync(alone, { recursive: true }));
  for (const name of ['app.mjs', 'app.cjs', 'member.mjs']) cpSync(bundle(name), join(alone, name));
  for (const name of ['app.mjs', 'app.cjs']) {
    t.test(`${name} trains inline and says what a pool misses and how to go on`, async (t) => {
      const expected =
        /^inline \w{64}\nlearner here\nfailed ERR_FILE Expected the thread's file tutti\/worker to be found from .*app\.[mc]js, got nothing; install tutti .*workerPath.*docs\/guide\/bundling\.md/;
      t.match(await run(join(alone, name)), expected);
    });
  }
  t.test('with the file of threads, piscina is what it misses', async (t) => {
    const stdout = await run(join(alone, 'app.mjs'), { WORKER: join(alone, 'member.mjs') });
    t.match(
      stdout,
      /^inline \w{64}\nlearner here\nfailed ERR_FILE Expected the package piscina to be found from /,
    );
  });
  t.test('with the file of threads and piscina it trains in a pool', async (t) => {
    mkdirSync(join(alone, 'node_modules'));
    const piscina = join(root, 'node_modules/piscina');
    cpSync(piscina, join(alone, 'node_modules/piscina'), { recursive: true });
    t.match(await run(join(alone, 'app.mjs'), { WORKER: join(alone, 'member.mjs') }), TRAINED_ALONE);
    const apart = await run(join(alone, 'app.mjs'), {
      WORKER: join(alone, 'member.mjs'),
      ISOLATE: 'process',
    });
    t.match(
      apart,
      /failed ERR_FILE Expected the file of a process, tutti\/process-worker, to be found from .* `isolate: 'process'`/,
    );
  });
});
