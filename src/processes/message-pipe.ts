// Messages between two processes, over a pipe: structured data, and typed arrays of any size, which go out piece by piece
// and arrive in memory of their own. (Node.js's channel copies a message several times, and one of more than 2 GiB, or
// bytes that are no message, end the process that gets them.) The other side may have gone wrong: what it sends is data
// of some kind or garbage, and nothing more is believed of it here.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';

/** Typed arrays that travel beside a message; any other is part of it. */
const ARRAYS = [Float32Array, Float64Array, Uint8Array, Uint32Array, Int32Array] as const;

type TravellingArray = InstanceType<(typeof ARRAYS)[number]>;

/** A message without its arrays is small; an array may have any length. */
const MAX_HEAD_BYTES = 2 ** 28;
const MAX_ARRAYS = 2 ** 16;
/** Of an array that are handed to the system at once. */
const PIECE_BYTES = 2 ** 20;
/** Bytes of the head, and how many arrays follow it. */
const START_BYTES = 8;

/** Where an array belongs in a message: the names that lead to it, and its kind's place in the list. */
interface Place {
  readonly path: readonly string[];
  readonly kind: number;
}

interface Head {
  readonly message: unknown;
  readonly places: readonly Place[];
}

export interface PipeOptions {
  /** Memory for an array that arrives. */
  readonly allocate: (bytes: number) => ArrayBufferLike;
  readonly onMessage: (message: unknown) => void;
  /** What arrived is no message; nothing after it is read. */
  readonly onGarbage: (reason: string) => void;
}

export class MessagePipe {
  readonly #socket: Socket;
  /** Settles when all that was to be sent so far has been handed over. */
  #sent: Promise<void> = Promise.resolve();
  #sending = 0;

  constructor(socket: Socket, { allocate, onMessage, onGarbage }: PipeOptions) {
    this.#socket = socket;
    const reader = readMessages(allocate, onMessage);
    let target = reader.next().value!;
    let filled = 0;
    const take = (chunk: Buffer) => {
      for (let at = 0; at < chunk.length || filled === target.length; ) {
        const piece = chunk.subarray(at, at + target.length - filled);
        target.set(piece, filled);
        at += piece.length;
        filled += piece.length;
        if (filled < target.length) return;
        target = reader.next().value!;
        filled = 0;
      }
    };
    socket.on('data', (chunk) => {
      try {
        take(chunk);
      } catch (error) {
        socket.removeAllListeners('data').destroy();
        onGarbage(error instanceof Error ? error.message : String(error));
      }
    });
    // The process at the other end has ended, which is heard of elsewhere.
    socket.on('error', () => {});
  }

  /**
   * Sends a message. One without arrays, while no other is on its way, is handed over before this returns.
   * @returns when it is handed over, or the pipe has ended.
   * @throws what `v8.serialize` does for what cannot be sent; an array's memory must not change meanwhile.
   */
  async send(message: unknown): Promise<void> {
    const arrays: TravellingArray[] = [];
    const start = encodeStart(message, arrays);
    const before = this.#sent;
    this.#sending++;
    const write = async () => {
      await this.#write(start);
      for (const array of arrays) await this.#writeArray(array);
    };
    const sent = this.#sending === 1 ? write() : before.then(write);
    this.#sent = sent.finally(() => this.#sending--);
    await this.#sent;
  }

  async #writeArray({ buffer, byteOffset, byteLength }: TravellingArray): Promise<void> {
    for (let at = 0; at < byteLength; at += PIECE_BYTES) {
      const piece = new Uint8Array(buffer, byteOffset + at, Math.min(PIECE_BYTES, byteLength - at));
      // A copy, since streams know no shared memory.
      await this.#write(Uint8Array.from(piece));
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(bytes)) return;
    const ended = new AbortController();
    const { signal } = ended;
    await Promise.race([once(this.#socket, 'drain', { signal }), once(this.#socket, 'close', { signal })])
      .catch(() => {})
      .finally(() => ended.abort());
  }
}

/** What precedes the arrays of a message, which it collects. */
function encodeStart(message: unknown, arrays: TravellingArray[]): Uint8Array {
  const places: Place[] = [];
  const bare = withoutArrays(message, [], (array, place) => {
    arrays.push(array);
    places.push(place);
  });
  const head = serialize({ message: bare, places } satisfies Head);
  if (head.length > MAX_HEAD_BYTES || arrays.length > MAX_ARRAYS) {
    throw new RangeError(`what should be sent has ${head.length} bytes beside ${arrays.length} arrays`);
  }
  const counts = Uint32Array.of(head.length, arrays.length);
  const lengths = Float64Array.from(arrays, ({ byteLength }) => byteLength);
  return Buffer.concat([new Uint8Array(counts.buffer), new Uint8Array(lengths.buffer), head]);
}

/** A copy of plain objects and lists in which null stands for each array. */
function withoutArrays(
  value: unknown,
  path: readonly string[],
  found: (array: TravellingArray, place: Place) => void,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kind = ARRAYS.findIndex((type) => value instanceof type);
  if (kind >= 0 && !Buffer.isBuffer(value)) {
    found(value as TravellingArray, { path, kind });
    return null;
  }
  if (Array.isArray(value)) return value.map((inner, at) => withoutArrays(inner, [...path, `${at}`], found));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    withoutArrays(inner, [...path, name], found),
  ]);
  return Object.fromEntries(entries);
}

/** Yields what is to be filled next with the bytes that come. */
function* readMessages(
  allocate: (bytes: number) => ArrayBufferLike,
  onMessage: (message: unknown) => void,
): Generator<Uint8Array, never, void> {
  for (;;) {
    const start = new Uint8Array(START_BYTES);
    yield start;
    const counts = new Uint32Array(start.buffer);
    const [headBytes, count] = [counts[0]!, counts[1]!];
    if (headBytes > MAX_HEAD_BYTES || count > MAX_ARRAYS) throw new RangeError('bytes that are no message');
    const lengths = new Float64Array(count);
    yield new Uint8Array(lengths.buffer);
    const head = new Uint8Array(headBytes);
    yield head;
    const arrays: ArrayBufferLike[] = [];
    for (const length of lengths) {
      const buffer = allocate(length);
      yield new Uint8Array(buffer);
      arrays.push(buffer);
    }
    onMessage(withArrays(deserialize(head), arrays));
  }
}

/** The message with its arrays where they belong. */
function withArrays(head: unknown, arrays: readonly ArrayBufferLike[]): unknown {
  const { message, places } = head as Head;
  const whole = { message };
  for (const [at, { path, kind }] of places.entries()) {
    let holder: Record<string, unknown> = whole;
    let name = 'message';
    for (const next of path) {
      holder = holder[name] as Record<string, unknown>;
      name = next;
    }
    Object.defineProperty(holder, name, {
      value: viewOf(kind, arrays[at]!),
      ...{ configurable: true, enumerable: true, writable: true },
    });
  }
  return whole.message;
}

function viewOf(kind: number, buffer: ArrayBufferLike): TravellingArray {
  const type: new (buffer: ArrayBufferLike) => TravellingArray = ARRAYS[kind]!;
  return new type(buffer);
}
