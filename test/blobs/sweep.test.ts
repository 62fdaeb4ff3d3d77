// What is removed from stores, and what is not: by its age, and when a training is over.

import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type BlobStore, type Digest, MOST_BLOB_BYTES } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { blobPath, openFileStore } from '../../src/blobs/file-store.js';
import { openHttpStore } from '../../src/blobs/http-store.js';
import { passingBlobs } from '../../src/blobs/passing-blobs.js';
import { getBytes, putBytes } from '../../src/blobs/pieces.js';
import { openS3Store } from '../../src/blobs/s3-store.js';
import { sweepStore } from '../../src/blobs/sweep.js';
import { memoryStore } from '../support/memory-store.js';
import { noise } from '../support/noise.js';
import { startS3Server } from '../support/s3-server.js';

const DAY_MS = 24 * 3600 * 1000;

/** A store, and how one of its blobs is made older. */
interface Ageing {
  readonly store: BlobStore;
  readonly age: (digest: Digest, ms: number) => void;
}

function inFolder(folder: string): Ageing {
  return {
    store: openFileStore(folder),
    age(digest, ms) {
      const then = new Date(Date.now() - ms);
      utimesSync(blobPath(folder, digest), then, then);
    },
  };
}

async function inS3(t: Test): Promise<Ageing & { readonly keys: () => readonly string[] }> {
  const keys = { accessKeyId: 'ID', secretAccessKey: 'SECRET' };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'ID', AWS_SECRET_ACCESS_KEY: 'SECRET' });
  const server = await startS3Server({ ...keys, buckets: ['bucket'], region: 'us-east-1' });
  t.teardown(() => server.close());
  const place = (digest: string) => `bucket/blobs/${digest}`;
  for (const key of ['bucket/blobs/readme', 'bucket/blobsight', `bucket/other/${'0'.repeat(64)}`])
    server.objects.set(key, { bytes: noise(3), modified: new Date(0) });
  return {
    store: await openS3Store(`s3://bucket/blobs?endpoint=${server.endpoint}&region=us-east-1`),
    age: (digest, ms) => {
      server.objects.get(place(digest))!.modified = new Date(Date.now() - ms);
    },
    keys: () => [...server.objects.keys()],
  };
}

async function sweeps(t: Test, { store, age }: Ageing): Promise<void> {
  const blobs = Array.from({ length: 7 }, (_, at) => noise(100_000, at + 1));
  for (const [at, bytes] of blobs.entries()) {
    await store.put(digestOf(bytes), bytes);
    age(digestOf(bytes), at * DAY_MS);
  }
  // Stored again, the oldest is as new as any.
  await store.put(digestOf(blobs[6]!), blobs[6]!);
  t.equal(await sweepStore(store, { olderThanMs: 3.5 * DAY_MS }), 2);
  const there = await Promise.all(blobs.map((bytes) => store.has(digestOf(bytes))));
  t.same(there, [true, true, true, true, false, false, true]);
  t.equal(await sweepStore(store, { olderThanMs: 3.5 * DAY_MS }), 0);
  const signal = AbortSignal.abort(new Error('enough'));
  await t.rejects(sweepStore(store, { olderThanMs: 0, signal }), { message: 'enough' });
}

t.test('a folder loses what is old, and nothing that is no blob', async (t) => {
  const folder = t.testdir({ 'notes.txt': 'x', ab: { 'notes.txt': 'x' }, other: { file: 'x' } });
  const temporary = join(folder, 'ab', '.tutti-00000000-1-0123456789abcdef.tmp');
  writeFileSync(temporary, 'half');
  for (const path of [temporary, join(folder, 'ab', 'notes.txt'), join(folder, 'notes.txt')])
    utimesSync(path, 1000, 1000);
  t.equal(await sweepStore(openFileStore(folder), { olderThanMs: DAY_MS }), 1, 'half a file of another host');
  await sweeps(t, inFolder(folder));
  for (const path of ['notes.txt', 'ab/notes.txt', 'other/file']) t.ok(existsSync(join(folder, path)), path);
});

t.test('a folder that is not there has nothing to lose, and is not made', async (t) => {
  const folder = join(t.testdir(), 'none');
  t.equal(await sweepStore(openFileStore(folder), { olderThanMs: 0 }), 0);
  t.notOk(existsSync(folder));
});

t.test('a bucket loses what is old under the prefix, and nothing that is no blob', async (t) => {
  const bucket = await inS3(t);
  await sweeps(t, bucket);
  for (const key of ['bucket/blobs/readme', 'bucket/blobsight', `bucket/other/${'0'.repeat(64)}`])
    t.ok(bucket.keys().includes(key), key);
});

t.test('a store over HTTP is its own server’s to sweep', async (t) => {
  t.equal(await sweepStore(openHttpStore('http://127.0.0.1:1', 'token'), { olderThanMs: 0 }), null);
});

t.test('when a training is over what went through the store is gone, and its inputs are not', async (t) => {
  const store = memoryStore();
  const input = await putBytes(store, noise(MOST_BLOB_BYTES + 1));
  const inputs = store.blobs.size;
  const passing = passingBlobs(store);
  // What was stored here, what a host stored and was read here, and what was only heard of.
  await putBytes(passing.store, noise(1000, 2));
  const result = await putBytes(store, noise(2 * MOST_BLOB_BYTES, 3));
  await getBytes(passing.store, result);
  passing.note(await putBytes(store, noise(MOST_BLOB_BYTES + 5, 4)));
  passing.note(result);
  passing.note('0'.repeat(64));
  t.ok(store.blobs.size > inputs + 5);
  store.calls.delete = 0;
  await passing.forget();
  t.equal(store.blobs.size, inputs);
  t.equal((await getBytes(store, input)).length, MOST_BLOB_BYTES + 1);
  await passing.forget();
  t.equal(store.calls.delete, 8, 'each once');
});

t.test('what is noted in the place of another is there without it', async (t) => {
  const store = memoryStore();
  const passing = passingBlobs(store);
  let last: Digest | null = null;
  for (const seed of [1, 2, 3]) {
    const digest = await putBytes(store, noise(MOST_BLOB_BYTES + 1, seed));
    // A host may say the same more than once.
    passing.note(digest, last);
    passing.note(digest, digest);
    last = digest;
  }
  while (store.blobs.size > 3) await new Promise((resolve) => setImmediate(resolve));
  t.equal((await getBytes(store, last!)).length, MOST_BLOB_BYTES + 1);
  await passing.forget();
  t.equal(store.blobs.size, 0);
});

t.test('what cannot be removed stays, and is nobody’s error', async (t) => {
  const store = memoryStore();
  const passing = passingBlobs({
    ...store,
    delete: async () => {
      throw new Error('no');
    },
  });
  await putBytes(passing.store, noise(10));
  await passing.forget();
  t.equal(store.blobs.size, 1);
});

t.test('a folder keeps its two digits when they are empty, so that writers find them', async (t) => {
  const folder = t.testdir();
  const { store, age } = inFolder(folder);
  const bytes = noise(10);
  await store.put(digestOf(bytes), bytes);
  age(digestOf(bytes), DAY_MS);
  await sweepStore(store, { olderThanMs: 1000 });
  t.same(readdirSync(folder), [digestOf(bytes).slice(0, 2)]);
  mkdirSync(join(folder, 'zz'));
  await store.put(digestOf(bytes), bytes);
  t.equal(await store.has(digestOf(bytes)), true);
});
