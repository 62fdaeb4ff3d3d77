// Native code of another processor against WebAssembly: records random calls of every operation with what WebAssembly makes
// of them, compiles one instruction set's unit with a small program that makes them again, and runs that. As conformance.test.ts,
// without a Node.js for that processor. From the project's folder:
//     node dist/test/kernels/conformance/cross.js                                        arm64, with Debian's cross compiler and qemu-user
//     node dist/test/kernels/conformance/cross.js neon "aarch64-linux-gnu-gcc" "qemu-aarch64"     the same
//     node dist/test/kernels/conformance/cross.js avx2 "clang -mavx2 -mfma" ""           this machine, another compiler
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NAMES, type RandomCall, randomCall } from './random-call.js';
import type { Range } from './space.js';

const COUNT = Number(process.env.CONFORMANCE_CALLS ?? 20);
const [set = 'neon', compiler = 'aarch64-linux-gnu-gcc', emulator = 'qemu-aarch64'] = process.argv.slice(2);

const FLAGS = ['-std=c11', '-O3', '-ffp-contract=off', '-fno-math-errno', '-fno-strict-aliasing', '-static'];

const words = (numbers: readonly number[]) => new Uint8Array(Uint32Array.from(numbers).buffer);
const pairs = (ranges: readonly Range[]) => words(ranges.flatMap(({ start, end }) => [start, end]));

function write(file: number, operation: number, { space, before, returned }: RandomCall): void {
  const { numbers, scratches, used, bytes } = space;
  writeSync(file, words([operation, used, numbers.length, scratches.length]));
  writeSync(file, new Uint8Array(Float64Array.of(returned).buffer));
  writeSync(file, pairs(numbers));
  writeSync(file, pairs(scratches));
  writeSync(file, before);
  writeSync(file, bytes.slice(0, used));
}

function record(path: string): void {
  const file = openSync(path, 'w');
  writeSync(file, words([NAMES.length * COUNT]));
  for (const [operation, name] of NAMES.entries()) {
    for (let number = 0; number < COUNT; number++) write(file, operation, randomCall(name, number));
  }
  closeSync(file);
}

const folder = mkdtempSync(join(tmpdir(), 'tutti-conformance-'));
try {
  const [path, program] = [join(folder, 'calls'), join(folder, 'replay')];
  const [command, ...own] = compiler.split(' ');
  const sources = ['test/kernels/conformance/replay.c', `src/kernels/native/${set}.c`];
  execFileSync(command!, [...own, ...FLAGS, `-DRUNNER=tutti_${set}`, ...sources, '-o', program], {
    stdio: 'inherit',
  });
  record(path);
  const [runner, ...options] = [...emulator.split(' ').filter((word) => word !== ''), program, path];
  execFileSync(runner!, options, { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true });
}
