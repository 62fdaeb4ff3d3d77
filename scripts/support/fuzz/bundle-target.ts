// Saved ensembles: bytes changed with the old checksum and with a right one, and metadata changed field by field. What is
// read predicts finite numbers, and saved again it is the same ensemble.

import { createHash } from 'node:crypto';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { CHECKSUM_OFFSET_BYTES, encodeHeaderStart, HEADER_BYTES } from '../../../src/bundle/format.js';
import { inspectEnsemble, loadEnsemble } from '../../../src/bundle/load.js';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import { inspectionJson, inspectionLines } from '../../../src/cli/commands/inspect.js';
import { transformFeatures } from '../../../src/data/preprocessing/features.js';
import type { Table } from '../../../src/data/table/table.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { TuttiError } from '../../../src/errors.js';
import { packPlain, unpackPlain } from '../../../src/files/plain-data.js';
import type { EnsembleReport } from '../../../src/report/ensemble-report.js';
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

/** A small ensemble, what it measured, and rows like those that it was trained on. */
export interface Sample {
  readonly ensemble: TrainedEnsemble;
  readonly report: EnsembleReport;
  readonly table: Table;
}

export function bundleTarget(samples: readonly Sample[]): FuzzTarget {
  const files = samples.map(({ ensemble, report }) =>
    Buffer.from(ensembleToBytes(ensemble, { report: { ...report } })),
  );
  const { table } = samples[0]!;
  return {
    name: 'bundle',
    codes: ['ERR_BUNDLE', 'ERR_MEMORY'],
    make(draws: Draws) {
      const file = draws.of(files);
      if (draws.oneIn(4)) return mutateBytes(draws, file, files, WORDS);
      return draws.oneIn(3) ? sealed(mutateBytes(draws, file, files, WORDS)) : withMetadata(draws, file);
    },
    async read(bytes) {
      const inspected = await inspectEnsemble(bytes);
      const { ensemble } = inspected;
      const again = await loadEnsemble(ensembleToBytes(ensemble));
      require(contentHash(again) === inspected.contentHash, 'another ensemble once it is saved again');
      inspectionJson(inspected);
      for (const line of inspectionLines('fuzz.tutti', '', inspected))
        require(!line.includes('undefined'), line);
      if (ensemble.features <= MOST_FEATURES) await requireFinite(ensemble, table);
    },
  };
}

async function requireFinite(ensemble: TrainedEnsemble, table: Table): Promise<void> {
  const { features, preprocessing } = ensemble;
  const inputs: (() => Float64Array)[] = [0, 1.5].map(
    (value) => () => new Float64Array(2 * features).fill(value),
  );
  if (preprocessing !== null) inputs.push(() => transformFeatures(preprocessing, table));
  for (const input of inputs) {
    try {
      const { mean, variance } = await predictEnsemble(ensemble, input());
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
