// Reads a saved ensemble and believes nothing: the header, then the checksum over everything, then the
// shape of the encoded metadata, then every field, then how the fields fit, then the weights' lengths.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { NotPlainError, unpackPlain } from '../data/plain-data.js';
import type { Ensemble, TrainedMember } from '../ensemble/ensemble.js';
import { failRead, openRegularFile, usableMemory } from '../files/regular-file.js';
import { contentHash } from './content-hash.js';
import {
  BIN_HEADER_BYTES,
  CHECKSUM_OFFSET_BYTES,
  decodeHeader,
  failBundle,
  HEADER_BYTES,
  type Header,
  isBinHeader,
  storedBytes,
} from './format.js';
import { ensembleFrom, findContradiction, type StoredReport } from './metadata.js';
import { type Environment, type Metadata, metadataSchema } from './schema.js';
import { PIECE_BYTES, placeLittleEndian } from './weights.js';

/** A saved ensemble and what its file says beside it. */
export interface InspectedEnsemble {
  readonly ensemble: Ensemble;
  /** Computed from what was read, not copied from the file. */
  readonly contentHash: string;
  readonly formatVersion: number;
  /** Length of the file. */
  readonly bytes: number;
  readonly environment: Environment;
  readonly report: StoredReport | null;
}

/**
 * Loads a saved ensemble; its weights come to lie in shared memory.
 * @throws ERR_FILE when the file cannot be read, ERR_BUNDLE when anything in it is not as it should be.
 */
export async function loadEnsemble(path: string): Promise<Ensemble> {
  return (await readBundle(path)).ensemble;
}

/**
 * Loads a saved ensemble together with its content hash, environment and stored report.
 * @throws ERR_FILE, ERR_BUNDLE as {@link loadEnsemble}.
 */
export async function inspectEnsemble(path: string): Promise<InspectedEnsemble> {
  const { ensemble, metadata, formatVersion, bytes } = await readBundle(path);
  const { environment, report } = metadata;
  return { ensemble, contentHash: contentHash(ensemble), formatVersion, bytes, environment, report };
}

interface ReadBundle extends Pick<InspectedEnsemble, 'ensemble' | 'formatVersion' | 'bytes'> {
  readonly metadata: Metadata;
}

async function readBundle(path: string): Promise<ReadBundle> {
  const { file, bytes } = await openRegularFile(path, usableMemory());
  try {
    const start = await readUpTo(file, 0, Math.min(HEADER_BYTES, bytes));
    const header = decodeHeader(start, bytes, path);
    await verifyChecksum(file, start, header, path);
    const metadata = decodeMetadata(await readUpTo(file, HEADER_BYTES, header.metadataBytes), path);
    const ensemble = ensembleFrom(metadata, await readMembers(file, header, metadata, path));
    return { ensemble, metadata, formatVersion: header.version, bytes };
  } catch (error) {
    return failRead(path, error);
  } finally {
    await file.close();
  }
}

async function verifyChecksum(
  file: FileHandle,
  start: Uint8Array,
  header: Header,
  path: string,
): Promise<void> {
  const hash = createHash('sha256').update(start.subarray(0, CHECKSUM_OFFSET_BYTES));
  for await (const { piece } of pieces(file, HEADER_BYTES, header.payloadBytes)) hash.update(piece);
  if (!hash.digest().equals(header.checksum)) failBundle(path, 'is damaged: its checksum does not match');
}

/** Metadata bytes → metadata. */
function decodeMetadata(bytes: Buffer, path: string): Metadata {
  const parsed = metadataSchema.safeParse(decode(bytes, path));
  if (!parsed.success) {
    const { path: where, message } = parsed.error.issues[0]!;
    failBundle(path, `is damaged: its metadata is wrong at ${where.join('.') || 'the top'} (${message})`);
  }
  const contradiction = findContradiction(parsed.data);
  if (contradiction !== null) failBundle(path, `is damaged: ${contradiction}`);
  return parsed.data;
}

function decode(bytes: Buffer, path: string): unknown {
  try {
    return unpackPlain(bytes);
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    return failBundle(path, `is damaged: its metadata does not decode (${error.message})`, error);
  }
}

/** The weights and stored models of the members, in the order of the metadata. */
async function readMembers(
  file: FileHandle,
  header: Header,
  { members }: Metadata,
  path: string,
): Promise<Pick<TrainedMember, 'weights' | 'model'>[]> {
  const stored = header.payloadBytes - header.metadataBytes;
  const needed = members.reduce(
    (sum, { parameters, modelBytes }) => sum + storedBytes(4 * parameters, modelBytes),
    0,
  );
  // Before any allocation: what the metadata claims must be there.
  if (stored !== needed) failBundle(path, `is damaged: ${stored} bytes of weights where ${needed} belong`);
  const all: Pick<TrainedMember, 'weights' | 'model'>[] = [];
  let at = HEADER_BYTES + header.metadataBytes;
  /** The binary value at the reader's place, which must be of this length. */
  const readBinary = async (lengthBytes: number, place: (offset: number, piece: Buffer) => void) => {
    if (!isBinHeader(await readUpTo(file, at, BIN_HEADER_BYTES), lengthBytes)) {
      failBundle(path, 'is damaged: weights or a model of another length');
    }
    for await (const { offset, piece } of pieces(file, at + BIN_HEADER_BYTES, lengthBytes))
      place(offset, piece);
    at += BIN_HEADER_BYTES + lengthBytes;
  };
  for (const { parameters, modelBytes } of members) {
    const weights = new Float32Array(new SharedArrayBuffer(4 * parameters));
    await readBinary(4 * parameters, (offset, piece) => placeLittleEndian(weights, offset, piece));
    const model = modelBytes === null ? null : new Uint8Array(new SharedArrayBuffer(modelBytes));
    if (model !== null) await readBinary(model.length, (offset, piece) => model.set(piece, offset));
    all.push({ weights, model });
  }
  return all;
}

/** The bytes of a part of the file, piece by piece through one buffer. */
async function* pieces(file: FileHandle, from: number, lengthBytes: number) {
  const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, lengthBytes));
  for (let offset = 0; offset < lengthBytes; offset += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, lengthBytes - offset));
    await fill(file, piece, from + offset);
    yield { offset, piece };
  }
}

async function readUpTo(file: FileHandle, from: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes);
  await fill(file, bytes, from);
  return bytes;
}

async function fill(file: FileHandle, bytes: Buffer, from: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done);
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    done += bytesRead;
  }
}
