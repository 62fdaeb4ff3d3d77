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
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'src/kernels/native');
/** Whether somebody builds this alone, who wants to read what the compiler says. */
const isMain = process.argv[1] === fileURLToPath(import.meta.url);

// One rounding where the source says so and nowhere else; no function of the C library but memcpy, memmove and memset, so
// that the same file loads beside any of them.
const COMPILE = [
  ...['-std=c11', '-O3', '-Wall', '-Wno-unused-function'],
  ...['-ffp-contract=off', '-fno-math-errno', '-fno-strict-aliasing'],
  ...['-fvisibility=hidden', '-fno-stack-protector', '-U_FORTIFY_SOURCE', '-fno-asynchronous-unwind-tables'],
];

/** What each system adds. */
const SYSTEMS = {
  linux: {
    compile: ['-fPIC'],
    // Never unloaded: Node.js unloads what only a thread has loaded when the thread ends.
    link: ['-shared', '-nostdlib', '-s', '-Wl,-z,nodelete,-z,relro,-z,now'],
  },
  darwin: { compile: ['-fPIC'], link: ['-bundle', '-undefined', 'dynamic_lookup'] },
  win32: { compile: ['-mno-stack-arg-probe'], link: ['-shared', '-Wl,/noentry'] },
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

/** clang for another system, of which it needs nothing; with lld. */
function clang(target) {
  return `clang --target=${target} -ffreestanding -nostdlib -fuse-ld=lld -Wno-unused-command-line-argument`;
}

/** Compilers of the platforms that have a package. */
const CROSS = {
  'linux-x64': ['x86_64-linux-gnu-gcc', clang('x86_64-linux-gnu')],
  'linux-arm64': ['aarch64-linux-gnu-gcc', clang('aarch64-linux-gnu')],
  'darwin-x64': [clang('x86_64-apple-macos11')],
  'darwin-arm64': [clang('arm64-apple-macos11')],
  'win32-x64': [clang('x86_64-pc-windows-msvc')],
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
  const own = process.platform === 'win32' ? [] : ['gcc', 'clang', 'cc'];
  return [...(platform === HOST ? own : []), ...(CROSS[platform] ?? [])];
}

function inputsOf(compiler, commands) {
  const hash = createHash('sha256').update(JSON.stringify([compiler, commands]));
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest('hex');
}

/** Node.js's own headers and lists of functions; null where they are not installed. */
function nodeHeaders() {
  try {
    return createRequire(import.meta.url)('node-api-headers');
  } catch {
    return null;
  }
}

const run = promisify(execFile);

/** Windows asks for a library of each file that functions come from. */
async function windowsLibraries(headers, folder) {
  const ntdll = join(folder, 'ntdll.def');
  writeFileSync(ntdll, 'LIBRARY ntdll.dll\nEXPORTS\nmemcpy\nmemmove\nmemset\n');
  const lists = [ntdll, headers.def_paths.js_native_api_def, headers.def_paths.node_api_def];
  return Promise.all(
    lists.map(async (list) => {
      const library = join(folder, `${basename(list)}.lib`);
      await run('llvm-dlltool', ['-m', 'i386:x86-64', '-d', list, '-l', library]);
      return library;
    }),
  );
}

async function compile(compiler, units, link, headers, target) {
  const folder = mkdtempSync(join(dirname(target), '.objects-'));
  try {
    const objects = await Promise.all(
      units.map(async ([unit, flags]) => {
        const object = join(folder, `${unit}.o`);
        const args = [...flags, '-c', join(sources, `${unit}.c`), '-o', object];
        const { stderr } = await run(compiler.program, args);
        if (isMain) process.stderr.write(stderr);
        return object;
      }),
    );
    const libraries = link === SYSTEMS.win32.link ? await windowsLibraries(headers, folder) : [];
    const built = join(folder, 'tutti.node');
    await run(compiler.program, [...compiler.flags, ...objects, ...libraries, ...link, '-o', built]);
    // Moved into place whole: a process may have the old file loaded.
    renameSync(built, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Builds `folder`/tutti.node where a compiler is to be had.
 * @returns one line on what was done; null where nothing had changed.
 */
export async function buildNative(platform = HOST, folder = join(root, 'dist/native')) {
  const [system, architecture] = platform.split('-');
  const target = join(folder, 'tutti.node');
  const compiler = findCompiler(platform);
  const headers = nodeHeaders();
  const missing = whatIsMissing(platform, compiler, headers);
  if (missing !== null) {
    rmSync(target, { force: true });
    return `Native executor: ${missing}; everything runs on WebAssembly`;
  }
  const flags = [...compiler.flags, ...COMPILE, ...SYSTEMS[system].compile, `-I${headers.include_dir}`];
  const units = Object.entries(UNITS[architecture]).map(([unit, own]) => [unit, [...flags, ...own]]);
  const { link } = SYSTEMS[system];
  const stamp = join(folder, '.inputs');
  const inputs = inputsOf(compiler, [units, link]);
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return null;
  mkdirSync(folder, { recursive: true });
  const start = performance.now();
  try {
    await compile(compiler, units, link, headers, target);
  } catch (error) {
    rmSync(target, { force: true });
    return `Native executor: ${compiler.version} failed, ${reasonOf(error)}; everything runs on WebAssembly`;
  }
  writeFileSync(stamp, inputs);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const sets = units.map(([unit]) => unit).filter((unit) => unit !== 'addon');
  return `Native executor: ${sets.join(' and ')} by ${compiler.version} in ${seconds} s`;
}

/** What a compiler said: all of it to whoever asked for nothing else, its first error to others. */
function reasonOf({ stderr, message }) {
  const text = stderr || message;
  return isMain ? text : (text.split('\n').find((line) => /error/i.test(line)) ?? text.split('\n')[0]);
}

function whatIsMissing(platform, compiler, headers) {
  const [system, architecture] = platform.split('-');
  if (!Object.hasOwn(SYSTEMS, system) || !Object.hasOwn(UNITS, architecture)) return `none for ${platform}`;
  if (compiler === null) return `no C compiler (${candidates(platform).join(', ')})`;
  return headers === null ? 'no node-api-headers' : null;
}

if (isMain) {
  const line = await buildNative(...process.argv.slice(2));
  if (line !== null) console.log(line);
}
