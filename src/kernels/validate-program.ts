// Holds a program against the table of operations and the memory it lies in, once it is built: executors check nothing,
// and a native one would write wherever it is told to.

import { TuttiError } from '../errors.js';
import type { WindowGeometry } from '../model/windows.js';
import { EXTENTS, type Region } from './extents.js';
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
import { updatedRegions } from './update-block.js';
import { readWindowRecord, windowRecordBytes, writeWindowRecord } from './window-record.js';

/** What runs may put into a field of the step block. */
export type StepLimit = { readonly field: StepField } & (
  | { /** A count is from 0 to this. */ readonly most: number }
  | {
      /** An address is such that what is read there lies between these. */
      readonly start: number;
      readonly end: number;
    }
);

const TABLE: readonly (readonly [name: string, operation: Operation])[] = Object.entries(OPERATIONS);

/** The compiler of WebAssembly relies on addresses being above these bytes. */
const FIRST_BYTE = 1024;

interface Memory {
  readonly buffer: ArrayBufferLike;
  readonly words: Uint32Array;
  readonly program: Program;
}

/** An argument as it is, or as the step block's limits have it. */
interface Argument {
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly value: number;
  readonly limit: StepLimit | null;
}

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
  const memory = { buffer, words, program };
  const segments = readSegments(words);
  const tableEnd = (HEADER_WORDS + segments.length * SEGMENT_WORDS) * 4;
  const callsAt = segments.reduce((least, { calls }) => Math.min(least, calls), bytes);
  const callsEnd = segments.reduce((most, { callsEnd }) => Math.max(most, callsEnd), 0);
  if (callsAt < tableEnd || callsEnd > bytes)
    throw wrong('its calls', `between ${tableEnd} and ${bytes}`, callsEnd);
  const places = words.subarray(tableEnd / 4, callsAt / 4);
  const patches = readPatches(places, limits);
  const boundaries = checkCalls(memory, callsAt, callsEnd, patches);
  for (const segment of segments) checkSegment(segment, boundaries, places, tableEnd);
}

/** Where arguments are read from the step block: by their byte offset from the program. */
type Patches = ReadonlyMap<number, StepLimit | { readonly field: StepField }>;

function readPatches(table: Uint32Array, limits: readonly StepLimit[]): Patches {
  const patches = new Map<number, StepLimit | { readonly field: StepField }>();
  for (let at = 0; at < table.length; at += PATCH_WORDS) {
    const [place = 0, stepOffset = 0] = table.subarray(at, at + PATCH_WORDS);
    if (stepOffset % 4 !== 0 || stepOffset >= MAX_STEP_BLOCK_BYTES) {
      throw wrong('a field of the step block', `at less than ${MAX_STEP_BLOCK_BYTES}`, stepOffset);
    }
    if (at > 0 && place <= table[at - PATCH_WORDS]!) throw wrong('a patch', 'behind the one before', place);
    patches.set(
      place,
      limits.find(({ field }) => field.stepOffset === stepOffset) ?? { field: { stepOffset } },
    );
  }
  return patches;
}

/** Walks all calls. @returns where they begin, and the end of the last. */
function checkCalls(memory: Memory, start: number, end: number, patches: Patches): ReadonlySet<number> {
  const { words } = memory;
  const boundaries = new Set<number>([start]);
  let patched = 0;
  let at = start;
  while (at < end) {
    const head = words[at / 4]!;
    const opcode = head & OPCODE_MASK;
    const [name, operation] = TABLE[opcode] ?? [];
    if (name === undefined || operation === undefined) {
      throw wrong('an operation', `a number below ${TABLE.length}`, opcode);
    }
    const length = 4 * (1 + operation.args.length);
    if (head >>> 8 !== length) throw wrong(`the bytes of a call of ${name}`, length, head >>> 8);
    if (at + length > end) throw wrong(`a call of ${name}`, `within ${end} bytes`, at + length);
    for (const place of operation.args.keys()) if (patches.has(at + 4 + place * 4)) patched++;
    checkCall(memory, name, argumentsOf(words, at, operation, patches));
    at += length;
    boundaries.add(at);
  }
  if (patched !== patches.size) throw wrong('its patches', `those of ${patched} arguments`, patches.size);
  return boundaries;
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
  const isPlace = (at: number) => at % PATCH_WORDS === 0 && at >= 0 && at <= table.length;
  const before = (at: number, place: number) => at === 0 || table[at - PATCH_WORDS]! < place;
  const behind = (at: number, place: number) => at === table.length || table[at]! >= place;
  const borders = (at: number, place: number) => isPlace(at) && before(at, place) && behind(at, place);
  if (first > end || !borders(first, calls) || !borders(end, callsEnd)) {
    throw wrong('the patches of a segment', 'those of its calls', `${patches} to ${patchesEnd}`);
  }
}

