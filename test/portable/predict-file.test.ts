// What dist/lib/predict.js is made of: nothing of Node.js, no package, and no more bytes than are stated in the guide.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { PREDICT_FILE } from './support.js';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** What a module imports, as its compiled text says. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\s[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map(([, from, bare, late]) => from ?? bare ?? late ?? '');
}

t.test('no module that it is made of imports one of Node.js, or a package but zod', async (t) => {
  const seen = new Set([resolve(src, 'entry-points/predict.js')]);
  const packages: string[] = [];
  for (const file of seen) {
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) packages.push(`${name} in ${relative(src, file)}`);
      else if (existsSync(resolve(dirname(file), name))) seen.add(resolve(dirname(file), name));
    }
  }
  t.ok(seen.size > 100, 'imports were followed');
  t.same(packages, ['zod in zod.js']);
});

t.test('the bundle imports nothing, asks for its kernels by address, and is small', async (t) => {
  const text = readFileSync(PREDICT_FILE, 'utf8');
  t.notMatch(text, /\bimport\s*[{*"']|\bfrom\s*["'][./a-z]|\brequire\(|\bBuffer\b|\bnew Function\b|\beval\(/);
  for (const kernel of ['emulated', 'fused', 'strict']) {
    t.ok(text.includes(`new URL("./${kernel}.wasm",import.meta.url)`), kernel);
    t.ok(existsSync(new URL(`${kernel}.wasm`, PREDICT_FILE)));
  }
  const compressed = gzipSync(text, { level: 9 }).length;
  t.ok(compressed <= 60_000, `${compressed} bytes as servers send it`);
  t.ok(text.length <= 150_000, `${text.length} bytes`);
});
