// What the tests of operations share: every executor there is here, calls that are made at once, buffers between guards,
// panels to and from row-major, reproducible numbers, error bounds. Not a test itself.
import type { Test } from 'tap';
import { bindExecutor } from '../../src/kernels/bound-executor.js';
import { compileKernels } from '../../src/kernels/compile-kernels.js';
import type { Executor, ExecutorCode } from '../../src/kernels/executor.js';
import { setsOf } from '../../src/kernels/executor-choice.js';
import { loadAddon } from '../../src/kernels/native-addon.js';
import { OPERATIONS, type OperationName } from '../../src/kernels/operations.js';
import { ProgramBuilder } from '../../src/kernels/program-builder.js';
import { layerLengthFloats, packWeights, roundUp4, unpackWeights } from '../../src/kernels/weight-layout.js';
import type { Arithmetic } from '../../src/model/spec.js';
import type { WindowGeometry } from '../../src/model/windows.js';

/** An executor that the tests run on. */
export interface TestedExecutor {
  readonly name: string;
  readonly arithmetic: Arithmetic;
  readonly code: ExecutorCode;
}

/** WebAssembly in both arithmetics, which defines every byte, and whatever native code this machine runs. */
export const EXECUTORS: readonly TestedExecutor[] = [
  webAssembly('strict'),
  webAssembly('fused'),
  ...nativeExecutors(),
];

function webAssembly(arithmetic: Arithmetic): TestedExecutor {
  return { name: arithmetic, arithmetic, code: { name: 'wasm', module: compileKernels(arithmetic) } };
}

function nativeExecutors(): TestedExecutor[] {
  const loaded = loadAddon();
  if ('missing' in loaded) return [];
  return setsOf(loaded.addon).map((set) => {
    const name = `native-${set}` as const;
    return { name, arithmetic: 'fused', code: { name, addon: loaded.path } };
  });
}

type ValuesOf<Args extends readonly (readonly [string, string])[]> = {
  readonly [At in keyof Args]: Args[At][1] extends 'windows' ? WindowGeometry : number;
};

/** Makes calls of operations at once, a geometry in place of a window record's address. Each returns its loss, or 0. */
export type Kernels = {
  readonly [N in OperationName]: (...values: ValuesOf<(typeof OPERATIONS)[N]['args']>) => number;
};

/** Half the distance from 1 to the next float: the relative error of one rounding. */
export const ROUNDING = 2 ** -24;

const PAGES = 256;
const GUARD_BYTES = 64;
/** A NaN: what a kernel reads out of bounds, or before writing, shows in its results. */
const GUARD = 0x7fc0a5a5;

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly floats: Float32Array;
  readonly words: Uint32Array;
  readonly ints: Int32Array;
  #top = 0;
  #guards: number[] = [];

  constructor(pages = PAGES) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.floats = new Float32Array(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
    this.ints = new Int32Array(this.memory.buffer);
    this.reset();
  }

  /** Forgets every buffer; the next ones begin at `base`. */
  reset(base = 1024): void {
    this.#top = base;
    this.#guards = [];
    this.#guard();
  }

  /** All there is but programs. */
  get used(): Uint32Array {
    return this.words.subarray(0, this.#top / 4);
  }

  /** A buffer of NaNs between guards. */
  alloc(bytes: number): number {
    const address = this.#top;
    if (address + bytes > this.memory.buffer.byteLength - PROGRAM_BYTES) throw new Error('the arena is full');
    this.words.fill(GUARD, address / 4, (address + bytes) / 4);
    this.#top += Math.ceil(bytes / 16) * 16;
    this.words.fill(GUARD, (address + bytes) / 4, this.#top / 4);
    this.#guard();
    return address;
  }

  /** A buffer holding `values`. */
  put(values: ArrayLike<number>): number {
    const address = this.alloc(values.length * 4);
    this.floats.set(values, address / 4);
    return address;
  }

  putInts(values: ArrayLike<number>): number {
    const address = this.alloc(values.length * 4);
    this.words.set(values, address / 4);
    return address;
  }

  /** Row-major [batch, rows] as panels, padding zero; `spare` bytes are left between panels. */
  putPanels(values: ArrayLike<number>, rows: number, spare = 0): Panels {
    const panels = this.allocPanels(rows === 0 ? 0 : values.length / rows, rows, spare);
    for (let p = 0; p < panels.count; p++) {
      const start = (panels.address + p * panels.stride) / 4;
      this.floats.fill(0, start, start + roundUp4(rows) * 8);
    }
    for (let at = 0; at < values.length; at++) {
      this.floats[panelIndex(panels, Math.floor(at / rows), at % rows)] = values[at]!;
    }
    return panels;
  }

  allocPanels(batch: number, rows: number, spare = 0): Panels {
    const count = Math.ceil(batch / 8);
    const stride = roundUp4(rows) * 32 + spare;
    return { address: this.alloc(count * stride), stride, count, rows, batch };
  }

  /** Panels as row-major [batch, rows]. */
  takePanels(panels: Panels): Float64Array {
    const { batch, rows } = panels;
    return Float64Array.from({ length: batch * rows }, (_, at) => {
      return this.floats[panelIndex(panels, Math.floor(at / rows), at % rows)]!;
    });
  }

  /** Whether the padding rows of every panel are zero. */
  paddingRowsAreZero(panels: Panels): boolean {
    for (let p = 0; p < panels.count; p++) {
      const start = (panels.address + p * panels.stride) / 4;
      const padding = this.floats.subarray(start + panels.rows * 8, start + roundUp4(panels.rows) * 8);
      if (padding.some((value) => value !== 0)) return false;
    }
    return true;
  }

  putWeights(inputs: number, units: number, weights: ArrayLike<number>, bias: ArrayLike<number>): number {
    const packed = new Float32Array(layerLengthFloats(inputs, units));
    packWeights(packed, inputs, units, weights, bias);
    return this.put(packed);
  }

  takeWeights(address: number, inputs: number, units: number): { weights: Float32Array; bias: Float32Array } {
    const weights = new Float32Array(inputs * units);
    const bias = new Float32Array(units);
    unpackWeights(this.floats.subarray(address / 4), inputs, units, weights, bias);
    return { weights, bias };
  }

  take(address: number, count: number): Float32Array {
    return this.floats.slice(address / 4, address / 4 + count);
  }

  /** Whether nothing was written outside the buffers. */
  guardsHold(): boolean {
    return this.#guards.every((address) =>
      this.words.subarray(address / 4, (address + GUARD_BYTES) / 4).every((word) => word === GUARD),
    );
  }

  #guard(): void {
    this.words.fill(GUARD, this.#top / 4, (this.#top + GUARD_BYTES) / 4);
    this.#guards.push(this.#top);
    this.#top += GUARD_BYTES;
  }
}

