// What every store does, whatever it is made of.

import type { Test } from 'tap';
import { type BlobStore, MOST_BLOB_BYTES } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { getBytes, putBytes } from '../../src/blobs/pieces.js';
import { noise } from '../support/noise.js';

/** Some contents at the edges of lengths and of compression. */
const CONTENTS: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(7),
  new Uint8Array(100_000),
  noise(1000),
  noise(MOST_BLOB_BYTES),
  new Uint8Array(new Float64Array(5000).map((_, at) => at / 10).buffer),
];

/** Tests a store that is empty. @param make a new one, closed here. */
export function behavesAsAStore(t: Test, make: () => Promise<BlobStore>): void {
  t.test('what is stored is there, comes back, and is gone when it is deleted', async (t) => {
    const store = await make();
    for (const bytes of CONTENTS) {
      const digest = digestOf(bytes);
      t.equal(await store.has(digest), false);
      await t.rejects(store.get(digest), { code: 'ERR_BLOB', details: { digest, problem: 'missing' } });
      await store.put(digest, bytes);
      await store.put(digest, bytes);
      t.equal(await store.has(digest), true);
      t.ok(Buffer.from(bytes).equals(await store.get(digest)), `${bytes.length} bytes`);
      await store.delete(digest);
      await store.delete(digest);
      t.equal(await store.has(digest), false);
    }
    await store.close();
  });

  t.test('bytes of any length go through it', async (t) => {
    const store = await make();
    const bytes = noise(2 * MOST_BLOB_BYTES + 3);
    t.ok(Buffer.from(bytes).equals(await getBytes(store, await putBytes(store, bytes))));
    await store.close();
  });

  t.test('many at once, the same ones too', async (t) => {
    const store = await make();
    const contents = Array.from({ length: 40 }, (_, at) => noise(3000, at % 10));
    const digests = await Promise.all(contents.map((bytes) => putBytes(store, bytes)));
    const back = await Promise.all(digests.map((digest) => store.get(digest)));
    for (const [at, bytes] of back.entries()) t.ok(Buffer.from(bytes).equals(contents[at]!));
    await store.close();
  });

  t.test('what is no digest is refused before it becomes a path', async (t) => {
    const store = await make();
    for (const name of ['', '../x', 'A'.repeat(64), '0'.repeat(63), `${'0'.repeat(64)}/`]) {
      const calls: (() => Promise<unknown>)[] = [
        () => store.has(name),
        () => store.get(name),
        () => store.put(name, noise(3)),
        () => store.delete(name),
      ];
      for (const call of calls)
        await t.rejects(call(), { code: 'ERR_BLOB', message: /64 hexadecimal digits/ });
    }
    await store.close();
  });

  t.test('it stops when it is told to, with the signal’s reason', async (t) => {
    const store = await make();
    const bytes = noise(9);
    const signal = AbortSignal.abort(new Error('enough'));
    await t.rejects(store.has(digestOf(bytes), signal), { message: 'enough' });
    await t.rejects(store.put(digestOf(bytes), bytes, signal), { message: 'enough' });
    await t.rejects(store.get(digestOf(bytes), signal), { message: 'enough' });
    t.equal(await store.has(digestOf(bytes)), false);
    await store.close();
  });
}
