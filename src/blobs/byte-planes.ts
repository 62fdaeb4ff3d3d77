// Bytes of numbers by their places: first the first byte of each number, then the second of each. In measured values and in
// weights the high bytes are alike and the low ones are not, which compressors see only where they lie together.

/** Of numbers in double precision; those in single precision come out nearly as short as by a width of their own. */
const WIDTH = 8;

/** @returns bytes of the same length; what is left of the last number stays at the end. */
export function toPlanes(bytes: Uint8Array): Uint8Array {
  const planes = new Uint8Array(bytes.length);
  const count = Math.floor(bytes.length / WIDTH);
  for (let place = 0, at = 0; place < WIDTH; place++)
    for (let from = place; from < count * WIDTH; from += WIDTH) planes[at++] = bytes[from]!;
  planes.set(bytes.subarray(count * WIDTH), count * WIDTH);
  return planes;
}

/** What {@link toPlanes} made planes of. */
export function fromPlanes(planes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(planes.length);
  const count = Math.floor(planes.length / WIDTH);
  for (let place = 0, at = 0; place < WIDTH; place++)
    for (let to = place; to < count * WIDTH; to += WIDTH) bytes[to] = planes[at++]!;
  bytes.set(planes.subarray(count * WIDTH), count * WIDTH);
  return bytes;
}
