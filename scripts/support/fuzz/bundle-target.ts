// Saved ensembles: bytes changed with the old checksum and with a right one, and metadata changed field by field. What is
// read predicts finite numbers, and saved again it is the same ensemble.

import { createHash } from 'node:crypto';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { CHECKSUM_OFFSET_BYTES, encodeHeaderStart, HEADER_BYTES } from '../../../src/bundle/format.js';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { TuttiError } from '../../../src/errors.js';
import { packPlain, unpackPlain } from '../../../src/files/plain-data.js';
import type { Draws } from './draws.js';
import { mutateBytes, mutateValue } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const WORDS = [
  '\0',
  '\u00ff',
  '\u0080',
  '\u00c6',
  '\u00dd',
  '\u00df',
  'wasm',
  'kind',
  'members',
  '__proto__',
  'TUTTI',
];
/** What predicting may say of an ensemble that was read. */
const OF_PREDICTING = [
  'ERR_DATA',
  'ERR_BUNDLE',
  'ERR_MODULE',
  'ERR_MEMORY',
  'ERR_SHAPE',
  'ERR_ENGINE_MISSING',
];
/** Wider ones are read, and too slow to predict with by the thousand. */
const MOST_FEATURES = 1000;

/** @param ensembles small ones, which files are made of. */
export function bundleTarget(ensembles: readonly TrainedEnsemble[]): FuzzTarget {
  const files = ensembles.map((ensemble) => Buffer.from(ensembleToBytes(ensemble)));
  return {
    name: 'bundle',
    codes: ['ERR_BUNDLE', 'ERR_MEMORY'],
    make(draws: Draws) {
      const file = draws.of(files);
      if (draws.oneIn(4)) return mutateBytes(draws, file, files, WORDS);
      return draws.oneIn(3) ? sealed(mutateBytes(draws, file, files, WORDS)) : withMetadata(draws, file);
    },
    async read(bytes) {
      const ensemble = await loadEnsemble(bytes);
      const again = await loadEnsemble(ensembleToBytes(ensemble));
      require(contentHash(again) === contentHash(ensemble), 'another ensemble once it is saved again');
      if (ensemble.features <= MOST_FEATURES) await requireFinite(ensemble);
    },
  };
}

async function requireFinite(ensemble: TrainedEnsemble): Promise<void> {
  for (const value of [0, 1.5]) {
    try {
      const { mean, variance } = await predictEnsemble(
        ensemble,
        new Float64Array(2 * ensemble.features).fill(value),
      );
      require(mean.every(Number.isFinite) &&
        (variance?.every(Number.isFinite) ?? true), 'predictions that are not finite');
    } catch (error) {
      if (!(error instanceof TuttiError && OF_PREDICTING.includes(error.code))) throw error;
    }
  }
}

/** The bytes with the checksum that belongs to them. */
function sealed(bytes: Buffer): Buffer {
  if (bytes.length < HEADER_BYTES) return bytes;
  bytes.writeBigUInt64LE(BigInt(bytes.length - HEADER_BYTES), 16);
  const hash = createHash('sha256').update(bytes.subarray(0, CHECKSUM_OFFSET_BYTES));
  bytes.set(hash.update(bytes.subarray(HEADER_BYTES)).digest(), CHECKSUM_OFFSET_BYTES);
  return bytes;
}

/** The file with its metadata changed. */
function withMetadata(draws: Draws, file: Buffer): Buffer {
  const end = HEADER_BYTES + file.readUInt32LE(12);
  const metadata = packPlain(mutateValue(draws, unpackPlain(file.subarray(HEADER_BYTES, end))));
  const payload = Buffer.concat([metadata, file.subarray(end)]);
  const start = encodeHeaderStart(metadata.length, payload.length);
  return sealed(Buffer.concat([start, new Uint8Array(HEADER_BYTES - CHECKSUM_OFFSET_BYTES), payload]));
}
