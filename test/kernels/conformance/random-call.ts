// Random calls of every operation, each a program of its own, with what WebAssembly makes of them.
import { compileKernels } from '../../../src/kernels/compile-kernels.js';
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
export const NAMES = Object.keys(OPERATIONS) as OperationName[];

const PAGES = 64;
/** Bytes of the memory that calls are made in. */
export const MEMORY_BYTES = PAGES * 65536;
/** Where the program lies, whose only segment is the call, and its step block, which it does not read. */
export const PROGRAM = 1024;

const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
const wasm = new WebAssembly.Instance(compileKernels('fused'), { env: { memory } }).exports as {
  run(program: number, segment: number, stepBlock: number): number;
};

/** A call that WebAssembly has made. Of one at a time: the next takes its place in memory. */
export interface RandomCall {
  /** The memory after it. */
  readonly space: Space;
  /** The memory before it, as far as it is in use. */
  readonly before: Uint8Array;
  /** What it returned. */
  readonly returned: number;
  readonly text: string;
}

/** @param number From 0; which of the operation's calls, each with other sizes and other values. */
export function randomCall(name: OperationName, number: number): RandomCall {
  const space = new Space(
    memory.buffer as SharedArrayBuffer,
    (number + 1) * NAMES.length + NAMES.indexOf(name),
  );
  const args = CALLS[name](space);
  writeProgram(space, name, args);
  const before = space.bytes.slice(0, space.used);
  const returned = wasm.run(PROGRAM, 0, PROGRAM);
  return { space, before, returned, text: `call ${number}, ${name}(${args.join(', ')})` };
}

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
