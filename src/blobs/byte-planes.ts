// Bytes of numbers by their places: first the first byte of each number, then the second of each. In measured values and in
// weights the high bytes are alike and the low ones are not, which compressors see only where they lie together.

/** Of numbers in double precision; those in single precision come out nearly as short as by a width of their own. */
const WIDTH = 8;

/** @returns bytes of the same length; what is left of the last number stays at the end. */
export function toPlanes(bytes: Uint8Array): Uint8Array {
  const planes = new Uint8Array(bytes.length);
  const n = Math.floor(bytes.length / WIDTH);
  // Written out: half the time of a pass for each plane, since every byte comes from memory once.
  for (let i = 0, at = 0; i < n; i++, at += WIDTH) {
    planes[i] = bytes[at]!;
    planes[n + i] = bytes[at + 1]!;
    planes[2 * n + i] = bytes[at + 2]!;
    planes[3 * n + i] = bytes[at + 3]!;
    planes[4 * n + i] = bytes[at + 4]!;
    planes[5 * n + i] = bytes[at + 5]!;
    planes[6 * n + i] = bytes[at + 6]!;
    planes[7 * n + i] = bytes[at + 7]!;
  }
  planes.set(bytes.subarray(n * WIDTH), n * WIDTH);
  return planes;
}

/** What {@link toPlanes} made planes of. */
export function fromPlanes(planes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(planes.length);
  const n = Math.floor(planes.length / WIDTH);
  for (let i = 0, at = 0; i < n; i++, at += WIDTH) {
    bytes[at] = planes[i]!;
    bytes[at + 1] = planes[n + i]!;
    bytes[at + 2] = planes[2 * n + i]!;
    bytes[at + 3] = planes[3 * n + i]!;
    bytes[at + 4] = planes[4 * n + i]!;
    bytes[at + 5] = planes[5 * n + i]!;
    bytes[at + 6] = planes[6 * n + i]!;
    bytes[at + 7] = planes[7 * n + i]!;
  }
  bytes.set(planes.subarray(n * WIDTH), n * WIDTH);
  return bytes;
}
