// As much of the wire format of protocol buffers as event files need: fields of messages, written by their numbers.
// Nothing is read. **Source:** protobuf.dev/programming-guides/encoding.

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** A field, or several, as bytes; a message is its fields one after the other. */
export type Field = Uint8Array;

/** @param value an integer ≥ 0, up to 2⁵³ − 1. */
export function varintField(number: number, value: number): Field {
  return Uint8Array.from([...key(number, VARINT), ...varint(value)]);
}

export function doubleField(number: number, value: number): Field {
  const bytes = new Uint8Array(9);
  bytes[0] = key(number, FIXED_64)[0]!;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(5);
  bytes[0] = key(number, FIXED_32)[0]!;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

export function textField(number: number, text: string): Field {
  return bytesField(number, Buffer.from(text, 'utf8'));
}

/** A message within a message. */
export function messageField(number: number, ...fields: readonly Field[]): Field {
  return bytesField(number, Buffer.concat(fields));
}

export function bytesField(number: number, bytes: Uint8Array): Field {
  return Buffer.concat([Uint8Array.from([...key(number, BYTES), ...varint(bytes.length)]), bytes]);
}

/** All fields here have numbers below 16, so that a key is one byte. */
function key(number: number, wireType: number): number[] {
  return [(number << 3) | wireType];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}
