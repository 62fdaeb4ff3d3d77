// Holds a program against the table of operations and the memory it lies in, once it is built: executors check nothing,
// and a native one would write wherever it is told to.

import { TuttiError } from '../errors.js';
import type { WindowGeometry } from '../model/windows.js';
import { EXTENTS } from './extents.js';
import type { Touched } from './extents-of.js';
import type { StepField } from './operand.js';
import { OPERATIONS_FINGERPRINT } from './operation-calls.js';
import { type ArgumentKind, OPERATIONS, type Operation } from './operations.js';
import {
  HEADER_WORDS,
  MAX_STEP_BLOCK_BYTES,
  OPCODE_MASK,
  PATCH_WORDS,
  type Program,
  readSegments,
  SEGMENT_WORDS,
  type SegmentPlace,
} from './program.js';
import { UPDATE_BLOCK_BYTES, updatedRegions } from './update-block.js';
import { readWindowRecord, windowRecordBytes, writeWindowRecord } from './window-record.js';

/** What runs may put into a field of the step block. */
export type StepLimit = { readonly field: StepField } & (
  | { /** A count is from 0 to this. */ readonly most: number }
  | {
      /** An address is such that what is read there lies between these. */ readonly start: number;
      readonly end: number;
    }
);

const TABLE: readonly (readonly [name: string, operation: Operation])[] = Object.entries(OPERATIONS);

/** Panels are whole vectors of every executor: their rows come in fours. */
const PANEL_STRIDE_UNIT = 128;
/** What strides of other things are multiples of: rows of datasets, any floats, rows of predictions. */
const STRIDE_UNITS: Readonly<Record<string, number>> = {
  ...{ 'gatherRows xStride': 16, 'gatherColumns xStride': 16 },
  ...{ 'copy stride': 16, 'clear stride': 16, 'unpanel outStride': 4 },
};

/** The compiler of WebAssembly relies on addresses being above these bytes. */
const FIRST_BYTE = 1024;

/**
 * @param limits of the fields of the step block that counts and addresses are read from.
 * @throws ERR_INTERNAL naming the operation and the argument that is wrong.
 */
export function validateProgram(
  buffer: ArrayBufferLike,
  program: Program,
  limits: readonly StepLimit[],
): void {
  const { address, bytes } = program;
  if (address % 16 !== 0 || address < FIRST_BYTE || address + bytes > buffer.byteLength) {
    throw wrong('its place', `16-byte aligned within ${buffer.byteLength} bytes`, address);
  }
  const words = new Uint32Array(buffer, address, bytes / 4);
  if (words[0] !== OPERATIONS_FINGERPRINT) throw wrong('its first word', OPERATIONS_FINGERPRINT, words[0]!);
  if (words[1] !== bytes) throw wrong('its length', bytes, words[1]!);
  const segments = readSegments(words);
  const tableAt = (HEADER_WORDS + segments.length * SEGMENT_WORDS) * 4;
  const callsAt = segments.reduce((least, { calls }) => Math.min(least, calls), bytes);
  const callsEnd = segments.reduce((most, { callsEnd }) => Math.max(most, callsEnd), 0);
  if (callsAt < tableAt || callsEnd > bytes)
    throw wrong('its calls', `between ${tableAt} and ${bytes}`, callsEnd);
  const patches = words.subarray(tableAt / 4, callsAt / 4);
  const calls = new CallValidation(buffer, program, limits, patches);
  const boundaries = calls.checkAll(words, callsAt, callsEnd);
  for (const segment of segments) checkSegment(segment, boundaries, patches, tableAt);
}

/**
 * A segment has whole calls, and patches all of their arguments that are read from the step block.
 * @param table of patches, which begins at byte `tableAt`.
 */
