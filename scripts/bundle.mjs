// Bundles what is compiled, for Node.js itself: what a program imports, what threads run and the command line, each a few
// files with their dependencies in them. To find, read and link a module takes Node.js longer than to run it, so what is
// needed together lies together.

import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { bundlePredict } from './bundle-predict.mjs';
import { buildPlayground, bundleScript, embedRows } from './playground.mjs';

/** Starts a file of its own beside it; may be missing; is imported late, where a module of CommonJS would lose its names. */
const EXTERNAL = ['piscina', '@tensorflow/tfjs-node', '@duckdb/node-api', 'bullmq', 'ioredis', 'pg', 'yaml'];

const JOINED = 'joined';

/** An import that is made when the module is needed. */
const LATE = /\bimport\('(\.[^']+)'\)/g;

/**
 * Gathers the modules that are imported late: a group is imported as one. `groupOf` names the group of a module by its
 * path in dist; one of the group JOINED comes with whoever may need it.
 * @param without whose imports are none of the bundle's.
 */
function gathering(dist, without, groupOf) {
  const files = ['src', 'workers']
    .flatMap((folder) =>
      readdirSync(join(dist, folder), { recursive: true }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.js') && !without.test(file) && !PREDICTS_ANYWHERE.test(file))
    .map((file) => join(dist, file));
  const nameOf = (module) => relative(dist, module).replace(/\W/g, '_');
  const lateIn = (file) =>
    [...readFileSync(file, 'utf8').matchAll(LATE)].map(([, path]) => resolve(dirname(file), path));
  const late = [...new Set(files.flatMap(lateIn))].sort();
  const isIn = (group) => (module) => groupOf(relative(dist, module)) === group;
  const load = ({ path }) => {
    if (!files.includes(path)) return undefined;
    const own = [...new Set(lateIn(path))].filter(isIn(JOINED));
    const imports = own.map((module) => `import * as ${nameOf(module)} from '${module}';\n`);
    const text = readFileSync(path, 'utf8').replace(LATE, (_, specifier) => {
      const module = resolve(dirname(path), specifier);
      const group = groupOf(relative(dist, module));
      const name = nameOf(module);
      return group === JOINED
        ? `Promise.resolve(${name})`
        : `import('group:${group}').then((all) => all.${name})`;
    });
    return { contents: imports.join('') + text };
  };
  const loadGroup = ({ path }) => ({
    contents: late
      .filter(isIn(path))
      .map((module) => `export * as ${nameOf(module)} from '${module}';\n`)
      .join(''),
    resolveDir: dist,
  });
  return {
    name: 'gathering',
    setup(build) {
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'group' }));
      build.onLoad({ filter: /.*/, namespace: 'group' }, loadGroup);
      build.onLoad({ filter: /\.js$/ }, load);
    },
  };
}

/** What of the command line and of a program that trains is needed together, by the path in dist. */
const TRAINING = /bundle\/save|commands\/train\/train-(run|measure)|engines\/wasm|options\/training-schema/;
/** With what draws their charts, which is as large as all the rest. */
const PAGES = [/report\/(charts|page|sections|collect)\//, 'pages'];
/** With what unpacks them. */
const COLUMNAR = [/data\/columnar\//, 'columnar'];
const COMMAND_GROUPS = [
  [/supported-node/, 'version'],
  [/cli\/program/, 'program'],
  [/commands\/train\/train\.js/, 'train'],
  [TRAINING, 'training'],
  [/progress-bars/, 'bars'],
  // They say what is missing where the others cannot even be loaded.
  [/doctor\/doctor/, 'doctor'],
  [/doctor\/machine-checks/, 'machine'],
  [/src\/live\//, 'live'],
  [/src\/serve\//, 'serve'],
  PAGES,
  COLUMNAR,
];
/** Threads are started for networks more often than not, and long before their first. */
const THREAD_GROUPS = [
  [/engines\/wasm/, JOINED],
  // A process has a thread that watches, and needs nothing else.
  [/processes\/watch-parent/, 'watch'],
  [/pool\/serve-process/, 'process'],
];
const PROGRAM_GROUPS = [
  [/supported-node/, 'version'],
  [TRAINING, 'training'],
  [/src\/serve\//, 'serve'],
  PAGES,
  COLUMNAR,
];

const COMMAND_LINE = /^src\/cli\//;
/** In no bundle for Node.js: bundle-predict.mjs's. */
const PREDICTS_ANYWHERE = /^src[\\/]portable[\\/]/;
const NOTHING = /^$/;

function groupBy(groups) {
  return (module) => groups.find(([pattern]) => pattern.test(module))?.[1] ?? 'others';
}

async function bundle(root, outdir, entryPoints, without, groupOf) {
  const { metafile } = await esbuild.build({
    ...{ absWorkingDir: root, entryPoints, outdir, chunkNames: 'chunks/[name]-[hash]', metafile: true },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20' },
    external: EXTERNAL,
    legalComments: 'none',
    // For dependencies that are CommonJS.
    banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
    plugins: [gathering(join(root, 'dist'), without, groupOf)],
  });
  return Object.keys(metafile.inputs);
}

/** The licences of the packages that are in the bundles. */
function writeLicences(root, inputs) {
  const packages = inputs.flatMap(
    (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  );
  const texts = [...new Set(packages)].sort().map((folder) => {
    const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8')}`;
  });
  writeFileSync(join(root, 'dist/lib/licences.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** What runs in browsers, as a module of text beside the server of the live page; see src/live/embedded.d.ts. */
async function embedClient(root) {
  const { text } = await bundleScript(root, { entryPoints: ['src/live/client/main.ts'] });
  writeFileSync(
    join(root, 'dist/src/live/embedded.js'),
    `export const clientScript = ${JSON.stringify(text)};\n`,
  );
}

/** Bundles the entry points of package.json that have a `module` for bundlers, and the command line. */
export async function bundleAll(root) {
  const { bin, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const folder of ['dist/lib', 'dist/bin']) rmSync(join(root, folder), { recursive: true, force: true });
  const entries = Object.values(exports)
    .filter((entry) => entry.module !== undefined)
    .map((entry) => ({ in: entry.module, out: basename(entry.default, '.js') }));
  embedRows(root);
  await embedClient(root);
  const isThreads = (entry) => entry.in.includes('/workers/');
  const threads = entries.filter(isThreads);
  const programs = entries.filter((entry) => !isThreads(entry));
  const command = { in: 'dist/src/cli/main.js', out: basename(bin.tutti, '.js') };
  const inputs = await Promise.all([
    bundle(root, 'dist/lib', threads, COMMAND_LINE, groupBy(THREAD_GROUPS)),
    bundle(root, 'dist/lib', programs, COMMAND_LINE, groupBy(PROGRAM_GROUPS)),
    bundle(root, 'dist/bin', [command], NOTHING, groupBy(COMMAND_GROUPS)),
  ]);
  await buildPlayground(root);
  await bundlePredict(root);
  writeLicences(root, inputs.flat());
  chmodSync(join(root, bin.tutti), 0o755);
}