function argumentsOf(words: Uint32Array, at: number, { args }: Operation, patches: Patches): Argument[] {
  return args.map(([name, kind], place) => {
    const limit = patches.get(at + 4 + place * 4);
    const word = words[at / 4 + 1 + place]!;
    if (limit === undefined) return { name, kind, value: word, limit: null };
    if ('most' in limit) return { name, kind, value: limit.most, limit };
    if ('start' in limit) return { name, kind, value: limit.start, limit };
    // Any number and any key will do.
    return { name, kind, value: kind === 'f32' || kind === 'key' ? 0 : Number.NaN, limit: null };
  });
}

function checkCall(memory: Memory, operation: string, args: readonly Argument[]): void {
  const values: Record<string, number | WindowGeometry> = {};
  for (const argument of args) {
    const { name, kind, value } = argument;
    if (Number.isNaN(value)) throw wrongArgument(operation, name, 'fixed, or a field with a limit', value);
    checkValue(operation, argument);
    values[name] = kind === 'windows' ? checkWindows(memory, operation, argument) : value;
  }
  const extents = EXTENTS.get(operation)!(values);
  for (const argument of args) {
    const region = extents[argument.name];
    if (region !== undefined) checkRegion(memory, operation, argument, region);
  }
  checkUpdate(memory, operation, args, extents);
}

/** Counts are not negative, strides whole vectors; of fields of the step block only what has a limit of its kind. */
function checkValue(operation: string, { name, kind, value, limit }: Argument): void {
  if (kind === 'count' && value >= 2 ** 31) throw wrongArgument(operation, name, 'at least 0', value | 0);
  // Rows of answers lie as close as numbers may.
  const multiple = operation === 'unpanel' ? 4 : 16;
  if (kind === 'stride' && value % multiple !== 0) {
    throw wrongArgument(operation, name, `a multiple of ${multiple}`, value);
  }
  if (limit === null) return;
  const fits = 'most' in limit ? kind === 'count' : kind.includes('[]');
  if (!fits)
    throw wrongArgument(operation, name, 'a field for arguments of its kind', limit.field.stepOffset);
}

function checkRegion(
  { buffer, program }: Memory,
  operation: string,
  { name, kind, value, limit }: Argument,
  { bytes, writes }: Region,
): void {
  if (value === 0 && kind.endsWith('?')) return;
  const alignment = kind === 'u32[]' ? 4 : 16;
  if (value % alignment !== 0) throw wrongArgument(operation, name, `a multiple of ${alignment}`, value);
  // What a run reads by a field lies between the field's limits: so it has promised.
  const end = limit !== null && 'end' in limit ? limit.end : value + bytes;
  if (value < FIRST_BYTE || end > buffer.byteLength) {
    const within = `${FIRST_BYTE} to ${buffer.byteLength}`;
    throw wrongArgument(operation, name, `within ${within}`, `${value} to ${end}`);
  }
  if (writes && bytes > 0 && value < program.address + program.bytes && end > program.address) {
    throw wrongArgument(operation, name, 'written outside of the program', `${value} to ${end}`);
  }
}

/** A record that says of its geometry what follows from it. */
function checkWindows(
  { buffer, program }: Memory,
  operation: string,
  { name, value }: Argument,
): WindowGeometry {
  const programEnd = program.address + program.bytes;
  const geometry = value % 16 === 0 && value < programEnd ? readWindowRecord(buffer, value) : null;
  const bytes = geometry === null ? 0 : windowRecordBytes(geometry);
  if (geometry === null || !(value > program.address && value + bytes <= programEnd)) {
    throw wrongArgument(operation, name, 'a record within the program', value);
  }
  const expected = new Uint32Array(bytes / 4);
  writeWindowRecord(expected.buffer, 0, geometry);
  const record = new Uint32Array(buffer, value, bytes / 4);
  if (!expected.every((word, at) => word === record[at])) {
    throw wrongArgument(operation, name, 'what follows from its geometry', JSON.stringify(geometry));
  }
  return geometry;
}

/** What an update reaches from the weights: a gradient, or moments, each as long as they are. */
function checkUpdate(
  memory: Memory,
  operation: string,
  args: readonly Argument[],
  extents: Readonly<Record<string, Region>>,
): void {
  const update = args.find(({ kind }) => kind === 'update');
  const weights = args.find(({ name }) => name === 'w');
  if (update === undefined || weights === undefined) return;
  checkRegion(memory, operation, update, { bytes: 64, writes: false });
  const { bytes } = extents[weights.name]!;
  const regions = updatedRegions(memory.buffer, update.value, weights.value);
  if (regions === null) throw wrongArgument(operation, update.name, 'an update block', update.value);
  for (const value of regions) {
    checkRegion(memory, operation, { ...weights, value, name: update.name }, { bytes, writes: true });
  }
}

function wrongArgument(
  operation: string,
  argument: string,
  expected: string | number,
  got: string | number,
): TuttiError {
  return wrong(`argument ${argument} of ${operation}`, expected, got);
}

function wrong(what: string, expected: string | number, got: string | number): TuttiError {
  return new TuttiError('ERR_INTERNAL', `In a program, expected ${what} to be ${expected}, got ${got}`);
}
