// The linter's overrides, from the order of the folders and the importers of dependencies: an editor then says of an
// import that it goes the wrong way. The linter sees only the text of an import; test/rooms.test.ts sees where it leads.

import { FOUNDATIONS, IMPORTERS, ROOMS } from './rooms.js';

const FOLDERS = ROOMS.map(([folder]) => folder);

/** `overrides` of biome.json. */
export function layerRules(): readonly object[] {
  const own = Object.entries(IMPORTERS);
  return [
    override(
      FOUNDATIONS.map((name) => `src/${name}.ts`),
      ['./*/**'],
      IMPORTERS,
      'lies below every folder',
    ),
    ...FOLDERS.map((folder) => override([`src/${folder}/*`], above(folder), IMPORTERS, `src/${folder}`)),
    ...own.map(([dependency, file]) => {
      const folder = file.slice('src/'.length, file.lastIndexOf('/'));
      const others = Object.fromEntries(own.filter(([name]) => name !== dependency));
      return override([file], above(folder), others, `src/${folder}`);
    }),
  ];
}

/** Patterns of the imports that lead from a folder to one above it. */
function above(folder: string): readonly string[] {
  const place = FOLDERS.indexOf(folder) + 1;
  const [below, later] = [FOLDERS.slice(0, place), FOLDERS.slice(place)];
  const room = roomOf(folder);
  const rooms = new Set(below.map(roomOf));
  const within = later.filter((name) => roomOf(name) === room);
  // Of a room that has folders on both sides, each above by itself.
  const others = later.filter((name) => roomOf(name) !== room);
  const patterns = others.map((name) => (rooms.has(roomOf(name)) ? `**/${name}/*` : `**/${roomOf(name)}/**`));
  return [
    ...new Set(patterns),
    ...within.map((name) => `${relative(folder, name)}/*`),
    '**/index.js',
    '**/workers/**',
  ];
}

function roomOf(folder: string): string {
  return folder.split('/')[0]!;
}

/** How a file in one folder writes the path of another. */
function relative(from: string, to: string): string {
  const [a, b] = [from.split('/'), to.split('/')];
  let shared = 0;
  while (shared < Math.min(a.length, b.length) && a[shared] === b[shared]) shared++;
  const up = a.length - shared;
  return [...(up === 0 ? ['.'] : Array(up).fill('..')), ...b.slice(shared)].join('/');
}

function override(
  includes: readonly string[],
  group: readonly string[],
  importers: Readonly<Record<string, string>>,
  who: string,
): object {
  const message = `${who} must not import what lies above it; scripts/support/rooms.ts has the order.`;
  const paths = Object.entries(importers).map(([name, file]) => [name, `Only ${file} imports ${name}.`]);
  const options = { paths: Object.fromEntries(paths), patterns: [{ group, message }] };
  return { includes, linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } } };
}
