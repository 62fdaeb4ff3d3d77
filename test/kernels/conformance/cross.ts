// Native code of another processor against WebAssembly: records the runs of conformance.test.ts with what WebAssembly makes of
// them, compiles one instruction set's unit with a small program that makes them again, and runs that, for which no Node.js
// of that processor is needed. From the project's folder:
//     node dist/test/kernels/conformance/cross.js                                 arm64, by Debian's cross compiler and qemu-user
//     node dist/test/kernels/conformance/cross.js avx2 "clang -mavx2 -mfma" ""    this machine, by another compiler
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MadeRun, NAMES, randomCall, randomProgram } from './random-runs.js';
import type { Range } from './space.js';

const COUNT = Number(process.env.CONFORMANCE_CALLS ?? 20);
const [set = 'neon', compiler = 'aarch64-linux-gnu-gcc', emulator = 'qemu-aarch64'] = process.argv.slice(2);

const FLAGS = ['-std=c11', '-O3', '-ffp-contract=off', '-fno-math-errno', '-fno-strict-aliasing', '-static'];

const words = (numbers: readonly number[]) => new Uint8Array(Uint32Array.from(numbers).buffer);
const pairs = (ranges: readonly Range[]) => words(ranges.flatMap(({ start, end }) => [start, end]));

function write(file: number, { space, before, segment, stepBlock, returned }: MadeRun): void {
  const { numbers, scratches, used, bytes } = space;
  writeSync(file, words([segment, stepBlock, used, numbers.length, scratches.length, 0]));
  writeSync(file, new Uint8Array(Float64Array.of(returned).buffer));
  writeSync(file, pairs(numbers));
  writeSync(file, pairs(scratches));
  writeSync(file, before);
  writeSync(file, bytes.slice(0, used));
}

/** Writes runs to a file; what each is. */
function record(path: string): string[] {
  const file = openSync(path, 'w');
  const texts: string[] = [];
  const take = (made: MadeRun) => {
    texts.push(made.text);
    write(file, made);
  };
  for (const name of NAMES) for (let number = 0; number < COUNT; number++) take(randomCall(name, number));
  for (let number = 0; number < 5 * COUNT; number++) take(randomProgram(number));
  closeSync(file);
  return texts;
}

/** Makes the runs again; the sum of it on the last line, before it what is wrong with each that is. */
function replay(program: string, path: string, texts: readonly string[]): void {
  const [command, ...options] = [...emulator.split(' ').filter((word) => word !== ''), program, path];
  const { stdout, status, signal } = spawnSync(command!, options, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const named = stdout.replace(/^(\d+):/gm, (_, number) => `${texts[Number(number)]}:`);
  process.stdout.write(signal === null ? named : `${named}ended by ${signal}\n`);
  process.exitCode = status ?? 1;
}

const folder = mkdtempSync(join(tmpdir(), 'tutti-conformance-'));
try {
  const [path, program] = [join(folder, 'runs'), join(folder, 'replay')];
  const [command, ...own] = compiler.split(' ');
  const sources = ['test/kernels/conformance/replay.c', `src/kernels/native/${set}.c`];
  execFileSync(command!, [...own, ...FLAGS, `-DRUNNER=tutti_${set}`, ...sources, '-o', program], {
    stdio: 'inherit',
  });
  replay(program, path, record(path));
} finally {
  rmSync(folder, { recursive: true });
}
