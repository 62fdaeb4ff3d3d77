// Each page of docs/guide that shows code shows the script of its name, which runs and prints what the page says; and
// the README shows the first.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { COMMAND, codeOf, FOLDER, lacks, outputOf, ROOT, shownIn } from '../../scripts/support/guide.js';
import { resolveArithmetic } from '../../src/kernels/arithmetic.js';
import { readmeScript } from '../support/readme.js';

const links = Object.entries(FOLDER).map(([name, target]) => [name, t.fixture('symlink', target)]);
const bin = { tutti: t.fixture('symlink', COMMAND) };

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const pages = readdirSync(join(ROOT, 'docs/guide')).map((name) => name.replace(/\.md$/, ''));
const shown = new Map(pages.map((name) => [name, shownIn(read(`docs/guide/${name}.md`))]));

/** Output without times and the sizes of files, which hold versions; and without figures where the machine has no fused arithmetic, which the pages are of. */
function comparable(output: string): string {
  const timeless = output
    .replace(/in [\d.]+ s \([\d.]+ per second/g, 'in # s (# per second')
    .replace(/\([\d.]+ kB\)/g, '(# kB)');
  if (resolveArithmetic('auto') === 'fused') return timeless;
  return timeless
    .replace(/fused|strict|[0-9a-f]{64}/g, '#')
    .replace(/\d[\d.e−-]*/g, '#')
    .replace(/ +/g, ' ');
}

t.test('each page that shows code has its script, and each script its page', async (t) => {
  const scripts = readdirSync(join(ROOT, 'scripts/examples')).filter((name) => /\.(ts|sh)$/.test(name));
  const withCode = pages.filter((name) => shown.get(name)?.code !== null);
  t.same(scripts.map((name) => name.replace(/\.\w+$/, '')).sort(), withCode.sort());
});

for (const [name, { code, output }] of shown) {
  if (code === null) continue;
  t.test(`docs/guide/${name}.md shows its script, and what it prints`, { skip: lacks(name) }, async (t) => {
    t.equal(code, codeOf(name), 'node dist/scripts/guide-examples.js writes it anew');
    const folder = t.testdir({ ...Object.fromEntries(links), bin });
    t.equal(comparable(await outputOf(name, folder)), comparable(output ?? ''));
  });
}

t.test('the README shows first-training.ts', async (t) => {
  t.equal(readmeScript(ROOT), codeOf('first-training'));
});
