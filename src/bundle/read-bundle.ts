// Reads a saved ensemble and believes nothing: the header, then the checksum over everything, then the
// shape of the encoded metadata, then every field, then how the fields fit, then the weights' lengths.

import type { Conformity } from '../conformal/conformity.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { equalBytes } from '../files/byte-order.js';
import { NotPlainError, unpackPlain } from '../files/plain-unpack.js';
import { createSha256 } from '../files/sha256.js';
import { areFinite } from '../math/finite.js';
import { allocateShared } from '../memory/uncounted-bytes.js';
import { check, issueText } from '../schema-check.js';
import type * as z from '../zod.js';
import type { BundleSource } from './byte-source.js';
import { contradictionOfConformity, unpackConformity } from './conformity.js';
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
import { ensembleFrom, findContradiction, withEncoding, withoutTimes, withoutTrust } from './metadata.js';
import type { Metadata } from './schema.js';
import { placeLittleEndian } from './weights.js';

export interface ReadBundle {
  readonly ensemble: TrainedEnsemble;
  readonly metadata: Metadata;
  readonly formatVersion: number;
}

/** @throws ERR_BUNDLE when anything in it is not as it should be; what the source throws. */
export async function readBundle(source: BundleSource): Promise<ReadBundle> {
  const { name, bytes } = source;
  const start = await source.read(0, Math.min(HEADER_BYTES, bytes));
  const header = decodeHeader(start, bytes, name);
  await verifyChecksum(source, start, header);
  const encoded = await source.read(HEADER_BYTES, header.metadataBytes);
  const metadata = await decodeMetadata(encoded, header.version, name);
  const { stored, conformity } = await readStored(source, header, metadata);
  const ensemble = ensembleFrom(
    metadata,
    stored,
    conformity && (await decodeConformity(conformity, metadata, name)),
  );
  return { ensemble, metadata, formatVersion: header.version };
}

async function verifyChecksum(source: BundleSource, start: Uint8Array, header: Header): Promise<void> {
  const hash = createSha256().update(start.subarray(0, CHECKSUM_OFFSET_BYTES));
  for await (const { piece } of source.pieces(HEADER_BYTES, header.payloadBytes)) hash.update(piece);
  if (!equalBytes(hash.digest(), header.checksum)) {
    failBundle(source.name, 'is damaged: its checksum does not match');
  }
}

/** Metadata bytes → metadata. */
async function decodeMetadata(bytes: Uint8Array, version: number, path: string): Promise<Metadata> {
  // Here and not above, since zod takes as long to load as all the rest.
  const schemas = await import('./schema.js');
  const decoded = decode(() => unpackPlain(bytes), 'metadata', path);
  const parse = <Schema extends z.ZodType>(schema: Schema): z.infer<Schema> =>
    parsed(schema, decoded, 'metadata', path);
  const read = (): Metadata => {
    if (version < 3) return withoutTrust(withoutTimes(withEncoding(parse(schemas.formerMetadataSchema))));
    if (version === 3) return withoutTrust(withoutTimes(parse(schemas.timedMetadataSchema)));
    if (version === 4) return withoutTrust(parse(schemas.untrustedMetadataSchema));
    return parse(schemas.metadataSchema);
  };
  const metadata = read();
  const contradiction = findContradiction(metadata);
  if (contradiction !== null) failBundle(path, `is damaged: ${contradiction}`);
  return metadata;
}

/** Conformity bytes → conformity. */
async function decodeConformity(bytes: Uint8Array, metadata: Metadata, path: string): Promise<Conformity> {
  const { conformitySchema } = await import('./trust-schema.js');
  const decoded = decode(() => unpackConformity(bytes), 'conformity', path);
  const conformity = parsed(conformitySchema, decoded, 'conformity', path);
  const contradiction = contradictionOfConformity(conformity, metadata.task, metadata.members.length);
  return contradiction === null ? conformity : failBundle(path, `is damaged: ${contradiction}`);
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  decoded: unknown,
  what: string,
  path: string,
): z.infer<Schema> {
  const { data, issue } = check(schema, decoded);
  return issue === null ? data : failBundle(path, `is damaged: its ${what} is wrong at ${issueText(issue)}`);
}

function decode(unpack: () => unknown, what: string, path: string): unknown {
  try {
    return unpack();
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    return failBundle(path, `is damaged: its ${what} does not decode (${error.message})`, error);
  }
}

/** What lies behind the metadata. */
interface Stored {
  readonly stored: readonly Pick<TrainedMember, 'parameters' | 'model'>[];
  readonly conformity: Uint8Array | null;
}

/** The weights and stored models of the members, in the order of the metadata, and the conformity behind them. */
async function readStored(
  source: BundleSource,
  header: Header,
  { members, conformityBytes }: Metadata,
): Promise<Stored> {
  const { name } = source;
  const stored = header.payloadBytes - header.metadataBytes;
  const needed = members.reduce(
    (sum, { parameters, modelBytes }) => sum + storedBytes(4 * parameters, modelBytes),
    conformityBytes === null ? 0 : BIN_HEADER_BYTES + conformityBytes,
  );
  // Before any allocation: what the metadata claims must be there.
  if (stored !== needed) failBundle(name, `is damaged: ${stored} bytes of weights where ${needed} belong`);
  const all: Pick<TrainedMember, 'parameters' | 'model'>[] = [];
  let at = HEADER_BYTES + header.metadataBytes;
  /** The binary value at the reader's place, which must be of this length. */
  const readBinary = async (lengthBytes: number, place: (offset: number, piece: Uint8Array) => void) => {
    if (!isBinHeader(await source.read(at, BIN_HEADER_BYTES), lengthBytes)) {
      failBundle(name, 'is damaged: weights or a model of another length');
    }
    for await (const { offset, piece } of source.pieces(at + BIN_HEADER_BYTES, lengthBytes)) {
      place(offset, piece);
    }
    at += BIN_HEADER_BYTES + lengthBytes;
  };
  for (const { index, parameters, modelBytes } of members) {
    const weights = new Float32Array(allocateShared(4 * parameters));
    await readBinary(4 * parameters, (offset, piece) => placeLittleEndian(weights, offset, piece));
    if (!areFinite(weights)) {
      const odd = weights.findIndex((weight) => !Number.isFinite(weight));
      failBundle(name, `is damaged: weight ${odd} of member ${index} is ${weights[odd]}`);
    }
    const model = modelBytes === null ? null : new Uint8Array(allocateShared(modelBytes));
    if (model !== null) await readBinary(model.length, (offset, piece) => model.set(piece, offset));
    all.push({ parameters: weights, model });
  }
  const conformity = conformityBytes === null ? null : new Uint8Array(conformityBytes);
  if (conformity !== null)
    await readBinary(conformity.length, (offset, piece) => conformity.set(piece, offset));
  return { stored: all, conformity };
}
