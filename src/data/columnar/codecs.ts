// Blocks of bytes as files of columns pack them, unpacked to exactly the length that the file states and no more.

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressors } from 'hyparquet-compressors';
import { unzstdBlock } from '../../files/unzstd.js';
import { Damaged, whole } from './damaged.js';
import { unpackHadoopLz4, unpackLz4, unpackLz4Frames } from './lz4.js';

export type Codec = 'none' | 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'lz4' | 'lz4Hadoop' | 'lz4Frame';

const UNPACK: Readonly<Record<Codec, (packed: Buffer, length: number) => Uint8Array>> = {
  none: (packed) => packed,
  snappy: unsnappy,
  gzip: (packed, length) => gunzipSync(packed, { maxOutputLength: Math.max(1, length) }),
  brotli: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) }),
  zstd: unzstdBlock,
  lz4: unpackLz4,
  lz4Hadoop: unpackHadoopLz4,
  lz4Frame: unpackLz4Frames,
};

/** @throws Damaged for what does not unpack to that length */
export function unpack(codec: Codec, packed: Buffer, length: number): Buffer {
  let bytes: Uint8Array;
  try {
    bytes = UNPACK[codec](packed, length);
  } catch (error) {
    if (error instanceof Damaged) throw new Damaged(`${error.message}, packed by ${codec}`);
    throw new Damaged(`bytes that ${codec} did not pack: ${error instanceof Error ? error.message : error}`);
  }
  whole(bytes.length === length, `${bytes.length} bytes where ${length} are stated`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length);
}

/** The unpacker takes place for what the block itself states, so that is looked at first. */
function unsnappy(packed: Buffer, length: number): Uint8Array {
  let stated = 0;
  for (let at = 0; at < 5; at++) {
    const byte = packed[at] ?? 0;
    stated += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) break;
  }
  whole(stated === length, `a length of ${stated} where ${length} is stated`);
  return compressors.SNAPPY!(packed, length);
}