function checkSegment(
  { calls, callsEnd, patches, patchesEnd }: SegmentPlace,
  boundaries: ReadonlySet<number>,
  table: Uint32Array,
  tableAt: number,
): void {
  if (calls > callsEnd || !boundaries.has(calls) || !boundaries.has(callsEnd)) {
    throw wrong('a segment', 'whole calls', `${calls} to ${callsEnd}`);
  }
  const [first, end] = [(patches - tableAt) / 4, (patchesEnd - tableAt) / 4];
  if (first > end || !parts(table, first, calls) || !parts(table, end, callsEnd)) {
    throw wrong('the patches of a segment', 'those of its calls', `${patches} to ${patchesEnd}`);
  }
}

/** Whether patches before the word `at` of the table have their places before `place`, and the others not. */
function parts(table: Uint32Array, at: number, place: number): boolean {
  if (at % PATCH_WORDS !== 0 || at < 0 || at > table.length) return false;
  return (at === 0 || table[at - PATCH_WORDS]! < place) && (at === table.length || table[at]! >= place);
}

/** Goes through the calls of a program. Written to be quick when it runs for the first time. */
class CallValidation implements Touched {
  readonly #buffer: ArrayBufferLike;
  readonly #program: Program;
  readonly #limits: readonly StepLimit[];
  /** Pairs, in the order of the calls: the place of an argument, and its field of the step block. */
  readonly #patches: Uint32Array;
  readonly #geometries = new Map<number, WindowGeometry>();
  #nextPatch = 0;
  #operation = '';
  #args: Operation['args'] = [];

  constructor(buffer: ArrayBufferLike, program: Program, limits: readonly StepLimit[], patches: Uint32Array) {
    this.#buffer = buffer;
    this.#program = program;
    this.#limits = limits;
    this.#patches = patches;
    for (const { field, ...limit } of limits) {
      if ('end' in limit && limit.end > buffer.byteLength) {
        throw wrong(
          `what field ${field.stepOffset} points to`,
          `within ${buffer.byteLength} bytes`,
          limit.end,
        );
      }
    }
  }

  /** @returns where the calls begin, and the end of the last. */
  checkAll(words: Uint32Array, start: number, end: number): ReadonlySet<number> {
    const boundaries = new Set<number>([start]);
    let at = start;
    while (at < end) {
      const head = words[at / 4]!;
      const entry = TABLE[head & OPCODE_MASK];
      if (entry === undefined) throw wrong('an operation', `below ${TABLE.length}`, head & OPCODE_MASK);
      const [name, { args }] = entry;
      const length = 4 * (1 + args.length);
      if (head >>> 8 !== length) throw wrong(`the bytes of a call of ${name}`, length, head >>> 8);
      if (at + length > end) throw wrong(`a call of ${name}`, `within ${end} bytes`, at + length);
      this.#operation = name;
      this.#args = args;
      this.#checkCall(words, at + 4);
      at += length;
      boundaries.add(at);
    }
    if (this.#nextPatch !== this.#patches.length) {
      throw wrong(
        'a patch',
        'the place of an argument, in the order of the calls',
        this.#patches[this.#nextPatch]!,
      );
    }
    return boundaries;
  }

