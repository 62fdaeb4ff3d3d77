// What the kernel tests share: both builds on one memory, buffers between guards, panels to and from
// row-major, reproducible numbers, error bounds. Not a test itself.
import { compileKernels } from '../../src/kernels/compile-kernels.js';
import { instantiateKernels, type Kernels } from '../../src/kernels/kernels.js';
import { layerLengthFloats, packWeights, roundUp4, unpackWeights } from '../../src/kernels/weight-layout.js';
import type { Arithmetic } from '../../src/model/spec.js';

export const ARITHMETICS: readonly Arithmetic[] = ['strict', 'fused'];

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

  /** A buffer of NaNs between guards. */
  alloc(bytes: number): number {
    const address = this.#top;
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

const arenas = new Map<Arithmetic, { arena: Arena; kernels: Kernels }>();

/** The kernels in one arithmetic on an empty arena. */
export function setUp(arithmetic: Arithmetic): { arena: Arena; kernels: Kernels } {
  let made = arenas.get(arithmetic);
  if (!made) {
    const arena = new Arena();
    made = { arena, kernels: instantiateKernels(compileKernels(arithmetic), arena.memory) };
    arenas.set(arithmetic, made);
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
