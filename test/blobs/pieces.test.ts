// Bytes of any length through a store: the same back, under the same name everywhere, or an error that says what is wrong.

import { createHash } from 'node:crypto';
import t from 'tap';
import { MOST_BLOB_BYTES } from '../../src/blobs/blob-store.js';
import { digestOf, isDigest } from '../../src/blobs/digest.js';
import { digestsOf, getBytes, putBytes } from '../../src/blobs/pieces.js';
import { memoryStore } from '../support/memory-store.js';
import { noise } from '../support/noise.js';

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const list = (length: number, ...digests: string[]) =>
  new TextEncoder().encode(`tutti pieces 1\n${length}\n${digests.join('\n')}\n`);

t.test('digests are SHA-256 in hexadecimal', async (t) => {
  // FIPS 180-4, the example of one block.
  t.equal(
    digestOf(new TextEncoder().encode('abc')),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  t.ok(isDigest('0'.repeat(64)));
  for (const other of ['0'.repeat(63), 'A'.repeat(64), `${'0'.repeat(64)}\n`, '../'.repeat(22), 5, null])
    t.notOk(isDigest(other));
});

t.test('bytes of every length come back, in as many blobs as they need', async (t) => {
  const lengths = [0, 1, 1000, MOST_BLOB_BYTES, MOST_BLOB_BYTES + 1, 5 * MOST_BLOB_BYTES + 17];
  for (const length of lengths) {
    const store = memoryStore();
    const bytes = noise(length);
    const digest = await putBytes(store, bytes);
    const pieces = Math.ceil(length / MOST_BLOB_BYTES);
    t.equal(store.blobs.size, pieces > 1 ? pieces + 1 : 1, `${length} bytes`);
    for (const [name, blob] of store.blobs) {
      t.equal(name, sha(blob));
      t.ok(blob.length <= MOST_BLOB_BYTES);
    }
    t.equal(sha(await getBytes(store, digest)), sha(bytes));
    t.same([...(await digestsOf(store, digest))].sort(), [...store.blobs.keys()].sort());
    if (pieces <= 1) t.equal(digest, sha(bytes), 'one blob is named by its content');
  }
});

t.test('the name of bytes in pieces is that of their list, on every host', async (t) => {
  const bytes = noise(MOST_BLOB_BYTES + 5);
  const expected = list(
    bytes.length,
    sha(bytes.subarray(0, MOST_BLOB_BYTES)),
    sha(bytes.subarray(MOST_BLOB_BYTES)),
  );
  t.equal(await putBytes(memoryStore(), bytes), sha(expected));
});

t.test('content that looks like a list comes back as itself', async (t) => {
  const store = memoryStore();
  const secret = await putBytes(store, noise(10));
  for (const bytes of [list(10, secret), new TextEncoder().encode('tutti pieces 1\n')]) {
    const digest = await putBytes(store, bytes);
    t.not(digest, sha(bytes));
    t.same(await getBytes(store, digest), bytes);
  }
});

t.test('what is no list though it begins as one is damaged, whatever its digest', async (t) => {
  const store = memoryStore();
  const piece = await putBytes(store, noise(10));
  const texts = [
    'tutti pieces 1\n',
    `tutti pieces 1\n10\n${piece}`,
    `tutti pieces 1\n10\n${piece}\n${piece}\n`,
    `tutti pieces 1\n-10\n${piece}\n`,
    `tutti pieces 1\n1e1\n${piece}\n`,
    `tutti pieces 1\n99999999999999999\n${piece}\n`,
    `tutti pieces 1\n10\n../../../etc/passwd\n`,
    `tutti pieces 1\n0\n`,
  ];
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    store.blobs.set(sha(bytes), bytes);
    await t.rejects(getBytes(store, sha(bytes)), {
      code: 'ERR_BLOB',
      message: /no list of pieces/,
      details: { problem: 'damaged' },
    });
  }
});

t.test('a list whose pieces have other lengths is damaged', async (t) => {
  const store = memoryStore();
  const piece = await putBytes(store, noise(10));
  for (const length of [9, 11]) {
    const bytes = list(length, piece);
    store.blobs.set(sha(bytes), bytes);
    await t.rejects(getBytes(store, sha(bytes)), { code: 'ERR_BLOB', message: /piece 1 has 10 bytes/ });
  }
});

t.test('a list of one piece that needs none is damaged, so that bytes have one name', async (t) => {
  const store = memoryStore();
  const piece = await putBytes(store, noise(10));
  const bytes = list(10, piece);
  store.blobs.set(sha(bytes), bytes);
  await t.rejects(getBytes(store, sha(bytes)), {
    code: 'ERR_BLOB',
    message: /a list of one piece, which needs none/,
  });
});

t.test('a piece that is missing or damaged is named', async (t) => {
  const store = memoryStore();
  const bytes = noise(2 * MOST_BLOB_BYTES);
  const digest = await putBytes(store, bytes);
  const second = sha(bytes.subarray(MOST_BLOB_BYTES));
  store.blobs.set(second, noise(5));
  await t.rejects(getBytes(store, digest), {
    code: 'ERR_BLOB',
    details: { digest: second, problem: 'damaged' },
  });
  store.blobs.delete(second);
  await t.rejects(getBytes(store, digest), {
    code: 'ERR_BLOB',
    details: { digest: second, problem: 'missing' },
  });
  t.equal(await putBytes(store, bytes), digest, 'storing it again mends it');
  t.equal(sha(await getBytes(store, digest)), sha(bytes));
});

t.test('more bytes than may be are refused before they are fetched', async (t) => {
  const store = memoryStore();
  const bytes = noise(2 * MOST_BLOB_BYTES);
  const digest = await putBytes(store, bytes);
  store.calls.get = 0;
  await t.rejects(getBytes(store, digest, { mostBytes: bytes.length - 1 }), {
    code: 'ERR_BLOB',
    message: /has 16777216 bytes where at most 16777215 may be/,
  });
  t.equal(store.calls.get, 1);
  t.equal((await getBytes(store, digest, { mostBytes: bytes.length })).length, bytes.length);
});

t.test('both stop when they are told to', async (t) => {
  const store = memoryStore();
  const digest = await putBytes(store, noise(2 * MOST_BLOB_BYTES));
  const signal = AbortSignal.abort(new Error('enough'));
  await t.rejects(getBytes(store, digest, { signal }), { message: 'enough' });
  await t.rejects(putBytes(store, noise(MOST_BLOB_BYTES + 1), { signal }), { message: 'enough' });
});

t.test('a list of more than memory holds is refused before a piece of it is fetched', async (t) => {
  const store = memoryStore();
  const piece = digestOf(new Uint8Array(MOST_BLOB_BYTES));
  const count = 129_000;
  const lines = Array.from({ length: count }, () => piece).join('\n');
  const list = new TextEncoder().encode(`tutti pieces 1\n${count * MOST_BLOB_BYTES}\n${lines}\n`);
  await store.put(piece, new Uint8Array(MOST_BLOB_BYTES));
  await store.put(digestOf(list), list);
  await t.rejects(getBytes(store, digestOf(list)), { code: 'ERR_MEMORY' });
  t.equal(store.calls.get, 1);
});
