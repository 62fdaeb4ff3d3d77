import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { datasetBytes, datasetFrom } from '../../src/data/dataset-bytes.js';
import { loadTraining } from '../../src/data/load.js';
import { openTable } from '../../src/data/readers/open-table.js';
import { packArrays, unpackArrays } from '../../src/files/plain-data.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { clusters, linear } from '../support/datasets.js';

const HEADER_BYTES = 16;

/** Classes with everything that a dataset of arrays can have. */
function whole(): Dataset {
  const { x, rows, features, labels } = clusters(24, 3, 2);
  const tangents = Float32Array.from({ length: rows * 2 * features }, (_, at) => Math.sin(at));
  return Dataset.fromArrays({
    ...{ x: Float64Array.from(x), rows, features, labels, tangents, classes: ['no', 'yes'], softClip: 1.5 },
    rowWeights: Float64Array.from({ length: rows }, (_, row) => 1 + (row % 3)),
    groups: Int32Array.from({ length: rows }, (_, row) => row % 5),
  });
}

function ofQuantiles(): Dataset {
  const { x, rows, features, labels } = clusters(24, 3, 2);
  return Dataset.fromArrays({
    ...{ x, rows, features, labels, scaling: 'quantile', softClip: 2, clipShape: 'smooth' },
  });
}

async function ofTable(t: Test): Promise<Dataset> {
  const path = join(t.testdir(), 'a.csv');
  const lines = ['size,colour,weight,price'];
  for (let i = 0; i < 40; i++)
    lines.push(`${i % 7 === 3 ? '' : i},${'rgb'[i % 3]},${1 + (i % 4)},${i * 3 - 7}`);
  await writeFile(path, `${lines.join('\n')}\n`);
  const options = {
    target: 'price',
    impute: 'median',
    weightColumn: 'weight',
    testShare: 0.25,
    seed: 3,
  } as const;
  return loadTraining(await openTable(path), options).train;
}

t.test('datasets come back as they were, hash and all, and equal ones are equal bytes', async (t) => {
  const datasets = {
    whole: whole(),
    quantiles: ofQuantiles(),
    clusters: clusters(9, 2, 3),
    linear: linear(11, 4, 2),
    table: await ofTable(t),
  };
  for (const [name, dataset] of Object.entries(datasets)) {
    const bytes = datasetBytes(dataset);
    const back = await datasetFrom(bytes);
    t.strictSame(back, dataset, name);
    t.strictSame(datasetBytes(back), bytes, `${name}: the same bytes again`);
    t.not(back.x.buffer, bytes.buffer, `${name}: memory of its own`);
  }
});

t.test('a zero keeps its sign, without which members would see other bits', async (t) => {
  const x = Float64Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? -0 : at));
  const dataset = Dataset.fromArrays({ x, rows: 3, features: 2, labels: [0, 1, 0] });
  t.ok(Object.is(dataset.encoding.features!.mean[0], -0));
  const back = await datasetFrom(datasetBytes(dataset));
  t.ok(Object.is(back.encoding.features!.mean[0], -0));
  t.equal(back.hash, dataset.hash);
});

t.test('a dataset that a program changed is refused, one that it copied is not', async (t) => {
  const dataset = linear(6, 2);
  t.equal((await datasetFrom(datasetBytes({ ...dataset }))).hash, dataset.hash);
  t.equal((await datasetFrom(datasetBytes(structuredClone(dataset)))).hash, dataset.hash);
  const x = Float32Array.from(dataset.x, (value) => value + 1);
  t.throws(() => datasetBytes({ ...dataset, x }), {
    code: 'ERR_DATA',
    message: /^Expected the dataset's numbers to be those of its hash [0-9a-f]{64}, got others/,
  });
});

t.test('bytes that were cut, lengthened or altered anywhere are refused as such', async (t) => {
  const dataset = whole();
  const { hash } = dataset;
  const bytes = datasetBytes(dataset);
  for (const length of [0, 1, 8, HEADER_BYTES - 1, HEADER_BYTES, 100, bytes.length - 4, bytes.length - 1])
    await t.rejects(datasetFrom(bytes.slice(0, length)), { code: 'ERR_BLOB' }, `${length} bytes`);
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  await t.rejects(datasetFrom(longer), { code: 'ERR_BLOB', message: /are not its alone: 1 follow its end$/ });
  const random = new RandomStream(streamKey(1, 'noise'));
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const altered = bytes.slice();
    const at = Math.floor(random.uniform() * bytes.length);
    altered[at]! ^= 1 << (i % 8);
    const result = await datasetFrom(altered).catch((error: unknown) => error);
    if (result instanceof Error) {
      t.match(result, { code: 'ERR_BLOB' }, `byte ${at}`);
      refused++;
    } else {
      // Bits of a double that are gone once members see it in single precision are no part of the hash.
      t.equal((result as Dataset).hash, hash, `byte ${at}`);
    }
  }
  t.ok(refused > 200, `${refused} of 300`);
});

t.test('numbers that cannot be are refused though every length fits', async (t) => {
  const bytes = datasetBytes(clusters(8, 2, 2));
  const label = bytes.slice();
  new DataView(label.buffer).setInt32(bytes.length - 4, 7, true);
  await t.rejects(datasetFrom(label), {
    code: 'ERR_BLOB',
    message: /contradict themselves: Expected `labels`/,
  });
  const nan = bytes.slice();
  new DataView(nan.buffer).setUint32(bytes.length - 8 * 4 - 4, 0x7fc00000, true);
  await t.rejects(datasetFrom(nan), {
    code: 'ERR_BLOB',
    message: /contradict themselves: Expected `x` to hold finite/,
  });
});

t.test('metadata with a field too many, one too few or lengths beyond the bytes is refused', async (t) => {
  const bytes = datasetBytes(clusters(8, 2, 2));
  const end = HEADER_BYTES + new DataView(bytes.buffer).getUint32(12, true);
  const metadata = unpackArrays(bytes.subarray(HEADER_BYTES, end)) as Record<string, unknown>;
  const withMetadata = (changed: object) => {
    const packed = packArrays(changed, 'metadata');
    const whole = Buffer.concat([bytes.subarray(0, HEADER_BYTES), packed, bytes.subarray(end)]);
    whole.writeUInt32LE(packed.length, 12);
    return whole;
  };
  t.equal((await datasetFrom(withMetadata(metadata))).hash, metadata.hash);
  const { split: _, ...fewer } = metadata;
  const arrays = metadata.arrays as Record<string, unknown>;
  const wrong = {
    more: { ...metadata, more: 1 },
    fewer,
    rows: { ...metadata, rows: 9 },
    longer: { ...metadata, arrays: { ...arrays, x: { type: 'f32', length: 2 ** 53 - 1 } } },
    type: { ...metadata, arrays: { ...arrays, x: { type: 'i32', length: 16 } } },
    hash: { ...metadata, hash: '0'.repeat(64) },
    classes: { ...metadata, task: { kind: 'classification', classes: Float64Array.of(1, 2) } },
  };
  for (const [name, changed] of Object.entries(wrong))
    await t.rejects(datasetFrom(withMetadata(changed)), { code: 'ERR_BLOB' }, name);
});
