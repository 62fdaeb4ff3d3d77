// A program: calls of operations that lie in shared memory, made again and again by an executor. This file has their
// format; it is built by program-builder.ts and checked by validate-program.ts.
//
// Words of 4 bytes, from an address that is a multiple of 16; all offsets are bytes from there:
// - fingerprint of the table of operations, bytes of the program, number of segments, 0;
// - of each segment: first call, end of its calls, first patch, end of its patches;
// - patches: the place of an argument, and where in the step block its value comes from;
// - calls: the number of the operation, with its bytes above bit 8, then 4 bytes per argument, floats as their bits;
// - constants: window records, each with its tables.
// A run copies what the segment's patches say out of the step block and makes the calls in order. It returns the sum of
// their losses; no call follows one that makes it not finite.

/** A program in place. Plain data; it means something in the memory that it was built for only. */
export interface Program {
  readonly address: number;
  readonly bytes: number;
  /** What lies at the address, for a memory that others had meanwhile. */
  readonly words: Uint32Array;
}

/** Words before the table of segments, and of each segment there. */
export const HEADER_WORDS = 4;
export const SEGMENT_WORDS = 4;
export const PATCH_WORDS = 2;

/** Of a call's first word: the operation. */
export const OPCODE_MASK = 127;
/** Of a call's first word: its loss is not to be counted. */
export const UNCOUNTED = 128;

/** Bytes of the step block at the most. */
export const MAX_STEP_BLOCK_BYTES = 128;

/** Puts a program in its place, again. */
export function placeProgram({ address, words }: Program, buffer: ArrayBufferLike): void {
  new Uint32Array(buffer, address, words.length).set(words);
}

/** Where a segment's calls and patches lie: byte offsets from the program. */
export interface SegmentPlace {
  readonly calls: number;
  readonly callsEnd: number;
  readonly patches: number;
  readonly patchesEnd: number;
}

/** The table of segments. @param words of the whole program. */
export function readSegments(words: Uint32Array): readonly SegmentPlace[] {
  return Array.from({ length: words[2]! }, (_, number) => {
    const at = HEADER_WORDS + number * SEGMENT_WORDS;
    const [calls = 0, callsEnd = 0, patches = 0, patchesEnd = 0] = words.subarray(at, at + SEGMENT_WORDS);
    return { calls, callsEnd, patches, patchesEnd };
  });
}
