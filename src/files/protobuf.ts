// As much of the wire format of protocol buffers as event files and ONNX need: fields of messages, written by their
// numbers. Nothing is read. **Source:** protobuf.dev/programming-guides/encoding.

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** Bytes of a number below 2⁵³, at most. */
const MOST_VARINT = 8;

/** A field as bytes; a message is its fields one after the other. */
export type Field = Uint8Array;

/** A field, or those of a repeated one, which may be none. */
export type Fields = Field | readonly Field[];

/** @param value a whole number: up to 2⁵³ − 1 as a number, of 64 bits as a bigint; two's complement below 0. */
export function varintField(number: number, value: number | bigint): Field {
  return message(key(number, VARINT), varint(value));
}

export function doubleField(number: number, value: number): Field {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return message(key(number, FIXED_64), bytes);
}

export function floatField(number: number, value: number): Field {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return message(key(number, FIXED_32), bytes);
}

export function textField(number: number, text: string): Field {
  return bytesField(number, Buffer.from(text, 'utf8'));
}

export function bytesField(number: number, bytes: Uint8Array): Field {
  return messageField(number, bytes);
}

/** Fields of one number, none packed, as one: there may be a million. @param values whole numbers from 0 to 2⁵³ − 1. */
export function varintFields(number: number, values: readonly (number | bigint)[]): Field {
  const own = key(number, VARINT);
  const bytes = Buffer.alloc(values.length * (own.length + MOST_VARINT));
  let length = 0;
  for (const value of values) {
    bytes.set(own, length);
    length += own.length;
    let rest = Number(value);
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[length++] = (rest % 0x80) | 0x80;
    bytes[length++] = rest;
  }
  return bytes.subarray(0, length);
}

/** The same of numbers in single precision. */
export function floatFields(number: number, values: readonly number[]): Field {
  const own = key(number, FIXED_32);
  const width = own.length + 4;
  const bytes = Buffer.alloc(values.length * width);
  for (const [at, value] of values.entries()) {
    bytes.set(own, at * width);
    bytes.writeFloatLE(value, at * width + own.length);
  }
  return bytes;
}

/** The same of bytes. */
export function bytesFields(number: number, values: readonly Uint8Array[]): Field {
  const own = key(number, BYTES);
  return message(values.flatMap((value) => [own, varint(value.length), value]));
}

/** A message within a message. */
export function messageField(number: number, ...fields: readonly Fields[]): Field {
  const own = fields.flat();
  const length = own.reduce((sum, field) => sum + field.length, 0);
  return message(key(number, BYTES), varint(length), own);
}

export function message(...fields: readonly Fields[]): Uint8Array {
  return Buffer.concat(fields.flat());
}

function key(number: number, wireType: number): Uint8Array {
  return varint((number << 3) | wireType);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
