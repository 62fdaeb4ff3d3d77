// A reader written from docs/reference/file-format.md alone finds in a file what the page says, and the content hash.

import { createHash } from 'node:crypto';
import { Unpackr } from 'msgpackr/unpack';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { Dataset, trainEnsemble } from '../../src/index.js';

interface Described {
  readonly plan: object;
  readonly preprocessing: unknown;
  readonly datasetHash: string;
  readonly members: readonly { readonly parameters: number; readonly modelBytes: number | null }[];
}

const sha256 = (...parts: readonly (Uint8Array | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** JSON with sorted keys. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${sorted(inner)}`).join()}}`;
}

t.test('a saved ensemble is laid out as its page says', async (t) => {
  const x = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const dataset = Dataset.fromArrays({ x, rows: 30, features: 2, targets: Array.from(x.subarray(0, 30)) });
  const members = [{ hidden: [3] }, { engine: 'neighbours' } as const];
  const ensemble = await trainEnsemble(dataset, { members, epochs: 2, seed: 1 });
  const file = Buffer.from(ensembleToBytes(ensemble));

  t.equal(file.subarray(0, 8).toString('hex'), '5455545449001a0a');
  t.equal(file.readUInt32LE(8), 5);
  const metadataEnd = 56 + file.readUInt32LE(12);
  t.equal(Number(file.readBigUInt64LE(16)), file.length - 56);
  t.equal(file.subarray(24, 56).toString('hex'), sha256(file.subarray(0, 24), file.subarray(56)));

  const metadata: Described = new Unpackr({ useRecords: false }).unpack(file.subarray(56, metadataEnd));
  const weights: Uint8Array[] = [];
  let at = metadataEnd;
  for (const { parameters, modelBytes } of metadata.members) {
    t.equal(modelBytes, null);
    t.equal(file[at], 0xc6);
    t.equal(file.readUInt32BE(at + 1), 4 * parameters);
    weights.push(file.subarray(at + 5, at + 5 + 4 * parameters));
    at += 5 + 4 * parameters;
  }
  t.equal(at, file.length, 'nothing follows');

  const { plan, preprocessing, datasetHash } = metadata;
  const described = sorted({ ...plan, preprocessing, datasetHash });
  t.equal(sha256(described, ...weights), contentHash(ensemble));

  const newer = Buffer.from(file);
  newer.writeUInt32LE(6, 8);
  await t.rejects(loadEnsemble(newer), { code: 'ERR_BUNDLE', message: /has format version 6, newer than/ });
});
