// Builds the native executor (src/kernels/native) with the C compiler that is there: CC, gcc or clang. Nothing is downloaded
// and nothing fails where there is none: everything then runs on WebAssembly. Compiled again only where its sources, the
// compiler or its flags have changed, told by content.
//   node scripts/build-native.mjs                         for this machine, into dist/native; `npm run build` does it too
//   node scripts/build-native.mjs linux-arm64 folder      for another platform, by a cross compiler
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'src/kernels/native');

// One rounding where the source says so and nowhere else; no function of the C library but memcpy, memmove and memset, so
// that the same file loads beside any of them.
const COMPILE = [
  ...['-std=c11', '-O3', '-fPIC', '-Wall', '-Wno-unused-function'],
  ...['-ffp-contract=off', '-fno-math-errno', '-fno-strict-aliasing'],
  ...['-fvisibility=hidden', '-fno-stack-protector', '-U_FORTIFY_SOURCE', '-fno-asynchronous-unwind-tables'],
];

// Never unloaded: Node.js unloads what only a thread has loaded when the thread ends.
const LINK = {
  linux: ['-shared', '-nostdlib', '-s', '-Wl,-z,nodelete,-z,relro,-z,now'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup'],
};

/** Each unit's own flags; a unit that has none is compiled for any processor of the architecture. */
const UNITS = {
  x64: {
    addon: [],
    avx2: ['-mavx2', '-mfma'],
    avx512: [
      '-mavx2',
      '-mfma',
      '-mavx512f',
      '-mavx512dq',
      '-mavx512bw',
      '-mavx512vl',
      '-mprefer-vector-width=256',
    ],
  },
  arm64: { addon: [], neon: [] },
};

/** This machine's. */
export const HOST = `${process.platform}-${process.arch}`;

/** Cross compilers of the platforms that have a package. Of Linux a binary needs no C library, so that it runs beside any. */
const CROSS = {
  'linux-x64': ['x86_64-linux-gnu-gcc', 'zig cc -target x86_64-linux-gnu'],
  'linux-arm64': ['aarch64-linux-gnu-gcc', 'zig cc -target aarch64-linux-gnu'],
  'darwin-x64': ['zig cc -target x86_64-macos'],
  'darwin-arm64': ['zig cc -target aarch64-macos'],
};

/** The first compiler for a platform that answers, with what it says of itself; null where there is none. */
function findCompiler(platform) {
  for (const command of candidates(platform)) {
    const [program, ...flags] = command.split(' ');
    try {
      const stdio = ['ignore', 'pipe', 'ignore'];
      const version = execFileSync(program, [...flags, '--version'], { encoding: 'utf8', stdio });
      return { program, flags, version: version.split('\n')[0] };
    } catch {}
  }
  return null;
}

function candidates(platform) {
  if (process.env.CC !== undefined && process.env.CC !== '') return [process.env.CC];
  return platform === HOST ? ['gcc', 'clang', 'cc'] : (CROSS[platform] ?? []);
}

function inputsOf(compiler, commands) {
  const hash = createHash('sha256').update(JSON.stringify([compiler, commands]));
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest('hex');
}

/** The flags of Node.js's own headers; null where they are not installed. */
function headerFlags() {
  try {
    return [`-I${createRequire(import.meta.url)('node-api-headers').include_dir}`];
  } catch {
    return null;
  }
}

async function compile(compiler, units, link, target) {
  const run = promisify(execFile);
  const objects = mkdtempSync(join(dirname(target), '.objects-'));
  try {
    const files = await Promise.all(
      units.map(async ([unit, flags]) => {
        const object = join(objects, `${unit}.o`);
        const { stderr } = await run(compiler.program, [
          ...flags,
          '-c',
          join(sources, `${unit}.c`),
          '-o',
          object,
        ]);
        process.stderr.write(stderr);
        return object;
      }),
    );
    const built = join(objects, 'tutti.node');
    await run(compiler.program, [...compiler.flags, ...files, ...link, '-o', built]);
    // Moved into place whole: a process may have the old file loaded.
    renameSync(built, target);
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

/**
 * Builds `folder`/tutti.node where a compiler is to be had.
 * @returns one line on what was done; null where nothing had changed.
 */
export async function buildNative(
  platform = `${process.platform}-${process.arch}`,
  folder = join(root, 'dist/native'),
) {
  const [system, architecture] = platform.split('-');
  const target = join(folder, 'tutti.node');
  const compiler = findCompiler(platform);
  const headers = headerFlags();
  const missing =
    UNITS[architecture] === undefined || LINK[system] === undefined
      ? `none for ${platform}`
      : compiler === null
        ? `no C compiler (${candidates(platform).join(', ')})`
        : headers === null && 'no node-api-headers';
  if (missing) {
    rmSync(target, { force: true });
    return `Native executor: ${missing}; everything runs on WebAssembly`;
  }
  const units = Object.entries(UNITS[architecture]).map(([unit, own]) => [
    unit,
    [...compiler.flags, ...COMPILE, ...headers, ...own],
  ]);
  const stamp = join(folder, '.inputs');
  const inputs = inputsOf(compiler, [units, LINK[system]]);
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return null;
  mkdirSync(folder, { recursive: true });
  const start = performance.now();
  try {
    await compile(compiler, units, LINK[system], target);
  } catch (error) {
    rmSync(target, { force: true });
    return `Native executor: ${compiler.version} failed; everything runs on WebAssembly\n${error.stderr ?? error.message}`;
  }
  writeFileSync(stamp, inputs);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const sets = units.map(([unit]) => unit).filter((unit) => unit !== 'addon');
  return `Native executor: ${sets.join(' and ')} by ${compiler.version} in ${seconds} s`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const line = await buildNative(...process.argv.slice(2));
  if (line !== null) console.log(line);
}
