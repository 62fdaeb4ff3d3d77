// The declarations that a consumer's compiler reads, from the package's entry on: none drags in the types of zod,
// which are many and do not compile under every setting.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const dist = fileURLToPath(new URL('../../src', import.meta.url));

/** What each declaration imports, by its path, over all that can be reached. */
function reachable(entry: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const from = dirname(file);
    const text = readFileSync(file, 'utf8');
    const names = [...text.matchAll(/(?:\bfrom|\bimport|import\()\s*['"]([^'"]+)['"]/g)].map(
      ([, name]) => name!,
    );
    found.set(file, names);
    const own = names.filter((name) => name.startsWith('.'));
    waiting.push(...own.map((name) => join(from, name.replace(/\.js$/, '.d.ts'))));
  }
  return found;
}

t.test('no public declaration imports zod', async (t) => {
  const files = reachable(join(dist, 'index.d.ts'));
  t.ok(files.has(join(dist, 'model/options/training-options.d.ts')));
  const importers = [...files].filter(([, names]) => names.some((name) => /^zod(\/|$)/.test(name)));
  t.same(
    importers.map(([file]) => file),
    [],
  );
});

const CONSUMER = `import { loadData, trainEnsemble } from 'tutti';
export async function members(): Promise<number> {
  const { train } = await loadData('a.csv', { target: 'y' });
  return (await trainEnsemble(train, { hidden: [8], hiddenKeep: 0.5 })).members.length;
}
`;

t.test('they compile for CommonJS resolved as Node.js 10 did, without esModuleInterop', async (t) => {
  const folder = t.testdir({ 'a.ts': CONSUMER, node_modules: { tutti: t.fixture('symlink', root) } });
  const options = {
    ...{ module: 'commonjs', moduleResolution: 'node10', esModuleInterop: false, ignoreDeprecations: '6.0' },
    ...{ target: 'es2022', lib: ['es2022'], strict: true, skipLibCheck: false, noEmit: true },
    ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['a.ts'] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const env = { ...process.env, NODE_OPTIONS: '' };
  await t.resolves(promisify(execFile)(process.execPath, [tsc, '-p', '.'], { cwd: folder, env }));
});