  /** @param first where the arguments begin, in bytes from the program. */
  #checkCall(words: Uint32Array, first: number): void {
    const args = this.#args;
    const values: (number | WindowGeometry)[] = [];
    for (let place = 0; place < args.length; place++) {
      const [name, kind] = args[place]!;
      const at = first + place * 4;
      const value = this.#patches[this.#nextPatch] === at ? this.#takePatch(name, kind) : words[at / 4]!;
      if (kind === 'count' && value >= 2 ** 31) throw this.#wrong(name, 'at least 0', value | 0);
      if (kind === 'stride') {
        const unit = STRIDE_UNITS[`${this.#operation} ${name}`] ?? PANEL_STRIDE_UNIT;
        this.#requireMultiple(name, value, unit);
      }
      values.push(kind === 'windows' ? this.#geometryAt(name, value) : value);
    }
    EXTENTS[this.#operation]!(this, ...values);
  }

  /** What an argument that is read from the step block may be at the most; any number and any key will do. */
  #takePatch(name: string, kind: ArgumentKind): number {
    const stepOffset = this.#patches[this.#nextPatch + 1]!;
    this.#nextPatch += PATCH_WORDS;
    if (stepOffset % 4 !== 0 || stepOffset >= MAX_STEP_BLOCK_BYTES) {
      throw this.#wrong(name, `a field within ${MAX_STEP_BLOCK_BYTES} bytes`, stepOffset);
    }
    if (kind === 'f32' || kind === 'key') return 0;
    const limit = this.#limits.find(({ field }) => field.stepOffset === stepOffset);
    if (limit === undefined) throw this.#wrong(name, 'fixed, or a field with a limit', stepOffset);
    if ('most' in limit && kind === 'count') return limit.most;
    if ('start' in limit && kind.includes('[]')) return limit.start;
    throw this.#wrong(name, 'a field for arguments of its kind', stepOffset);
  }

  reads(argument: string, address: number, bytes: number): void {
    const kind = this.#kindOf(argument);
    if (address === 0 && kind.endsWith('?')) return;
    this.#requireMultiple(argument, address, kind === 'u32[]' ? 4 : 16);
    const length = this.#buffer.byteLength;
    if (address >= FIRST_BYTE && address + bytes <= length) return;
    throw this.#wrong(argument, `within ${FIRST_BYTE} to ${length}`, `${address} to ${address + bytes}`);
  }

  writes(argument: string, address: number, bytes: number): void {
    this.reads(argument, address, bytes);
    const { address: start, bytes: length } = this.#program;
    if (address >= start + length || address + bytes <= start) return;
    throw this.#wrong(argument, 'written outside of the program', `${address} to ${address + bytes}`);
  }

  updates(address: number, bytes: number, update: number, argument = 'w'): void {
    this.writes(argument, address, bytes);
    this.reads('update', update, UPDATE_BLOCK_BYTES);
    const regions = updatedRegions(this.#buffer, update, address);
    if (regions === null) throw this.#wrong('update', 'an update block', update);
    for (const region of regions) this.writes('update', region, bytes);
  }

  /** A record within the program that says of its geometry what follows from it. */
  #geometryAt(argument: string, address: number): WindowGeometry {
    const known = this.#geometries.get(address);
    if (known !== undefined) return known;
    const { address: start, bytes: length } = this.#program;
    const isInside = address > start && address % 16 === 0 && address + 64 <= start + length;
    const geometry = isInside ? readWindowRecord(this.#buffer, address) : null;
    const bytes = geometry === null ? 0 : windowRecordBytes(geometry);
    if (geometry === null || address + bytes > start + length) {
      throw this.#wrong(argument, 'a record within the program', address);
    }
    const expected = new Uint32Array(bytes / 4);
    writeWindowRecord(expected.buffer, 0, geometry);
    const record = new Uint32Array(this.#buffer, address, bytes / 4);
    if (!expected.every((word, at) => word === record[at])) {
      throw this.#wrong(argument, 'what follows from its geometry', JSON.stringify(geometry));
    }
    this.#geometries.set(address, geometry);
    return geometry;
  }

  #kindOf(argument: string): ArgumentKind {
    for (const [name, kind] of this.#args) if (name === argument) return kind;
    throw this.#wrong(argument, 'in the table of operations', 'none');
  }

  #requireMultiple(argument: string, value: number, of: number): void {
    if (value % of !== 0) throw this.#wrong(argument, `a multiple of ${of}`, value);
  }

  #wrong(argument: string, expected: string, got: string | number): TuttiError {
    return wrong(`argument ${argument} of ${this.#operation}`, expected, got);
  }
}

function wrong(what: string, expected: string | number, got: string | number): TuttiError {
  return new TuttiError('ERR_INTERNAL', `In a program, expected ${what} to be ${expected}, got ${got}`);
}
