// Native code against WebAssembly, bit by bit: random calls of every operation, made on two memories that are alike before
// and must be alike afterwards, with every instruction set of this machine.
import t from 'tap';
import { compileKernels } from '../../../src/kernels/compile-kernels.js';
import { type InstructionSet, loadAddon, type NativeRun } from '../../../src/kernels/native-addon.js';
import { OPERATIONS_FINGERPRINT } from '../../../src/kernels/operation-calls.js';
import { OPERATIONS, type OperationName } from '../../../src/kernels/operations.js';
import type { MakeCall } from './calls.js';
import { BATCHES } from './calls-batches.js';
import { DENSE, UPDATES } from './calls-dense.js';
import { ACTIVATIONS, PREDICTIONS, TECHNIQUES } from './calls-elementwise.js';
import { LOSSES } from './calls-losses.js';
import { WINDOWS } from './calls-windows.js';
import { Space } from './space.js';

const CALLS: Readonly<Record<OperationName, MakeCall>> = {
  ...{ ...BATCHES, ...DENSE, ...WINDOWS, ...ACTIVATIONS },
  ...{ ...LOSSES, ...TECHNIQUES, ...UPDATES, ...PREDICTIONS },
};
const NAMES = Object.keys(OPERATIONS) as OperationName[];
const PAGES = 64;
/** Where the program of one call lies. */
const PROGRAM = 1024;
/** Random calls of each operation; CONFORMANCE_CALLS=1000 for a long look, CONFORMANCE_ONLY=forward,linear at some. */
const COUNT = Number(process.env.CONFORMANCE_CALLS ?? 40);
const ONLY = process.env.CONFORMANCE_ONLY?.split(',') ?? NAMES;

const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
const wasm = new WebAssembly.Instance(compileKernels('fused'), { env: { memory } }).exports as {
  run(program: number, segment: number, stepBlock: number): number;
};
const native = new Uint8Array(PAGES * 65536);

function writeProgram(space: Space, name: OperationName, args: readonly number[]): void {
  const bytes = 4 * (1 + args.length);
  const head = [OPERATIONS_FINGERPRINT, 32 + bytes, 1, 0, 32, 32 + bytes, 32, 32];
  space.words.set([...head, NAMES.indexOf(name) | (bytes << 8)], PROGRAM / 4);
  const at = PROGRAM / 4 + head.length + 1;
  for (const [place, value] of args.entries()) {
    const isFloat = OPERATIONS[name].args[place]![1] === 'f32';
    (isFloat ? space.floats : space.words)[at + place] = value;
  }
}

/** Where the two memories first differ though they must not, as text; '' when nowhere. */
function difference(space: Space): string {
  if (Buffer.compare(space.bytes.subarray(0, space.used), native.subarray(0, space.used)) === 0) return '';
  const [words, floats] = [new Uint32Array(native.buffer), new Float32Array(native.buffer)];
  const isIn = (ranges: Space['numbers'], at: number) =>
    ranges.some(({ start, end }) => at >= start && at < end);
  for (let at = 0; at < space.used / 4; at++) {
    if (words[at] === space.words[at] || isIn(space.scratches, at * 4)) continue;
    if (isIn(space.numbers, at * 4) && Object.is(floats[at], space.floats[at])) continue;
    return `${floats[at]} (${words[at]!.toString(16)}) for ${space.floats[at]} (${space.words[at]!.toString(16)}) at byte ${at * 4}`;
  }
  return '';
}

/** Makes one random call on both; what is wrong with it, as text. */
function disagreement(run: NativeRun, name: OperationName, seed: number): string {
  const space = new Space(memory.buffer as SharedArrayBuffer, seed);
  const args = CALLS[name](space);
  writeProgram(space, name, args);
  native.set(space.bytes.subarray(0, space.used));
  const expected = wasm.run(PROGRAM, 0, PROGRAM);
  const actual = run(native, PROGRAM, 0, PROGRAM);
  const returned = Object.is(actual, expected) ? '' : `returned ${actual} for ${expected}; `;
  const changed = returned + difference(space);
  return changed && `call ${seed}, ${name}(${args.join(', ')}): ${changed}`;
}

const loaded = loadAddon();
const runners = 'missing' in loaded ? {} : loaded.addon.runners;
if ('missing' in loaded) t.pass('there is no native executor here', { skip: loaded.missing });
for (const [set, run] of Object.entries(runners) as [InstructionSet, NativeRun][]) {
  t.test(set, async (t) => {
    for (const name of NAMES.filter((name) => ONLY.includes(name))) {
      const wrong: string[] = [];
      for (let seed = 1; seed <= COUNT; seed++) {
        const text = disagreement(run, name, seed * NAMES.length + NAMES.indexOf(name));
        if (text) wrong.push(text);
      }
      t.same(wrong.slice(0, 3), [], `${name}: ${wrong.length} of ${COUNT} calls differ`);
    }
  });
}
