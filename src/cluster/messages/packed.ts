// Metadata and numbers as one blob: what outcomes, states and members handed over travel as. The digest of a blob is over
// all of it, so that it needs no checksum; equal content is equal bytes.
//
//   0   4  length of the metadata, u32 little-endian
//   4      the metadata (msgpack, a map), then the numbers one after another: little-endian f32, or bytes as they are

import { littleEndianBytes, placeLittleEndian } from '../../bundle/weights.js';
import { type ErrorDetails, TuttiError } from '../../errors.js';
import { NotPlainError, packPlain, unpackPlain } from '../../files/plain-data.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { check, issueText } from '../../schema-check.js';
import type * as z from '../../zod.js';

const LENGTH_BYTES = 4;

/** What stands in the way of reading a blob; ends the sentence "got …". */
export class UnfitError extends Error {}

/** @param metadata plain data whose keys are in their order. */
export function pack(metadata: object, parts: readonly (Float32Array | Uint8Array)[]): Uint8Array {
  const described = packPlain(metadata);
  const binaries = parts.map((part) => (part instanceof Float32Array ? littleEndianBytes(part) : part));
  const length = binaries.reduce((sum, own) => sum + own.length, LENGTH_BYTES + described.length);
  const bytes = Buffer.allocUnsafeSlow(length);
  bytes.writeUInt32LE(described.length);
  let at = LENGTH_BYTES;
  for (const own of [described, ...binaries]) {
    bytes.set(own, at);
    at += own.length;
  }
  return bytes;
}

/** The metadata of a blob. @throws UnfitError */
function unpackMetadata(bytes: Uint8Array): { readonly metadata: unknown; readonly rest: Uint8Array } {
  if (bytes.length < LENGTH_BYTES) throw new UnfitError('bytes that are cut short');
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).readUInt32LE();
  if (length > bytes.length - LENGTH_BYTES) throw new UnfitError('bytes that are cut short');
  const end = LENGTH_BYTES + length;
  try {
    const metadata = unpackPlain(bytes.subarray(LENGTH_BYTES, end));
    return { metadata, rest: bytes.subarray(end) };
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    throw new UnfitError(`bytes that do not decode (${error.message})`);
  }
}

/**
 * What packed bytes say, as `take` makes it of their metadata and of what follows.
 * @param expected begins the message: `an answer of host a for member 3`.
 * @throws ERR_TASK with these details when they are of another form, or `take` throws an UnfitError.
 */
export async function readPacked<Schema extends z.ZodType, Taken>(
  bytes: Uint8Array,
  schema: Schema,
  { expected, details }: { readonly expected: string; readonly details: ErrorDetails },
  take: (said: z.output<Schema>, rest: Uint8Array) => Taken,
): Promise<Taken> {
  try {
    const { metadata, rest } = unpackMetadata(bytes);
    const { data, issue } = check(schema, metadata);
    if (issue !== null) throw new UnfitError(`one that is wrong at ${issueText(issue)}`);
    return take(data, rest);
  } catch (error) {
    if (!(error instanceof UnfitError)) throw error;
    throw new TuttiError('ERR_TASK', `Expected ${expected}, got ${error.message}`, details);
  }
}

/** Takes numbers off the front of what follows the metadata. */
export class Parts {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @throws UnfitError unless they are exactly as many bytes as announced: nothing is taken before. */
  constructor(bytes: Uint8Array, announcedBytes: number) {
    if (bytes.length !== announcedBytes) {
      throw new UnfitError(`${bytes.length} bytes of numbers where ${announcedBytes} are announced`);
    }
    this.#bytes = bytes;
  }

  floats(length: number): Float32Array<SharedArrayBuffer> {
    return this.floatsInto(new Float32Array(allocateShared(4 * length)));
  }

  floatsInto<Into extends Float32Array>(into: Into): Into {
    placeLittleEndian(into, 0, this.#next(into.byteLength));
    return into;
  }

  bytes(length: number): Uint8Array<SharedArrayBuffer> {
    const taken = new Uint8Array(allocateShared(length));
    taken.set(this.#next(length));
    return taken;
  }

  #next(length: number): Buffer {
    const { buffer, byteOffset } = this.#bytes;
    const next = Buffer.from(buffer, byteOffset + this.#at, length);
    this.#at += length;
    return next;
  }
}
