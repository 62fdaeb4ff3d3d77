// Builds programs: takes the calls that whoever knows what is to be computed makes of it, and writes them down.

import type { WindowGeometry } from '../model/windows.js';
import type { Constant, Operand } from './operand.js';
import { Calls, FLOAT_ARGUMENTS, OPERATIONS_FINGERPRINT } from './operation-calls.js';
import {
  HEADER_WORDS,
  PATCH_WORDS,
  type Program,
  placeProgram,
  SEGMENT_WORDS,
  UNCOUNTED,
} from './program.js';
import { windowRecordBytes, writeWindowRecord } from './window-record.js';

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Indices, counted in words among the calls and in patches. */
interface Segment {
  readonly firstCall: number;
  readonly endCall: number;
  readonly firstPatch: number;
  readonly endPatch: number;
}

/** A word of the calls, and the byte offset that says what it becomes. */
interface Place {
  readonly word: number;
  readonly offset: number;
}

export class ProgramBuilder extends Calls {
  readonly #calls: number[] = [];
  readonly #patches: Place[] = [];
  readonly #references: Place[] = [];
  readonly #segments: Segment[] = [];
  readonly #records = new Map<WindowGeometry, Constant>();
  #constantBytes = 0;
  #counts = true;

  /**
   * The calls that `write` makes, as a part of the program that can be run; segments may lie in each other.
   * @returns its number.
   */
  segment(write: () => void): number {
    const [firstCall, firstPatch] = [this.#calls.length, this.#patches.length];
    write();
    const [endCall, endPatch] = [this.#calls.length, this.#patches.length];
    return this.#segments.push({ firstCall, endCall, firstPatch, endPatch }) - 1;
  }

  /** The calls that `write` makes, with losses that do not count. */
  uncounted(write: () => void): void {
    this.#counts = false;
    write();
    this.#counts = true;
  }

  /** The record of a geometry, once per program. */
  windows(geometry: WindowGeometry): Constant {
    let record = this.#records.get(geometry);
    if (record === undefined) {
      record = { constantOffset: this.#constantBytes };
      this.#records.set(geometry, record);
      this.#constantBytes += roundUp16(windowRecordBytes(geometry));
    }
    return record;
  }

  protected override note(opcode: number, operands: readonly Operand[]): void {
    const floats = FLOAT_ARGUMENTS[opcode]!;
    this.#calls.push(opcode + (this.#counts ? 0 : UNCOUNTED) + ((1 + operands.length) << 10));
    for (let at = 0; at < operands.length; at++) this.#take(operands[at]!, ((floats >> at) & 1) === 1);
  }

  #take(operand: Operand, isFloat: boolean): void {
    const word = this.#calls.length;
    if (typeof operand === 'number') {
      if (isFloat) FLOAT[0] = operand;
      this.#calls.push(isFloat ? BITS[0]! : operand);
      return;
    }
    if ('stepOffset' in operand) this.#patches.push({ word, offset: operand.stepOffset });
    else this.#references.push({ word, offset: operand.constantOffset });
    this.#calls.push(0);
  }

  /** Bytes of the program that the calls so far make. */
  get bytes(): number {
    return this.#constantsAt + this.#constantBytes;
  }

  get #patchesAt(): number {
    return (HEADER_WORDS + SEGMENT_WORDS * this.#segments.length) * 4;
  }

  get #callsAt(): number {
    return this.#patchesAt + this.#patches.length * PATCH_WORDS * 4;
  }

  get #constantsAt(): number {
    return roundUp16(this.#callsAt + this.#calls.length * 4);
  }

  /** Writes the program down. @param address a multiple of 16, with room for `bytes`. */
  build(buffer: ArrayBufferLike, address: number): Program {
    const { bytes } = this;
    const [callsAt, constantsAt] = [this.#callsAt, this.#constantsAt];
    const words = new Uint32Array(bytes / 4);
    words.set([OPERATIONS_FINGERPRINT, bytes, this.#segments.length]);
    this.#writeSegments(words);
    words.set(this.#calls, callsAt / 4);
    let next = this.#patchesAt / 4;
    for (const { word, offset } of this.#patches) {
      words[next++] = callsAt + word * 4;
      words[next++] = offset;
    }
    for (const { word, offset } of this.#references)
      words[callsAt / 4 + word] = address + constantsAt + offset;
    for (const [geometry, { constantOffset }] of this.#records) {
      writeWindowRecord(words.buffer, constantsAt + constantOffset, geometry);
    }
    const program = { address, bytes, words };
    placeProgram(program, buffer);
    return program;
  }

  #writeSegments(words: Uint32Array): void {
    let next = HEADER_WORDS;
    for (const { firstCall, endCall, firstPatch, endPatch } of this.#segments) {
      words[next++] = this.#callsAt + firstCall * 4;
      words[next++] = this.#callsAt + endCall * 4;
      words[next++] = this.#patchesAt + firstPatch * PATCH_WORDS * 4;
      words[next++] = this.#patchesAt + endPatch * PATCH_WORDS * 4;
    }
  }
}

function roundUp16(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
