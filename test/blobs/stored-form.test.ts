// Contents and their stored forms: back to the bit, shorter where it pays, and nothing hostile gets through.

import { brotliCompressSync } from 'node:zlib';
import t from 'tap';
import { MOST_BLOB_BYTES } from '../../src/blobs/blob-store.js';
import { fromPlanes, toPlanes } from '../../src/blobs/byte-planes.js';
import { digestOf } from '../../src/blobs/digest.js';
import { fromStoredForm, MOST_STORED_BYTES, toStoredForm } from '../../src/blobs/stored-form.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { noise } from '../support/noise.js';

const normals = (count: number) => {
  const stream = new RandomStream(streamKey(1, 'noise'));
  return Float64Array.from({ length: count }, () => stream.normal());
};
const bytesOf = (array: Float64Array | Float32Array) => new Uint8Array(array.buffer);

/** Content, the first byte of its form, and at most which share of its length that has. */
const CONTENTS: Readonly<Record<string, readonly [content: Uint8Array, form: number, most: number]>> = {
  nothing: [new Uint8Array(0), 0, Number.POSITIVE_INFINITY],
  'a few bytes': [new Uint8Array(255), 0, 257 / 255],
  zeros: [new Uint8Array(100_000), 1, 0.01],
  chance: [noise(100_000), 0, 100_001 / 100_000],
  'measured values': [bytesOf(normals(50_000)), 0, 1.0001],
  'weights in single precision': [
    bytesOf(Float32Array.from(normals(50_000), (value) => value / 20)),
    0,
    1.0001,
  ],
  'values of single precision in double': [bytesOf(normals(50_000).map(Math.fround)), 2, 0.5],
  'values with three decimals': [
    bytesOf(normals(50_000).map((value) => Math.round(value * 1000) / 1000)),
    1,
    0.4,
  ],
  'whole numbers': [bytesOf(normals(50_000).map((value) => Math.round(value * 100))), 2, 0.25],
  'text that repeats': [new TextEncoder().encode('{"epoch":1,"loss":0.125}\n'.repeat(500)), 1, 0.05],
};

t.test('contents come back to the bit, in the form that is shortest for their kind', async (t) => {
  for (const [name, [content, form, most]] of Object.entries(CONTENTS)) {
    const stored = await toStoredForm(content);
    t.equal(stored[0], form, name);
    t.ok(
      stored.length <= content.length * most || content.length === 0,
      `${name}: ${stored.length / content.length}`,
    );
    t.ok(Buffer.from(content).equals(await fromStoredForm(stored, digestOf(content), 'x')), name);
  }
});

t.test('a form is at most one byte longer than its content', async (t) => {
  const half = MOST_BLOB_BYTES / 2;
  // What is sampled compresses, and what lies between does not.
  const content = noise(MOST_BLOB_BYTES);
  for (const at of [0, 1 / 3, 2 / 3, 1]) {
    const start = Math.floor(at * (MOST_BLOB_BYTES - 2 ** 14));
    content.fill(0, start, start + 2 ** 14 + 8);
  }
  for (const bytes of [content, noise(MOST_BLOB_BYTES), content.subarray(0, half)]) {
    const stored = await toStoredForm(bytes);
    t.ok(stored.length <= bytes.length + 1);
    t.ok(stored.length <= MOST_STORED_BYTES);
    t.ok(Buffer.from(bytes).equals(await fromStoredForm(stored, digestOf(bytes), 'x')));
  }
});

t.test('planes are made of whole numbers, and the rest is left', async (t) => {
  const bytes = Uint8Array.from({ length: 19 }, (_, at) => at);
  t.same([...toPlanes(bytes)], [0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15, 16, 17, 18]);
  for (let length = 0; length < 40; length++) {
    const some = noise(length, length + 1);
    t.same(fromPlanes(toPlanes(some)), some);
  }
});

t.test('what is no form of the content is damaged, and never grows beyond a blob', async (t) => {
  const content = noise(1000);
  const whole = await toStoredForm(new Uint8Array(1000));
  const bomb = brotliCompressSync(new Uint8Array(MOST_BLOB_BYTES + 1));
  const hostile: Readonly<Record<string, Uint8Array>> = {
    empty: new Uint8Array(0),
    'a form that is not known': Uint8Array.of(3, ...content),
    'other content': Uint8Array.of(0, ...noise(1000, 2)),
    'other content, compressed': whole,
    'cut short': whole.subarray(0, -1),
    'no Brotli': Uint8Array.of(1, ...noise(50)),
    'more than a blob': Buffer.concat([Buffer.of(1), bomb]),
    'more than a blob, in planes': Buffer.concat([Buffer.of(2), bomb]),
    'a form that is too long': new Uint8Array(MOST_STORED_BYTES + 1),
  };
  for (const [name, stored] of Object.entries(hostile)) {
    const expected = { code: 'ERR_BLOB', details: { store: 'where', problem: 'damaged' } };
    await t.rejects(fromStoredForm(stored, digestOf(content), 'where'), expected, name);
  }
});
