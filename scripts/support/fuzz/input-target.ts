// What a host takes up of a training: datasets, plans and what tasks share, as bytes that came from a store or a folder which
// anyone may have written to. What is read is the same bytes once it is written again.

import { planBytes, planFrom } from '../../../src/bundle/plan-bytes.js';
import { trainingBytes, trainingFrom } from '../../../src/cluster/messages/shared-training.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { datasetBytes, datasetFrom } from '../../../src/data/dataset-bytes.js';
import { packArrays, packPlain, unpackArrays, unpackPlain } from '../../../src/files/plain-data.js';
import type { EnsemblePlan } from '../../../src/model/spec.js';
import { VERSION } from '../../../src/version.js';
import type { Draws } from './draws.js';
import { mutateBytes, mutateValue } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const KINDS = ['dataset', 'plan', 'training'] as const;
const WORDS = [
  '\0',
  '\u0080',
  '\u0090',
  '\u00c7',
  '\u00d4',
  '\u00ff\u00ff\u00ff\u00ff',
  '__proto__',
  '"',
  '}',
  '1e999',
];
/** Of a dataset: magic and version, then the length of its metadata. */
const HEADER_BYTES = 16;

/** @param datasets of classes and of numbers. @param plan for the first. */
export function inputTarget(datasets: readonly Dataset[], plan: EnsemblePlan): FuzzTarget {
  const digest = 'ab'.repeat(32);
  const shared = { plan: digest, dataset: digest, datasetHash: digest, modules: [digest], reseeds: 2 };
  const samples: Readonly<Record<(typeof KINDS)[number], readonly Uint8Array[]>> = {
    dataset: [...datasets, everything()].map(datasetBytes),
    plan: [planBytes(plan)],
    training: [trainingBytes({ version: VERSION, ...shared })],
  };
  return {
    name: 'inputs',
    codes: ['ERR_BLOB', 'ERR_TASK'],
    make(draws) {
      const which = draws.below(KINDS.length);
      const kind = KINDS[which]!;
      const sample = draws.of(samples[kind]);
      const changed = draws.oneIn(3)
        ? mutateBytes(draws, sample, samples[kind], WORDS)
        : changers[kind](draws, sample);
      return Buffer.concat([Buffer.of(which), changed]);
    },
    async read(bytes) {
      const own = bytes.subarray(1);
      const kind = KINDS[(bytes[0] ?? 0) % KINDS.length]!;
      const again = await readers[kind](own, datasets[0]!);
      require(Buffer.compare(again, await readers[kind](again, datasets[0]!)) === 0, 'other bytes');
    },
  };
}

/** All that a dataset may hold at once. */
function everything(): Dataset {
  const [rows, features] = [12, 2];
  const count = (length: number, most: number) => Array.from({ length }, (_, at) => (at * 7) % most);
  return Dataset.fromArrays({
    ...{ x: count(rows * features, 5), rows, features, labels: count(rows, 3), softClip: 3 },
    ...{ rowWeights: count(rows, 4), groups: count(rows, 5), tangents: count(rows * features * 2, 3) },
  });
}

type Changer = (draws: Draws, bytes: Uint8Array) => Uint8Array;

/** Values changed where they can be understood. */
const changers: Readonly<Record<(typeof KINDS)[number], Changer>> = {
  dataset(draws, bytes) {
    const start = Buffer.from(bytes.subarray(0, HEADER_BYTES));
    const end = HEADER_BYTES + start.readUInt32LE(12);
    const value = mutateValue(draws, unpackArrays(bytes.subarray(HEADER_BYTES, end)));
    // Values that belong nowhere need not be plain.
    const metadata = attempt(() => packArrays(value, 'dataset')) ?? bytes.subarray(HEADER_BYTES, end);
    start.writeUInt32LE(metadata.length, 12);
    const rest = bytes.subarray(end);
    return Buffer.concat([start, metadata, draws.oneIn(4) ? rest.subarray(draws.below(rest.length)) : rest]);
  },
  plan: (draws, bytes) => packPlain(mutateValue(draws, unpackPlain(bytes))),
  training: (draws, bytes) =>
    Buffer.from(JSON.stringify(mutateValue(draws, JSON.parse(Buffer.from(bytes).toString('utf8'))))),
};

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

type Reader = (bytes: Uint8Array, fits: Dataset) => Promise<Uint8Array>;

const readers: Readonly<Record<(typeof KINDS)[number], Reader>> = {
  dataset: async (bytes) => datasetBytes(await datasetFrom(bytes)),
  plan: async (bytes, fits) => planBytes(await planFrom(bytes, fits)),
  training: async (bytes) => trainingBytes(await trainingFrom(bytes, 'fuzzer')),
};
