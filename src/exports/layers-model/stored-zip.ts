// Files in one file, as ZIP has them: stored as they are, with no time of their own, so that equal files are equal bytes.
//
// **Source:** PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

import { crc32 } from 'node:zlib';
import { TuttiError } from '../../errors.js';

/** 1980-01-01, the first day that ZIP knows. */
const FIRST_DAY = 0x21;

/** What can be said of sizes and places without ZIP64. */
const MOST_BYTES = 2 ** 32 - 1;

/** @throws ERR_BUNDLE for four gigabytes and more. */
export function storedZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const path = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    // Of flags (0), method (0: stored) and time (0) nothing is said.
    facts.writeUInt16LE(FIRST_DAY, 8);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(sizeOf(bytes.length), 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(path.length, 22);
    parts.push(signature('PK\x03\x04'), facts, path, bytes);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(sizeOf(at), 10);
    directory.push(signature('PK\x01\x02'), Buffer.from([20, 0]), facts, place, path);
    at += 4 + facts.length + path.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(sizeOf(at), 12);
  return Buffer.concat([...parts, listed, signature('PK\x05\x06'), end]);
}

function signature(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function sizeOf(bytes: number): number {
  if (bytes <= MOST_BYTES) return bytes;
  throw new TuttiError('ERR_BUNDLE', `Expected files of less than 4 GiB for a zip, got ${bytes} bytes`);
}
