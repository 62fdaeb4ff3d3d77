// The package as its users get it: packed, installed in an empty folder, and there a new user's first ten minutes with
// the README's script: run, type-checked, required, bundled, tested. The only test that needs the npm registry; it is
// skipped where that cannot be reached.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { readmeScript } from '../support/readme.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const SCRIPT = readmeScript(root);
const folder = t.testdir({ 'package.json': '{"name":"consumer","private":true}' });
/** What npm says when there is no way to the registry. */
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED/;

/** What users have beside tutti. With TypeScript 6 and as Node.js 10 resolved, declarations.test.ts checks the types. */
const TOOLS = ['typescript@7', '@types/node@22', 'esbuild@0.28', 'vitest@4'];

/** Runs a command of the user in the folder; the test runner's own loaders are not the user's. */
async function run(command: string, ...args: string[]) {
  const env = { ...process.env, NODE_OPTIONS: '' };
  return promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 1 << 24 });
}

/** Checks the types of a file with TypeScript. */
async function check(compilerOptions: object, file: string) {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  try {
    await run('npx', '--no-install', 'tsc', '-p', '.');
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}

t.before(async () => {
  await run('npm', 'pack', root, '--ignore-scripts');
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  try {
    const packages = [`./${tarball}`, ...TOOLS];
    await run('npm', 'install', ...packages, '--no-audit', '--no-fund', '--prefer-offline');
  } catch (error) {
    if (!OFFLINE.test((error as { stderr: string }).stderr)) throw error;
    t.plan(0, 'the npm registry cannot be reached');
  }
  // The README's commands run where its data is.
  symlinkSync('node_modules/tutti/data', join(folder, 'data'));
});

t.test('npx tutti runs from the folder', async (t) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  t.equal((await run('npx', '--no-install', 'tutti', '--version')).stdout.trim(), version);
  const quick = ['--members', '2', '--epochs', '1', '--seed', '1', '--json', '--out', 'd.tutti'];
  const args = ['train', 'data/digits.csv', '--target', 'digit', ...quick];
  const { stdout } = await run('npx', '--no-install', 'tutti', ...args);
  t.match(JSON.parse(stdout), { complete: true, members: 2, contentHash: /^[0-9a-f]{64}$/ });
});

/** What the README's script prints. */
const PRINTED = /^ +accuracy .*\ntest, arithmetic mean +99\.07 % .*\n(.*\n)+7 (1|0\.9\d+)\n$/;

t.test("the README's script runs as an ES module", async (t) => {
  writeFileSync(join(folder, 'first.mjs'), SCRIPT);
  t.match((await run(process.execPath, 'first.mjs')).stdout, PRINTED);
});

t.test('it runs in CommonJS, with require', async (t) => {
  const script = SCRIPT.replace(
    /^import (.*) from ('tutti');\n/,
    'const $1 = require($2);\nasync function main() {',
  );
  writeFileSync(join(folder, 'first.cjs'), `${script}}\nmain();\n`);
  t.match((await run(process.execPath, 'first.cjs')).stdout, PRINTED);
});

t.test('it runs as one file that esbuild made of it', async (t) => {
  const how = ['--bundle', '--platform=node', '--format=esm', '--outfile=out/first.mjs', '--log-level=error'];
  await run('npx', '--no-install', 'esbuild', 'first.mjs', ...how);
  t.match((await run(process.execPath, 'out/first.mjs')).stdout, PRINTED);
});

t.test('it runs in a test of vitest', async (t) => {
  const [imports, ...body] = SCRIPT.split('\n');
  const [open, close] = [
    "test('the first script', async () => {",
    'expect(ensemble.members).toHaveLength(16);\n}, 0);',
  ];
  const script = ["import { expect, test } from 'vitest';", imports, open, ...body, close];
  writeFileSync(join(folder, 'first.test.mjs'), script.join('\n'));
  const { stdout } = await run('npx', '--no-install', 'vitest', 'run', '--reporter=tap');
  t.match(stdout, /ok \d+ - .*the first script/);
  t.notMatch(stdout, 'not ok');
});

t.test('it is strict TypeScript as it stands, with and without skipLibCheck', async (t) => {
  writeFileSync(join(folder, 'first.mts'), SCRIPT);
  for (const skipLibCheck of [true, false]) {
    const options = {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      types: ['node'],
      skipLibCheck,
    };
    await t.resolves(check({ ...options, noUncheckedIndexedAccess: true }, 'first.mts'));
  }
});

t.test('its types serve a consumer without any types of their own', async (t) => {
  const consumer = [
    "import { createPool, type TrainedEnsemble, loadData, trainEnsemble } from 'tutti';",
    "import { errorCorrelation } from 'tutti/measure';",
    "const { train } = await loadData('data/digits.csv', { target: 'digit' });",
    'const pool = createPool({ threads: 2 });',
    'export const ensemble: TrainedEnsemble = await trainEnsemble(train, { hidden: [8] }, { runner: pool });',
    'export const rho: number | null = errorCorrelation([[1, 2], [2, 3]], [1, 2]).rho;',
    '// @ts-expect-error an option that is none',
    'await trainEnsemble(train, { hiden: [8] });',
  ];
  const options = { target: 'es2022', module: 'nodenext', strict: true, noEmit: true, types: [] };
  writeFileSync(join(folder, 'consumer.mts'), consumer.join('\n'));
  await t.resolves(check(options, 'consumer.mts'));
});

t.test('its types need no DOM and no skipLibCheck, whatever the modules of the consumer', async (t) => {
  const consumer =
    "import { type Predictor, type TrainingOptions, trainEnsemble } from 'tutti';\nexport { type Predictor, trainEnsemble };\n";
  writeFileSync(
    join(folder, 'plain.ts'),
    `${consumer}export const options: TrainingOptions = { hidden: [8] };\n`,
  );
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['commonjs', 'bundler'],
  ]) {
    const options = {
      target: 'es2022',
      lib: ['es2022'],
      strict: true,
      noEmit: true,
      module,
      moduleResolution,
    };
    await t.resolves(check({ ...options, types: ['node'] }, 'plain.ts'), `module ${module}`);
  }
});

t.test('it holds what it needs and no more', async (t) => {
  const names = readdirSync(join(folder, 'node_modules/tutti'), { recursive: true }) as string[];
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/src/kernels/embedded.js']) {
    t.ok(names.includes(name), name);
  }
  t.ok(names.includes('scripts/examples/first-training.ts'), 'the examples');
  t.strictSame(
    names.filter((name) =>
      /(^|\/)(test|node_modules)(\/|$)|^scripts\/(?!examples)|\.map$|^dist\/(?!lib\/).*\.wasm$/.test(name),
    ),
    [],
  );
});

t.test('every link of its documents leads to a file that is there', async (t) => {
  const home = join(folder, 'node_modules/tutti');
  const names = readdirSync(home, { recursive: true }) as string[];
  const documents = names.filter((name) => name.endsWith('.md'));
  t.ok(documents.length > 8);
  for (const name of documents) {
    const text = readFileSync(join(home, name), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      t.ok(existsSync(join(home, dirname(name), target!)), `${name}: ${target}`);
    }
  }
});