export interface Panels {
  readonly address: number;
  readonly stride: number;
  readonly count: number;
  readonly rows: number;
  readonly batch: number;
}

function panelIndex(panels: Panels, example: number, row: number): number {
  return (panels.address + Math.floor(example / 8) * panels.stride) / 4 + row * 8 + (example % 8);
}

/** A test of its own on each executor. */
export function testEach(
  t: Test,
  title: string,
  run: (t: Test, set: ReturnType<typeof setUp>) => void,
): void {
  for (const executor of EXECUTORS) {
    t.test(`${executor.name}: ${title}`, async (t) => run(t, setUp(executor)));
  }
}

/** Bytes at the end of a memory that programs lie in. */
const PROGRAM_BYTES = 65536;

/** Operations to be called at once, each as a program of one call at the end of the arena's memory. */
export function bindKernels(executor: Executor, { memory }: Arena): Kernels {
  const address = memory.buffer.byteLength - PROGRAM_BYTES;
  const call = (opcode: number) => {
    return (...values: (number | WindowGeometry)[]) => {
      const calls = new OneCall(opcode, values);
      if (calls.bytes > PROGRAM_BYTES) throw new Error(`a program of ${calls.bytes} bytes`);
      return executor.run(calls.build(memory.buffer, address), 0, address);
    };
  };
  const names = Object.keys(OPERATIONS);
  return Object.fromEntries(names.map((name, opcode) => [name, call(opcode)])) as Kernels;
}

class OneCall extends ProgramBuilder {
  constructor(opcode: number, values: readonly (number | WindowGeometry)[]) {
    super();
    this.segment(() =>
      this.note(
        opcode,
        values.map((value) => (typeof value === 'number' ? value : this.windows(value))),
      ),
    );
  }
}

const arenas = new Map<string, { arena: Arena; kernels: Kernels; executor: Executor }>();

/** The operations of an executor on an empty arena. */
export function setUp({ name, code }: TestedExecutor): {
  arena: Arena;
  kernels: Kernels;
  executor: Executor;
} {
  let made = arenas.get(name);
  if (!made) {
    const arena = new Arena();
    const executor = bindExecutor(code, arena.memory);
    made = { arena, executor, kernels: bindKernels(executor, arena) };
    arenas.set(name, made);
  }
  made.arena.reset();
  return made;
}

/** Reproducible floats in (−1, 1): a linear congruential generator, enough for test values. */
export function numbers(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

export function integers(count: number, below: number, seed: number): Uint32Array {
  return Uint32Array.from(numbers(count, seed), (value) => Math.floor(((value + 1) / 2) * below));
}

/**
 * The largest |actual − expected| as a multiple of `bound` (per element, or one for all), so that a test
 * passes when it is at most 1; Infinity when an element is NaN or lengths differ.
 */
export function excess(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number | ArrayLike<number>,
): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let at = 0; at < actual.length; at++) {
    const error = Math.abs(actual[at]! - expected[at]!);
    const allowed = typeof bound === 'number' ? bound : bound[at]!;
    const ratio = error === 0 ? 0 : error / allowed;
    if (!(ratio <= worst)) worst = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
  }
  return worst;
}

/** |values|, for error bounds: a sum of k products errs by at most (k + 1) roundings of Σ|terms|. */
export function magnitudes(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, Math.abs);
}

/** Layer shapes that meet every tile height, lone quads of units, the edges of column panels and of groups. */
export function* layerShapes(): Generator<[inputs: number, units: number, batch: number]> {
  for (let inputs = 1; inputs <= 40; inputs++) {
    for (let units = 1; units <= 40; units++) yield [inputs, units, ((inputs * 7 + units * 3) % 37) + 1];
  }
  for (const inputs of [1, 7, 53, 97, 131]) {
    for (const units of [95, 96, 97, 98, 100, 103, 191, 193, 211])
      yield [inputs, units, ((inputs + units) % 19) + 1];
  }
  // Rows of 64 units have an input gradient of their own.
  for (const inputs of [5, 6, 19, 97]) {
    for (const units of [61, 63, 64, 157, 160]) yield [inputs, units, ((inputs + units) % 19) + 1];
  }
  // One unit collects the gradients of 64 inputs at a time.
  for (const inputs of [63, 64, 65, 66, 131]) yield [inputs, 1, (inputs % 19) + 9];
}
