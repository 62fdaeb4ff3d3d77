// Whether native code computes here what WebAssembly defines, to the bit: one call of every operation in a few sizes, and a
// checksum of all that they leave behind. What it must be is known, since no byte depends on the machine; a test holds
// WebAssembly to it. A miscompiled addon or a processor that is emulated wrongly shows here, and WebAssembly is taken.

import { createSha256 } from '../files/sha256.js';
import type { OptimizerSpec } from '../model/spec.js';
import { type WindowGeometry, windowGeometry } from '../model/windows.js';
import { EXPANSION_KIND } from './expansion-kind.js';
import type { NativeRun } from './native-addon.js';
import { OPERATIONS_FINGERPRINT } from './operation-calls.js';
import { type ArgumentKind, OPERATIONS, type Operation } from './operations.js';
import { stepWriter, UPDATE_BLOCK_BYTES, writeUpdate } from './update-block.js';
import { layerLengthFloats, packWeights, roundUp4 } from './weight-layout.js';
import { windowRecordBytes, writeWindowRecord } from './window-record.js';

/** Of {@link checksum}; it changes where docs/ARITHMETIC.md or the table of operations does. */
export const SELF_TEST_CHECKSUM = '32166af2379e9034a9cd7e3d6d01cb4aa21e9bfd94c1c169bc3912ff22e2cdd7';

/** Bytes of memory that the calls need. */
export const SELF_TEST_BYTES = 2 ** 21;

/** What differs from one round of calls to the next. */
interface Round {
  /** Whether of all operations, or of those that work in tiles. */
  readonly all: boolean;
  readonly panels: number;
  readonly inputs: number;
  readonly units: number;
  readonly activation: number;
  readonly slope: number;
  /** Of convolutions; poolings have the same windows inside the image. */
  readonly geometry: WindowGeometry;
  readonly optimizer: OptimizerSpec;
}

const RATES = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, tolerance: 1e-8, weightDecay: 0.01 };

// A layer of one unit and one of a tile and a part, windows inside the image and over its edge.
const ROUNDS: readonly Round[] = [
  {
    ...{ all: false, panels: 1, inputs: 5, units: 1, activation: 1, slope: 1 },
    geometry: windowGeometry({ channels: 1, height: 3, width: 4 }, [2, 2], [1, 1], 'valid'),
    optimizer: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true },
  },
  {
    ...{ all: true, panels: 3, inputs: 18, units: 15, activation: 3, slope: 0.01 },
    geometry: windowGeometry({ channels: 2, height: 3, width: 3 }, [3, 3], [1, 1], 'same'),
    optimizer: { kind: 'adamW', ...RATES },
  },
];

const PENALTY = { l1: 0.001, l2: 0.01 };
/** Operations of layers, whose rows beyond inputs and units are zero. */
const IS_LAYER = /^(forward|linear|inputGradient|weightGradient|convolve)|Pool/;
/** Operations of which an argument may be as many blocks of panels as there are submodels. */
const OF_SUBMODELS = /submodel/i;
const SUBMODELS = 2;
const FILTERS = 5;
/** Of arguments that are not an activation's. */
const KINDS: Readonly<Record<string, number>> = { hasBias: 1, expansion: EXPANSION_KIND.periodic };
const PROGRAM = 1024;
/** Behind the longest program. */
const SCRATCH = 16_384;
/** Behind the largest scratch, which may be left in any state. */
const ARGUMENTS = 65_536;

/** Runs all calls in a memory and says what they left there. */
export function checksum(buffer: SharedArrayBuffer, run: (program: number) => number): string {
  const hash = createSha256();
  const numbers = drawNumbers();
  let end = ARGUMENTS;
  for (const round of ROUNDS) {
    const calls = new RoundCalls(buffer, round, numbers, end);
    calls.write();
    hash.update(new Uint8Array(Float64Array.of(run(PROGRAM)).buffer));
    end = calls.end;
  }
  hash.update(new Uint8Array(buffer, ARGUMENTS, end - ARGUMENTS));
  return hash.digest('hex');
}

