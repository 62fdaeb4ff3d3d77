// The entries of a ZIP archive, by its directory at the end: stored or deflated, of any size (ZIP64), each held against its
// checksum. No encryption, no parts on other disks.
// Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.

import { crc32, inflateRawSync } from 'node:zlib';
import { requireMemory } from '../../machine/memory-limit.js';
import { fileError } from './reader.js';

export const ZIP_MAGIC = Buffer.from('PK\x03\x04', 'latin1');

export interface ZipEntry {
  readonly name: string;
  /** Bytes that it unpacks to. */
  readonly bytes: number;
  /** @throws ERR_DATA for damaged bytes, ERR_MEMORY for more than there is room for */
  unpack(): Buffer;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
/** A comment at the end of an archive has at most this many bytes. */
const LONGEST_COMMENT = 0xffff;
const ABSENT_32 = 0xffffffff;
const MOST_ENTRIES = 2 ** 20;
/** How much memory there is takes milliseconds to find out. */
const SMALL = 2 ** 24;

/** @throws ERR_DATA for what is no whole archive */
export function zipEntries(file: Buffer, source: string): ZipEntry[] {
  const { count, start, end } = directoryOf(file, source);
  const entries: ZipEntry[] = [];
  let at = start;
  for (let each = 0; each < count; each++) {
    if (at + 46 > end || file.readUInt32LE(at) !== DIRECTORY_ENTRY) throw broken(source, 'its directory');
    const [nameBytes, extraBytes, noteBytes] = [28, 30, 32].map((field) => file.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const next = at + 46 + nameBytes + extraBytes + noteBytes;
    if (next > end) throw broken(source, 'its directory');
    const name = file.toString('utf8', at + 46, at + 46 + nameBytes);
    const extra = file.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    const sizes = sizesOf(file, at, extra);
    if (sizes === null) throw broken(source, `the sizes of ${JSON.stringify(name)}`);
    const facts = { method: file.readUInt16LE(at + 10), crc: file.readUInt32LE(at + 16), ...sizes };
    const encrypted = (file.readUInt16LE(at + 8) & 1) === 1;
    const place = `${source}, ${JSON.stringify(name)}`;
    entries.push({
      ...{ name, bytes: facts.bytes },
      unpack: () => {
        if (encrypted) throw fileError(source, `Expected ${place} to be open, got an encrypted entry`);
        return unpacked(file, facts, place, source);
      },
    });
    at = next;
  }
  return entries;
}

function directoryOf(file: Buffer, source: string): { count: number; start: number; end: number } {
  const least = Math.max(0, file.length - END_BYTES - LONGEST_COMMENT);
  let at = file.length - END_BYTES;
  while (at >= least && file.readUInt32LE(at) !== END) at--;
  if (at < least || at < 0) throw broken(source, 'the directory at its end');
  let [count, bytes, start] = [
    file.readUInt16LE(at + 10),
    file.readUInt32LE(at + 12),
    file.readUInt32LE(at + 16),
  ];
  let end = at;
  const locator = at - 20;
  if (locator >= 0 && file.readUInt32LE(locator) === LOCATOR_64) {
    const far = Number(file.readBigUInt64LE(locator + 8));
    if (far + 56 > file.length || file.readUInt32LE(far) !== END_64)
      throw broken(source, 'the directory at its end');
    [count, bytes, start] = [32, 40, 48].map((field) => Number(file.readBigUInt64LE(far + field))) as [
      number,
      number,
      number,
    ];
    end = far;
  }
  if (count > MOST_ENTRIES || start + bytes > end) throw broken(source, 'its whole directory');
  return { count, start, end: start + bytes };
}

interface Sizes {
  readonly packed: number;
  readonly bytes: number;
  readonly offset: number;
}

/** Sizes beyond 4 GB stand in an extra field, in this order, those that are too large alone. */
function sizesOf(file: Buffer, at: number, extra: Buffer): Sizes | null {
  const short = [24, 20, 42].map((field) => file.readUInt32LE(at + field));
  let long: Buffer = Buffer.alloc(0);
  for (let place = 0; place + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(place), extra.readUInt16LE(place + 2)];
    if (id === 1) long = extra.subarray(place + 4, place + 4 + length);
    place += 4 + length;
  }
  let used = 0;
  const whole = short.map((size) => {
    if (size !== ABSENT_32) return size;
    if (used + 8 > long.length) return Number.NaN;
    used += 8;
    return Number(long.readBigUInt64LE(used - 8));
  });
  if (!whole.every(Number.isSafeInteger)) return null;
  const [bytes, packed, offset] = whole as [number, number, number];
  return { packed, bytes, offset };
}

function unpacked(
  file: Buffer,
  { method, crc, packed, bytes, offset }: Sizes & { method: number; crc: number },
  place: string,
  source: string,
): Buffer {
  if (offset + 30 > file.length || file.readUInt32LE(offset) !== LOCAL_ENTRY) throw broken(source, place);
  const start = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28);
  if (start + packed > file.length) throw broken(source, `all of ${place}`);
  if (bytes > SMALL) {
    requireMemory(
      [{ use: 'what it unpacks to', bytes, remedy: 'smaller arrays need less' }],
      `Reading ${place}`,
    );
  }
  const raw = file.subarray(start, start + packed);
  let own = raw;
  if (method === 8) own = inflated(raw, bytes, place, source);
  else if (method !== 0) {
    throw fileError(source, `Expected ${place} to be stored or deflated, got compression method ${method}`);
  }
  if (own.length !== bytes || crc32(own) !== crc) {
    throw fileError(
      source,
      `Expected ${place} to have the bytes of its checksum, got others: the file is damaged`,
    );
  }
  return own;
}

function inflated(raw: Buffer, bytes: number, place: string, source: string): Buffer {
  try {
    // Never more than the directory says, whatever the packed bytes would come to.
    return inflateRawSync(raw, { maxOutputLength: Math.max(1, bytes) });
  } catch (error) {
    const message = `Expected ${place} to unpack to ${bytes} bytes, got damaged or more data`;
    throw fileError(source, message, {}, error);
  }
}

function broken(source: string, what: string): Error {
  return fileError(source, `Expected ${source} to be a whole ZIP archive, got one without ${what}`);
}
