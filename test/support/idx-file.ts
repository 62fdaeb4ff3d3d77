// Files as MNIST's are (IDX).

/** @param type of the cells: 8 for bytes, 14 for doubles … @param cells in the order of bytes that the format has, the highest first */
export function idxFile(type: number, shape: readonly number[], cells: Uint8Array): Buffer {
  const sizes = Buffer.alloc(4 * shape.length);
  for (const [axis, size] of shape.entries()) sizes.writeUInt32BE(size, 4 * axis);
  return Buffer.concat([Buffer.of(0, 0, type, shape.length), sizes, cells]);
}
