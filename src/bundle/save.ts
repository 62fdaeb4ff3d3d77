// Writes an ensemble to one file, in one pass and in small pieces.

import { createHash } from 'node:crypto';
import { packPlain } from '../data/plain-data.js';
import type { Ensemble } from '../ensemble/ensemble.js';
import { TuttiError } from '../errors.js';
import { writeAll, writeAtomically } from '../files/atomic-file.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { contentHash } from './content-hash.js';
import {
  CHECKSUM_OFFSET_BYTES,
  encodeBinHeader,
  encodeHeaderStart,
  HEADER_BYTES,
  MAX_METADATA_BYTES,
  storedBytes,
} from './format.js';
import { metadataOf, type StoredReport } from './metadata.js';
import { bytePieces, littleEndianPieces, pieceBuffer } from './weights.js';

export interface SaveOptions {
  /** What the training measured, to be shown again by `tutti inspect`; plain JSON. */
  readonly report?: StoredReport;
}

const SAVE_OPTIONS = { report: option.object } satisfies OptionTable<SaveOptions>;

export interface SavedEnsemble {
  readonly contentHash: string;
  /** Length of the file. */
  readonly bytes: number;
}

/**
 * Saves an ensemble so that the file is there whole or not at all (temporary file, sync, rename).
 * @throws ERR_FILE when it cannot be written, ERR_BUNDLE for an ensemble without members or of masks.
 */
export async function saveEnsemble(
  ensemble: Ensemble,
  path: string,
  options: SaveOptions = {},
): Promise<SavedEnsemble> {
  checkOptions('saveEnsemble', options, SAVE_OPTIONS);
  if (ensemble.members.length === 0) {
    throw new TuttiError('ERR_BUNDLE', `Cannot save ${path}: the ensemble has no finished member`, { path });
  }
  if (ensemble.members.some(({ unitFactors }) => unitFactors !== undefined)) {
    const why = 'its members are masks of one dropout net; save the ensemble they were drawn from';
    throw new TuttiError('ERR_BUNDLE', `Cannot save ${path}: ${why}`, { path });
  }
  const metadata = packMetadata(ensemble, options.report ?? null);
  const memberBytes = ensemble.members.reduce(
    (sum, { weights, model }) => sum + storedBytes(weights.byteLength, model?.length ?? null),
    0,
  );
  const start = encodeHeaderStart(metadata.length, metadata.length + memberBytes);
  const checksum = createHash('sha256').update(start);
  await writeAtomically(path, async (file) => {
    const append = async (bytes: Uint8Array) => {
      checksum.update(bytes);
      await writeAll(file, bytes);
    };
    // The checksum is known last; its place is filled then, before the file gets its name.
    await writeAll(file, start);
    await writeAll(file, new Uint8Array(HEADER_BYTES - CHECKSUM_OFFSET_BYTES));
    await append(metadata);
    const buffer = pieceBuffer();
    for (const { weights, model } of ensemble.members) {
      await append(encodeBinHeader(weights.byteLength));
      for (const piece of littleEndianPieces(weights, buffer)) await append(piece);
      if (model === null) continue;
      await append(encodeBinHeader(model.length));
      for (const piece of bytePieces(model, buffer)) await append(piece);
    }
    await writeAll(file, checksum.digest(), CHECKSUM_OFFSET_BYTES);
  });
  return { contentHash: contentHash(ensemble), bytes: HEADER_BYTES + metadata.length + memberBytes };
}

function packMetadata(ensemble: Ensemble, report: StoredReport | null): Uint8Array {
  const packed = packPlain(metadataOf(ensemble, report));
  if (packed.length > MAX_METADATA_BYTES) {
    throw new TuttiError(
      'ERR_BUNDLE',
      `Cannot save an ensemble whose description takes ${packed.length} bytes`,
    );
  }
  return packed;
}
