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
  const later = FOLDERS.slice(FOLDERS.indexOf(folder) + 1);
  const room = folder.split('/')[0]!;
  const rooms = new Set(later.map((name) => name.split('/')[0]!));
  rooms.delete(room);
  const within = later.filter((name) => name.startsWith(`${room}/`) || name === room);
  return [
    ...[...rooms].map((name) => `**/${name}/**`),
    ...within.map((name) => `${relative(folder, name)}/*`),
    '**/index.js',
    '**/workers/**',
  ];
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