/** Whether native code leaves behind what it must. */
export function passesSelfTest(run: NativeRun): boolean {
  const buffer = new SharedArrayBuffer(SELF_TEST_BYTES);
  const bytes = new Uint8Array(buffer);
  return checksum(buffer, (program) => run(bytes, program, 0, program)) === SELF_TEST_CHECKSUM;
}

/** Numbers in (−1, 1), the same everywhere. */
function drawNumbers(): Float32Array {
  const numbers = new Float32Array(1024);
  let state = 1;
  for (let at = 0; at < numbers.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    numbers[at] = state / 2 ** 31;
  }
  return numbers;
}

/** Writes the program of a round, with all that its calls point at. */
class RoundCalls {
  readonly #buffer: SharedArrayBuffer;
  readonly #round: Round;
  readonly #numbers: Float32Array;
  readonly #floats: Float32Array;
  readonly #words: Uint32Array;
  /** Bytes between panels, enough for the rows of any argument. */
  readonly #stride: number;
  /** Of the layer at hand: a dense one, or one over windows. */
  #rows = { inputs: 0, units: 0, filters: 0, taps: 0 };
  /** Blocks of panels that an argument of the operation at hand may be. */
  #blocks = 1;
  readonly #counts: Readonly<Record<string, number>>;
  /** Where the last weights lie. */
  #w = 0;
  #next = 0;
  #top: number;

