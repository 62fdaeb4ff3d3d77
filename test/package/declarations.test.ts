// The declarations that a consumer's compiler reads, from the package's entry on: none drags in the types of zod,
// which are many and do not compile under every setting.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

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
  t.ok(files.has(join(dist, 'model/training-options.d.ts')));
  const importers = [...files].filter(([, names]) => names.some((name) => /^zod(\/|$)/.test(name)));
  t.same(
    importers.map(([file]) => file),
    [],
  );
});
