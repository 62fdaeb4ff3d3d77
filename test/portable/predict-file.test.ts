// What dist/lib/predict.js is made of: nothing of Node.js, no package, and no more bytes than are stated in the guide.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { PREDICT_FILE } from './support.js';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** Bytes of JavaScript, minified and as servers send them, that docs/guide/predict-anywhere.md states. */
const FIRST = { plain: 126_000, compressed: 46_500 } as const;
const ALL = { plain: 172_000, compressed: 67_000 } as const;

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

/** The files of JavaScript by their names, and of those each what it imports at once. */
const lib = fileURLToPath(new URL('.', PREDICT_FILE));
const files = new Map(
  readdirSync(lib)
    .filter((name) => /^predict(-.*)?\.js$/.test(name))
    .map((name) => [name, readFileSync(join(lib, name), 'utf8')]),
);
const atOnceOf = (name: string) =>
  [...files.get(name)!.matchAll(/\b(?:from|import)\s*"\.\/([^"]+)"/g)].map(([, other]) => other!);

function bytesOf(names: Iterable<string>) {
  const texts = [...names].map((name) => files.get(name)!);
  const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0);
  return {
    plain: sum(texts.map((text) => text.length)),
    compressed: sum(texts.map((text) => gzipSync(text, { level: 9 }).length)),
  };
}

t.test('the bundle imports nothing but its own files, and asks for its kernels by address', async (t) => {
  for (const [name, text] of files) {
    t.notMatch(text, /\brequire\(|\bBuffer\b|\bnew Function\b|\beval\(/, name);
    const named = [...text.matchAll(/(?:\bfrom|\bimport)[\s(]*["']([^"']+)["']/g)].map(([, other]) => other!);
    t.same(
      named.filter((other) => !other.startsWith('./') || !files.has(other.slice(2))),
      [],
      name,
    );
  }
  const all = [...files.values()].join('\n');
  for (const kernel of ['emulated', 'fused', 'strict']) {
    t.ok(all.includes(`new URL("./${kernel}.wasm",import.meta.url)`), kernel);
    t.ok(existsSync(new URL(`${kernel}.wasm`, PREDICT_FILE)));
  }
});

t.test(
  'it is small, and smaller where records, neighbours, trees and guarantees are not asked for',
  async (t) => {
    const first = new Set(['predict.js']);
    for (const name of first) for (const other of atOnceOf(name)) first.add(other);
    t.equal(first.size, 2, 'what is loaded at once is one file and its names');
    t.same(
      [...files.keys()]
        .filter((name) => !first.has(name))
        .map((name) => name.split('-')[1])
        .sort(),
      ['chunk', 'later', 'predictor', 'predictor', 'records'],
    );
    const [begun, whole] = [bytesOf(first), bytesOf(files.keys())];
    t.ok(begun.plain <= FIRST.plain, `${begun.plain} bytes at first`);
    t.ok(begun.compressed <= FIRST.compressed, `${begun.compressed} bytes at first as servers send them`);
    t.ok(whole.plain <= ALL.plain, `${whole.plain} bytes in all`);
    t.ok(whole.compressed <= ALL.compressed, `${whole.compressed} bytes in all as servers send them`);
  },
);
