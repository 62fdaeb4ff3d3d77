// What is loaded when tutti is imported, and when its command line starts: read off the imports of the compiled files,
// since how long loading takes depends on the machine.

import { readFileSync } from 'node:fs';
import t from 'tap';

const IMPORT = /^(?:import|export) ?(?:[\w*{][^'"`;=]* from )?['"]([^'"]+)['"];$/gm;

/** The static imports of a file and of all that it imports: files of tutti as URLs, packages by their names. */
function loadedWith(file: URL, found = new Set<string>()): Set<string> {
  if (found.has(file.href)) return found;
  found.add(file.href);
  const text = readFileSync(file, 'utf8');
  for (const [, specifier] of text.matchAll(IMPORT)) {
    if (specifier!.startsWith('.')) loadedWith(new URL(specifier!, file), found);
    else if (!specifier!.startsWith('node:')) found.add(specifier!.replace(/^([^@/]+)\/.*/, '$1'));
  }
  return found;
}

const packagesOf = (file: string) =>
  [...loadedWith(new URL(`../../${file}`, import.meta.url))]
    .filter((name) => !name.startsWith('file:'))
    .sort();

t.test(
  'importing tutti loads no dependency but the reader of CSV files, which its bundle holds',
  async (t) => {
    t.same(packagesOf('src/index.js'), ['csv-parse']);
    t.same(packagesOf('lib/index.js'), []);
    t.ok(loadedWith(new URL('../../src/index.js', import.meta.url)).size > 100, 'imports were followed');
  },
);

t.test('a program that imports tutti gets it in a few files, a bundler each module by itself', async (t) => {
  const files = loadedWith(new URL(import.meta.resolve('tutti')));
  t.match([...files][0], /\/dist\/lib\/index\.js$/);
  t.ok(files.size < 50, `${files.size} files`);
});

t.test(
  'the general help loads no dependency but those that read the command line and colour text',
  async (t) => {
    t.same([...new Set(['src/cli/main.js', 'src/cli/program.js'].flatMap(packagesOf))].sort(), [
      'commander',
      'picocolors',
    ]);
  },
);

t.test('the thread of a pool loads no dependency before a job needs one', async (t) => {
  t.same(packagesOf('workers/member.js'), []);
});
