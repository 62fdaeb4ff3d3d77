// Builds dist/: the WebAssembly kernels in both arithmetics (AssemblyScript), then the TypeScript.
// `npm run build` and the `prepare` step of `npm ci` run it; unchanged kernels are not compiled again.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'src/kernels/assembly');
const output = join(root, 'dist/src/kernels');
const bin = (name) => join(root, 'node_modules/.bin', name);

const COMMON = [
  ...['--importMemory', '--sharedMemory', '--maximumMemory', '65536', '--noExportMemory'],
  ...['--runtime', 'stub', '--use', 'abort=', '--noAssert', '-O3', '--converge'],
  ...['--enable', 'simd,threads,bulk-memory'],
];

const ARITHMETICS = { strict: [], fused: ['--enable', 'relaxed-simd'] };

function buildKernels() {
  mkdirSync(output, { recursive: true });
  const inputs = [...readdirSync(sources).map((name) => join(sources, name)), fileURLToPath(import.meta.url)];
  const newest = Math.max(...inputs.map((path) => statSync(path).mtimeMs));
  for (const [arithmetic, flags] of Object.entries(ARITHMETICS)) {
    const file = join(output, `${arithmetic}.wasm`);
    if (existsSync(file) && statSync(file).mtimeMs > newest) continue;
    execFileSync(bin('asc'), [join(sources, 'index.ts'), '--outFile', file, ...COMMON, ...flags], {
      stdio: 'inherit',
      cwd: root,
    });
  }
}

buildKernels();
execFileSync(bin('tsc'), ['-p', root], { stdio: 'inherit', cwd: root });
chmodSync(join(root, 'dist/src/cli/main.js'), 0o755);
