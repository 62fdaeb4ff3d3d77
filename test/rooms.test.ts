// The house as its files draw it: every import of src, of types too, against the order of the folders.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { layerRules } from '../scripts/support/layer-rules.js';
import { FOUNDATIONS, IMPORTERS, ROOMS } from '../scripts/support/rooms.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Folders of tests that are about no folder of src: the package as a whole, its results, and what tests share. */
const WHOLE = [
  'cluster/faults',
  'cluster/schedulers',
  'bench',
  'browser',
  'cluster',
  'docs',
  'examples',
  'faults',
  'fuzz',
  'golden',
  'package',
  'quality',
  'support',
  'types',
  'pool/fixtures',
  'engines/toy-engine',
  'kernels/conformance',
];
const KERNEL_SOURCES = 'src/kernels/assembly/';

const files = ['src', 'workers', 'scripts', 'test'].flatMap(sourcesIn);
const order = ROOMS.map(([folder]) => folder);

interface Import {
  readonly from: string;
  /** A file of the project, or the name of a package. */
  readonly to: string;
}

const imports = files.filter((file) => !file.startsWith(KERNEL_SOURCES)).flatMap(importsOf);

t.test('every folder of src has its place in the order, and every place its folder', async (t) => {
  const folders = new Set(files.filter((file) => /^src\/.*\//.test(file)).map((file) => folderOf(file)));
  folders.delete('kernels/assembly');
  t.same([...folders].sort(), [...order].sort());
});

t.test(
  'no import leads upward, types included, so that no folders import each other in a circle',
  async (t) => {
    const upward = imports.filter(({ from, to }) => from.startsWith('src/') && isUpward(from, to));
    t.same(
      upward.map(({ from, to }) => `${from} -> ${to}`),
      [],
    );
    t.ok(imports.length > 1500, `${imports.length} imports were seen`);
  },
);

t.test('a heavy dependency has one importer', async (t) => {
  for (const [dependency, file] of Object.entries(IMPORTERS)) {
    const importers = imports.filter(
      ({ from, to }) => from.startsWith('src/') && packageOf(to) === dependency,
    );
    // tfjs-node is imported by a name that the compiler does not follow.
    const expected = dependency === '@tensorflow/tfjs-node' ? [] : [file];
    t.same([...new Set(importers.map(({ from }) => from))], expected, dependency);
  }
  const naming = files.filter(
    (file) => file.startsWith('src/') && / PACKAGE.*= '@tensorflow/.test(text(file)),
  );
  t.same(naming, [IMPORTERS['@tensorflow/tfjs-node']]);
});

t.test('no file that is written by hand is longer than 400 lines', async (t) => {
  const long = files.filter(
    (file) => !text(file).startsWith('// Written by') && text(file).split('\n').length > 401,
  );
  t.same(long, []);
});

t.test('the folders of the tests are those of src', async (t) => {
  const tested = new Set(
    files.filter((file) => /^test\/.*\//.test(file)).map((file) => dirname(file).slice('test/'.length)),
  );
  t.same(
    [...tested].filter((folder) => !order.includes(folder) && !WHOLE.includes(folder)),
    [],
  );
});

t.test('the linter’s rules are as the order of the folders is', async (t) => {
  const { overrides } = JSON.parse(text('biome.json'));
  t.same(
    overrides,
    JSON.parse(JSON.stringify(layerRules())),
    'node dist/scripts/layer-rules.js writes them anew',
  );
});

function sourcesIn(folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name));
  return names.map((entry) => join(entry.parentPath, entry.name).slice(root.length)).sort();
}

function importsOf(from: string): readonly Import[] {
  const found = text(from).matchAll(/(?:\bfrom |^import |\bimport\((?:\/\*.*?\*\/ )?)'([^'\n]+)'/gm);
  return [...found].map(([, specifier]) => {
    const inside = specifier!.startsWith('.');
    return {
      from,
      to: inside ? normalize(join(dirname(from), specifier!)).replace(/\.js$/, '.ts') : specifier!,
    };
  });
}

function isUpward(from: string, to: string): boolean {
  return to.startsWith('src/') ? level(to) > level(from) : /^(workers|scripts|test)\//.test(to);
}

/** How high a file of src lies. */
function level(file: string): number {
  const folder = folderOf(file);
  if (folder !== '') return order.indexOf(folder) + 1;
  return FOUNDATIONS.includes(file.slice('src/'.length, -'.ts'.length)) ? 0 : order.length + 1;
}

/** The folder of a file, from src on. */
function folderOf(file: string): string {
  return dirname(file).slice('src/'.length);
}

/** The package that a specifier names. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function text(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
