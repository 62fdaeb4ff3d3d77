// Builds dist/: the WebAssembly kernels in both arithmetics (AssemblyScript), the native executor and the TypeScript, all
// at once.
// `npm run build` and the `prepare` step of `npm ci` run it; `--tests`, or TUTTI_BUILD_TESTS=1, compiles the tests too, as
// `npm test` does.
// Kernels are compiled again only where their sources, the compiler or its flags have changed, told by content. Last
// bundle.mjs makes dist/lib and dist/bin of it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildNative } from './build-native.mjs';
import { bundleAll } from './bundle.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'src/kernels/assembly');
const output = join(root, 'dist/src/kernels');
/** Beside the module that asks for them by their addresses. */
const portable = join(root, 'dist/src/portable');

// No --converge: it takes eight times as long and gives dense kernels that are 2 % faster at most.
const COMMON = [
  ...['--importMemory', '--sharedMemory', '--maximumMemory', '65536', '--noExportMemory'],
  ...['--runtime', 'stub', '--use', 'abort=', '--noAssert', '-O3', '--disableWarning', '112'],
  ...['--enable', 'simd,threads,bulk-memory'],
  ...['--transform', './scripts/keep-apart.mjs'],
];

const ARITHMETICS = { strict: [], fused: ['--enable', 'relaxed-simd'] };

/** Beside those, what has the bytes of fused where nothing multiplies and adds in one rounding: for tutti/predict. */
const KERNELS = { ...ARITHMETICS, emulated: ['--use', 'EMULATED=1'] };

/** Runs a tool of node_modules; what it says is shown, also where it fails. */
async function run(tool, args) {
  const script = join(root, 'node_modules', tool);
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], { cwd: root });
    process.stdout.write(stdout);
    process.stderr.write(stderr);
  } catch (error) {
    process.stdout.write(error.stdout ?? '');
    process.stderr.write(error.stderr ?? String(error));
    process.exitCode = 1;
    throw new Error(`${tool} failed`, { cause: error });
  }
}

/** SHA-256 of all that a kernel's bytes come from. */
function kernelInputs(flags) {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(root, 'node_modules/assemblyscript/package.json')));
  hash.update(readFileSync(join(root, 'scripts/keep-apart.mjs')));
  hash.update(JSON.stringify(flags));
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest('hex');
}

async function buildKernel(arithmetic) {
  const flags = [...COMMON, ...KERNELS[arithmetic]];
  const file = join(output, `${arithmetic}.wasm`);
  const stamp = join(output, `.${arithmetic}.inputs`);
  const inputs = kernelInputs(flags);
  if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  await run('assemblyscript/bin/asc.js', [join(sources, 'index.ts'), '--outFile', file, ...flags]);
  writeFileSync(stamp, inputs);
}

/** The import of a memory that is shared (flag 2) and has an upper bound (flag 1); the last byte has the flags. */
const SHARED_MEMORY = Buffer.from('\x03env\x06memory\x02\x03', 'latin1');

/** The same kernels with a memory that is not shared, which every page may have. */
function unshared(kernel) {
  const at = kernel.indexOf(SHARED_MEMORY);
  if (at < 0 || kernel.indexOf(SHARED_MEMORY, at + 1) >= 0)
    throw new Error('one shared memory is to be imported');
  const own = Buffer.from(kernel);
  own[at + SHARED_MEMORY.length - 1] = 1;
  return own;
}

/** The kernels as a module of text, which bundlers take along; see src/kernels/embedded.d.ts. */
async function buildKernels() {
  await Promise.all(Object.keys(KERNELS).map(buildKernel));
  mkdirSync(portable, { recursive: true });
  const lines = Object.keys(ARITHMETICS).map((arithmetic) => {
    const text = readFileSync(join(output, `${arithmetic}.wasm`)).toString('base64');
    return `  ${arithmetic}: '${text}',\n`;
  });
  for (const name of Object.keys(KERNELS)) {
    writeFileSync(join(portable, `${name}.wasm`), unshared(readFileSync(join(output, `${name}.wasm`))));
  }
  writeFileSync(join(output, 'embedded.js'), `export const embeddedKernels = {\n${lines.join('')}};\n`);
}

/** Takes away what was compiled of sources that have been moved or deleted, so that no test of them runs again. */
function removeStale(folder) {
  if (!existsSync(join(root, 'dist', folder))) return;
  for (const entry of readdirSync(join(root, 'dist', folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeStale(path);
    const source = path.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    const kept = [source, source.replace(/\.ts$/, '.d.ts')].some((name) => existsSync(join(root, name)));
    if (source !== path && !kept) rmSync(join(root, 'dist', path));
  }
}

async function buildNativeExecutor() {
  const done = await buildNative();
  if (done !== null) console.log(done);
}

/**
 * TypeScript 7 is Go: it checks in a third of the processor time of TypeScript 6, which the test runner and some tests load
 * as a module. More checkers than cores only check twice what their shares of the program have in common.
 */
const compile = (project) =>
  existsSync(join(root, 'node_modules/typescript-7'))
    ? run('typescript-7/bin/tsc', ['-p', project, '--checkers', String(Math.min(availableParallelism(), 4))])
    : run('typescript/bin/tsc', ['-p', project]);

async function buildTypeScript() {
  const withTests = process.argv.includes('--tests') || process.env.TUTTI_BUILD_TESTS === '1';
  const project = withTests ? join(root, 'test') : root;
  const checks = [compile(project)];
  const clients = project === root ? [] : ['src/live/client', 'src/playground/client'];
  for (const client of clients) checks.push(compile(join(root, client)));
  await Promise.all(checks);
}

for (const folder of ['src', 'workers', 'scripts', 'test']) removeStale(folder);
mkdirSync(output, { recursive: true });
const results = await Promise.allSettled([buildKernels(), buildNativeExecutor(), buildTypeScript()]);
for (const result of results) {
  if (result.status === 'rejected') console.error(result.reason.message);
}
if (results.every(({ status }) => status === 'fulfilled')) await bundleAll(root);
