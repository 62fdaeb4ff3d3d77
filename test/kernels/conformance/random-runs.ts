// Random calls of every operation, alone and several in a program, with what WebAssembly makes of them.
import { compileKernels } from '../../../src/kernels/compile-kernels.js';
import type { Operand } from '../../../src/kernels/operand.js';
import { OPERATIONS, type OperationName } from '../../../src/kernels/operations.js';
import { ProgramBuilder } from '../../../src/kernels/program-builder.js';
import type { MakeCall } from './calls.js';
import { BATCHES } from './calls-batches.js';
import { DENSE, NORMALISATION, UPDATES } from './calls-dense.js';
import { ACTIVATIONS, PREDICTIONS, SUBMODELS, TECHNIQUES } from './calls-elementwise.js';
import { EMBEDDING } from './calls-embedding.js';
import { LOSSES } from './calls-losses.js';
import { WINDOWS } from './calls-windows.js';
import { PROGRAM, Space } from './space.js';

const CALLS: Readonly<Record<OperationName, MakeCall>> = {
  ...{ ...BATCHES, ...DENSE, ...NORMALISATION, ...WINDOWS, ...EMBEDDING, ...ACTIVATIONS },
  ...{ ...LOSSES, ...TECHNIQUES, ...SUBMODELS, ...UPDATES, ...PREDICTIONS },
};
export const NAMES = Object.keys(OPERATIONS) as OperationName[];

const PAGES = 64;
/** Bytes of the memory that runs are made in. */
export const MEMORY_BYTES = PAGES * 65536;
const CALLS_OF_PROGRAM = 6;
const STEP_BLOCK_WORDS = 32;

const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
const wasm = new WebAssembly.Instance(compileKernels('fused'), { env: { memory } }).exports as {
  run(program: number, segment: number, stepBlock: number): number;
};

/** What is run: a segment of the program at PROGRAM. */
export interface Run {
  readonly segment: number;
  readonly stepBlock: number;
  readonly text: string;
}

/** A run that WebAssembly has made. Of one at a time: the next takes its place in memory. */
export interface MadeRun extends Run {
  /** The memory after it. */
  readonly space: Space;
  /** The memory before it, as far as it is in use. */
  readonly before: Uint8Array;
  /** What it returned. */
  readonly returned: number;
}

/** A builder of programs that takes operations by their names. */
class Recorder extends ProgramBuilder {
  call(name: OperationName, operands: readonly Operand[]): void {
    this.note(NAMES.indexOf(name), operands);
  }
}

/** A call. @param number From 0; which of the operation's calls, each with other sizes and other values. */
export function randomCall(name: OperationName, number: number): MadeRun {
  const space = spaceOf((number + 1) * NAMES.length + NAMES.indexOf(name));
  const args = CALLS[name](space);
  const recorder = new Recorder();
  const segment = recorder.segment(() => recorder.call(name, args));
  recorder.build(memory.buffer, PROGRAM);
  return make(space, { segment, stepBlock: PROGRAM, text: `call ${number}, ${name}(${args.join(', ')})` });
}

/** Calls one after the other, with arguments from the step block, losses that do not count, and segments in each other. */
export function randomProgram(number: number): MadeRun {
  const space = spaceOf(1_000_000 + number);
  const stepBlock = space.room(STEP_BLOCK_WORDS * 4);
  const fields = new StepFields(space, stepBlock);
  const recorder = new Recorder();
  const names = Array.from({ length: CALLS_OF_PROGRAM }, () => space.pick(...NAMES));
  const calls = names.map((name) => () => {
    const operands = fields.some(name, CALLS[name](space));
    if (space.chance(0.3)) recorder.uncounted(() => recorder.call(name, operands));
    else recorder.call(name, operands);
  });
  const write = (from: number, to: number) => {
    for (const call of calls.slice(from, to)) call();
  };
  const first = space.between(0, CALLS_OF_PROGRAM);
  const end = space.between(first, CALLS_OF_PROGRAM);
  let inner = 0;
  const outer = recorder.segment(() => {
    write(0, first);
    inner = recorder.segment(() => write(first, end));
    write(end, CALLS_OF_PROGRAM);
  });
  recorder.build(memory.buffer, PROGRAM);
  const segment = space.pick(inner, outer);
  const text = `program ${number}, ${names.join(', ')}, from ${segment === inner ? [first, end] : 0}`;
  return make(space, { segment, stepBlock, text });
}

function spaceOf(seed: number): Space {
  return new Space(memory.buffer as SharedArrayBuffer, seed);
}

function make(space: Space, run: Run): MadeRun {
  const before = space.bytes.slice(0, space.used);
  return { ...run, space, before, returned: wasm.run(PROGRAM, run.segment, run.stepBlock) };
}

/** A step block that is filled with some of the calls' arguments. */
class StepFields {
  #next = 0;

  constructor(
    readonly space: Space,
    readonly stepBlock: number,
  ) {}

  some(name: OperationName, args: readonly number[]): Operand[] {
    return args.map((value, place) => {
      if (this.#next === STEP_BLOCK_WORDS || this.space.chance(0.6)) return value;
      const isFloat = OPERATIONS[name].args[place]![1] === 'f32';
      (isFloat ? this.space.floats : this.space.words)[this.stepBlock / 4 + this.#next] = value;
      return { stepOffset: 4 * this.#next++ };
    });
  }
}
