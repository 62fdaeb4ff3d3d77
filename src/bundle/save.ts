// Writes an ensemble to one file, in one pass and in small pieces.

import { fileURLToPath } from 'node:url';
import { isOfMasks, requireEnsemble, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption, TuttiError } from '../errors.js';
import { writeAll, writeAtomically } from '../files/atomic-file.js';
import { isPlain, packPlain } from '../files/plain-data.js';
import { createSha256 } from '../files/sha256.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { contentHash } from './content-hash.js';
import type { StoredReport } from './environment.js';
import {
  BIN_HEADER_BYTES,
  CHECKSUM_OFFSET_BYTES,
  encodeBinHeader,
  encodeHeaderStart,
  HEADER_BYTES,
  MAX_METADATA_BYTES,
  storedBytes,
} from './format.js';
import { metadataOf } from './metadata.js';
import { packConformity } from './pack-conformity.js';
import { isFileUrl } from './source.js';
import { bytePieces, littleEndianPieces, pieceBuffer } from './weights.js';

export interface SaveOptions extends LongCallOptions {
  /** What the training measured, to be shown again by `tutti inspect`; plain JSON. */
  readonly report?: StoredReport;
}

const BYTES_OPTIONS = { report: option.object } satisfies OptionTable<Omit<SaveOptions, 'signal'>>;

const SAVE_OPTIONS = { ...LONG_CALL_OPTIONS, ...BYTES_OPTIONS } satisfies OptionTable<SaveOptions>;

export interface SavedEnsemble {
  readonly contentHash: string;
  /** Length of the file. */
  readonly bytes: number;
}

/**
 * Saves an ensemble so that the file is there whole or not at all (temporary file, sync, rename).
 * @throws ERR_FILE when it cannot be written, ERR_BUNDLE for an ensemble without members or of masks, ERR_OPTION.
 */
export async function saveEnsemble(
  ensemble: TrainedEnsemble,
  to: string | URL,
  options: SaveOptions = {},
): Promise<SavedEnsemble> {
  const path = isFileUrl(to) ? fileURLToPath(to) : to;
  if (typeof path !== 'string' || path === '') failOption('path', 'the path of the file to write', path);
  checkOptions('saveEnsemble', options, SAVE_OPTIONS);
  const { report, signal } = options;
  signal?.throwIfAborted();
  const { start, metadata, conformity, bytes } = layOut(ensemble, report);
  const checksum = createSha256().update(start);
  const writing = writeAtomically(path, async (file) => {
    // The checksum is known last; its place is filled then, before the file gets its name.
    await writeAll(file, start);
    await writeAll(file, new Uint8Array(HEADER_BYTES - CHECKSUM_OFFSET_BYTES));
    for (const piece of payload(ensemble, metadata, conformity)) {
      signal?.throwIfAborted();
      checksum.update(piece);
      await writeAll(file, piece);
    }
    await writeAll(file, checksum.digest(), CHECKSUM_OFFSET_BYTES);
  });
  await writing.catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  return { contentHash: contentHash(ensemble), bytes };
}

/** What `saveEnsemble` returns where it is to write nothing. */
export function savedBytes(ensemble: TrainedEnsemble, options: SaveOptions = {}): Uint8Array {
  checkOptions('saveEnsemble', options, SAVE_OPTIONS);
  const { signal, ...others } = options;
  signal?.throwIfAborted();
  return ensembleToBytes(ensemble, others);
}

/**
 * The bytes that {@link saveEnsemble} would write, for those who keep them elsewhere than in a file; `loadEnsemble`
 * takes them back.
 * @throws ERR_BUNDLE for an ensemble without members or of masks, ERR_OPTION.
 */
export function ensembleToBytes(
  ensemble: TrainedEnsemble,
  options: Omit<SaveOptions, 'signal'> = {},
): Uint8Array {
  checkOptions('ensembleToBytes', options, BYTES_OPTIONS);
  const { start, metadata, conformity, bytes } = layOut(ensemble, options.report);
  const all = new Uint8Array(bytes);
  all.set(start);
  let at = HEADER_BYTES;
  for (const piece of payload(ensemble, metadata, conformity)) {
    all.set(piece, at);
    at += piece.length;
  }
  const checksum = createSha256().update(start).update(all.subarray(HEADER_BYTES)).digest();
  all.set(checksum, CHECKSUM_OFFSET_BYTES);
  return all;
}

/** What comes before the payload and what it begins with, and the length of the whole. */
function layOut(ensemble: TrainedEnsemble, report: StoredReport | undefined) {
  requireEnsemble(ensemble);
  if (ensemble.members.length === 0) {
    throw new TuttiError('ERR_BUNDLE', 'Cannot save an ensemble that has no finished member');
  }
  if (isOfMasks(ensemble)) {
    const why = 'whose members are masks of one dropout net; save the ensemble they were drawn from';
    throw new TuttiError('ERR_BUNDLE', `Cannot save an ensemble ${why}`);
  }
  const conformity = ensemble.conformity && packConformity(ensemble.conformity);
  const metadata = packMetadata(ensemble, report ?? null, conformity?.length ?? null);
  const memberBytes = ensemble.members.reduce(
    (sum, { parameters, model }) => sum + storedBytes(parameters.byteLength, model?.length ?? null),
    0,
  );
  const conformityBytes = conformity === null ? 0 : BIN_HEADER_BYTES + conformity.length;
  const payloadBytes = metadata.length + memberBytes + conformityBytes;
  return {
    start: encodeHeaderStart(metadata.length, payloadBytes),
    metadata,
    conformity,
    bytes: HEADER_BYTES + payloadBytes,
  };
}

/** The payload in order, in pieces that are valid until the next is asked for. */
function* payload(
  ensemble: TrainedEnsemble,
  metadata: Uint8Array,
  conformity: Uint8Array | null,
): Generator<Uint8Array> {
  yield metadata;
  const buffer = pieceBuffer();
  for (const { parameters, model } of ensemble.members) {
    yield encodeBinHeader(parameters.byteLength);
    yield* littleEndianPieces(parameters, buffer);
    if (model === null) continue;
    yield encodeBinHeader(model.length);
    yield* bytePieces(model, buffer);
  }
  if (conformity === null) return;
  yield encodeBinHeader(conformity.length);
  yield* bytePieces(conformity, buffer);
}

function packMetadata(
  ensemble: TrainedEnsemble,
  report: StoredReport | null,
  conformityBytes: number | null,
): Uint8Array {
  const packed = packPlain(metadataOf(ensemble, report, conformityBytes));
  if (packed.length > MAX_METADATA_BYTES || !isPlain(packed)) {
    throw new TuttiError(
      'ERR_BUNDLE',
      `Cannot save an ensemble whose description takes ${packed.length} bytes`,
    );
  }
  return packed;
}
