// Writes what is published, as tarballs: tutti itself, and a package of each platform's native executor, which tutti names
// among its optional dependencies. The source names none: `npm ci` of a clone would ask the registry for packages that its
// own build stands in for.
//   node scripts/packages.mjs                                           dist/packages, for this platform
//   node scripts/packages.mjs dist/packages linux-x64 linux-arm64 …     for these, by cross compilers (build-native.mjs)
// The platforms' packages are published first: npm publish dist/packages/NAME.tgz, then tutti.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNative, HOST } from './build-native.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const own = readJson(join(root, 'package.json'));

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** @returns the tarball's path. */
function pack(folder, destination) {
  const args = ['pack', folder, '--ignore-scripts', '--json', '--pack-destination', destination];
  const [{ filename }] = JSON.parse(
    execFileSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' }),
  );
  return join(destination, filename.replace(/^@/, '').replace('/', '-'));
}

function nativeName(platform) {
  return `@tutti/native-${platform}`;
}

/** No script that runs when it is installed: npm would not run it, unasked. */
function nativeManifest(platform) {
  const [os, cpu] = platform.split('-');
  return {
    name: nativeName(platform),
    version: own.version,
    description: `The native executor of tutti for ${platform}`,
    license: own.license,
    repository: own.repository,
    engines: own.engines,
    ...{ os: [os], cpu: [cpu] },
    main: 'tutti.node',
    files: ['tutti.node'],
    preferUnplugged: true,
  };
}

const README = (platform) => `# ${nativeName(platform)}

The native executor of [tutti](https://www.npmjs.com/package/tutti) for ${platform}: the same bytes as its WebAssembly, sooner.
It is an optional dependency of tutti, installed with it, and of no use alone.
`;

async function packNative(platform, work, destination) {
  const folder = join(work, platform);
  mkdirSync(folder);
  // This platform's may be there from the build.
  const built = platform === HOST ? join(root, 'dist/native') : folder;
  const done = await buildNative(platform, built);
  if (done !== null) console.log(done);
  if (!existsSync(join(built, 'tutti.node'))) throw new Error(`Expected a native executor for ${platform}`);
  if (built !== folder) copyFileSync(join(built, 'tutti.node'), join(folder, 'tutti.node'));
  writeJson(join(folder, 'package.json'), nativeManifest(platform));
  writeFileSync(join(folder, 'README.md'), README(platform));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  return pack(folder, destination);
}

/** tutti as `npm pack` makes it, with the platforms' packages of the very same version as optional dependencies. */
function packMain(platforms, work, destination) {
  execFileSync('tar', ['-xzf', pack(root, work), '-C', work]);
  const folder = join(work, 'package');
  const optionalDependencies = Object.fromEntries(
    platforms.map((platform) => [nativeName(platform), own.version]),
  );
  // Scripts are the clone's: installed from a file, npm would take `prepare` for one to run.
  const { scripts: _, devDependencies: _development, ...manifest } = own;
  writeJson(join(folder, 'package.json'), { ...manifest, optionalDependencies });
  return pack(folder, destination);
}

const [folder = 'dist/packages', ...others] = process.argv.slice(2);
const platforms = others.length === 0 ? [HOST] : others;
const destination = resolve(root, folder);
const work = mkdtempSync(join(tmpdir(), 'tutti-packages-'));
try {
  mkdirSync(destination, { recursive: true });
  for (const platform of platforms) console.log(await packNative(platform, work, destination));
  console.log(packMain(platforms, work, destination));
} finally {
  rmSync(work, { recursive: true, force: true });
}
