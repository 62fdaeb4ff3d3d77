// Bytes in the order that files have, which is little-endian, on hosts of either.

/** Whether numbers lie in memory as they do in files. */
export const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns the bytes of each number round, in place. @param numberBytes 1, 2, 4 or 8; there are whole numbers. */
export function swapBytes<Bytes extends Uint8Array>(bytes: Bytes, numberBytes: number): Bytes {
  for (let at = 0; at < bytes.length; at += numberBytes) bytes.subarray(at, at + numberBytes).reverse();
  return bytes;
}

/** Turns them round where this host has them the other way. */
export function swapOnBigEndian<Bytes extends Uint8Array>(bytes: Bytes, numberBytes: number): Bytes {
  return IS_LITTLE_ENDIAN ? bytes : swapBytes(bytes, numberBytes);
}

/** Whether two runs of bytes are the same. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