  /** @param start where its arguments may lie; all is 0 from there on. */
  constructor(buffer: SharedArrayBuffer, round: Round, numbers: Float32Array, start: number) {
    this.#top = start;
    this.#buffer = buffer;
    this.#round = round;
    this.#numbers = numbers;
    this.#floats = new Float32Array(buffer);
    this.#words = new Uint32Array(buffer);
    const { panels, inputs, units } = round;
    this.#stride = 32 * roundUp4(Math.max(inputs, 2 * units, ...Object.values(this.#rowsOf('convolve'))));
    this.#counts = {
      ...{ panels, inputs, features: inputs, weightCount: roundUp4(inputs), biasCount: roundUp4(units) },
      ...{ units, rows: units, outputs: units, classes: units, width: units, filters: FILTERS },
      ...{ count: 8 * panels - 4, threshold: 40_000, layer: 1, submodels: SUBMODELS, levelCount: 2 },
      ...{ terms: 5, size: 3, numbers: 3, categories: 6 },
    };
  }

  /** Where the last argument ends. */
  get end(): number {
    return this.#top;
  }

  write(): void {
    const calls: number[] = [];
    const { all } = this.#round;
    for (const [opcode, [name, { args }]] of Object.entries<Operation>(OPERATIONS).entries()) {
      if (!all && !IS_LAYER.test(name)) continue;
      this.#rows = this.#rowsOf(name);
      this.#blocks = OF_SUBMODELS.test(name) ? SUBMODELS : 1;
      const bytes = 4 * (1 + args.length);
      calls.push(opcode + (bytes << 8));
      for (const [argument, kind] of args) calls.push(this.#word(name, argument, kind));
    }
    const end = 32 + 4 * calls.length;
    this.#words.set([OPERATIONS_FINGERPRINT, end, 1, 0, 32, end, 32, 32, ...calls], PROGRAM / 4);
  }

  #geometryOf(name: string): WindowGeometry {
    const { geometry } = this.#round;
    const { windowHeight, windowWidth, strideY, strideX } = geometry;
    return name.includes('Pool')
      ? windowGeometry(geometry, [windowHeight, windowWidth], [strideY, strideX], 'valid')
      : geometry;
  }

  #rowsOf(name: string) {
    const { inputs, units } = this.#round;
    const geometry = this.#geometryOf(name);
    if (!/convolve|Pool/.test(name)) return { inputs, units, filters: units, taps: inputs };
    const { channels, height, width, windowHeight, windowWidth, outHeight, outWidth } = geometry;
    const filters = name.includes('Pool') ? channels : FILTERS;
    const taps = channels * windowHeight * windowWidth;
    return { inputs: channels * height * width, units: filters * outHeight * outWidth, filters, taps };
  }

  #word(name: string, argument: string, kind: ArgumentKind): number {
    if (kind === 'f32') return bitsOf(argument === 'slope' ? this.#round.slope : 0.125);
    if (kind === 'key') return 0x9e3779b9;
    // Rows one after another, where all else is panels.
    if (kind === 'stride')
      return name === 'unpanel' && argument === 'outStride' ? 4 * roundUp4(this.#round.units) : this.#stride;
    if (kind === 'kind') return KINDS[argument] ?? this.#round.activation;
    if (kind === 'count') return this.#count(argument);
    if (argument === 'scratch') return SCRATCH;
    if (kind.endsWith('?') && this.#round.slope === 1) return 0;
    return this.#address(name, argument, kind);
  }

  #count(argument: string): number {
    const count = this.#counts[argument];
    if (count === undefined) throw new RangeError(`Expected a size for ${argument}`);
    return count;
  }

  /** Room for an argument, with what it needs to hold. */
  #address(name: string, argument: string, kind: ArgumentKind): number {
    const { inputs, units } = this.#rows;
    if (kind === 'windows') {
      const geometry = this.#geometryOf(name);
      const at = this.#room(windowRecordBytes(geometry));
      writeWindowRecord(this.#buffer, at, geometry);
      return at;
    }
    if (kind === 'update') return this.#putUpdate();
    if (kind === 'i8[]') return this.#putMask();
    if (kind === 'u32[]') return this.#putIntegers(argument === 'columns' ? inputs : this.#round.panels);
    if (!kind.startsWith('f32')) return this.#putIntegers(2);
    if (argument === 'w') return this.#putWeights();
    const isLayer = IS_LAYER.test(name);
    const isInput = argument === 'x' || argument === 'h' || argument === 'dx';
    return this.#putPanels(isLayer ? (isInput ? inputs : units) : this.#stride / 32);
  }

  #room(bytes: number): number {
    const at = this.#top;
    this.#top += Math.ceil(bytes / 16) * 16;
    return at;
  }

  #panels(): number {
    return this.#room(this.#round.panels * this.#stride * this.#blocks);
  }

  #putMask(): number {
    const at = this.#panels();
    this.#words.fill(0x00ffff00, at / 4, this.#top / 4);
    return at;
  }

  /** Integers below a limit, for each example. */
  #putIntegers(limit: number): number {
    const at = this.#panels();
    const end = at / 4 + 8 * this.#round.panels;
    for (let place = at / 4; place < end; place++) this.#words[place] = place % limit;
    return at;
  }

  /** Panels with so many rows of numbers, and zeros below. */
  #putPanels(rows: number): number {
    const at = this.#panels();
    const values = this.#draw(rows * 8);
    for (let panel = at; panel < this.#top; panel += this.#stride) this.#floats.set(values, panel / 4);
    return at;
  }

  #putWeights(): number {
    const { taps, filters } = this.#rows;
    const floats = layerLengthFloats(taps, filters);
    const at = this.#room(4 * floats);
    const packed = this.#floats.subarray(at / 4, at / 4 + floats);
    packWeights(packed, taps, filters, this.#draw(taps * filters), this.#draw(filters));
    this.#w = at;
    return at;
  }

  /** An update of the last weights, with its state. */
  #putUpdate(): number {
    const { optimizer } = this.#round;
    const rows = this.#stride / 32;
    const [first, second, at] = [
      this.#putPanels(rows),
      this.#putPanels(rows),
      this.#room(UPDATE_BLOCK_BYTES),
    ];
    // A second moment is a mean of squares.
    for (let word = second / 4; word < at / 4; word++) this.#floats[word] = Math.abs(this.#floats[word]!);
    writeUpdate(this.#buffer, at, {
      ...{ kind: 'optimizer', optimizer, normPenalty: PENALTY },
      ...{ firstOffset: first - this.#w, secondOffset: second - this.#w },
    });
    stepWriter(this.#buffer, at, optimizer).writeStep(optimizer.learningRate, 3);
    return at;
  }

  /** Other numbers each time. */
  #draw(count: number): Float32Array {
    this.#next = (this.#next + 37) % (this.#numbers.length - count);
    return this.#numbers.subarray(this.#next, this.#next + count);
  }
}

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}
