// A host's cache of a store: each blob fetched once, the longest unused gone first, and never wrong whatever becomes of its folder.

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { BlobStore, Digest } from '../../src/blobs/blob-store.js';
import { cachedStore } from '../../src/blobs/cached-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { blobPath, openFileStore } from '../../src/blobs/file-store.js';
import { serveBlobs } from '../../src/blobs/serve-blobs.js';
import { type MemoryStore, memoryStore } from '../support/memory-store.js';
import { noise } from '../support/noise.js';
import { behavesAsAStore } from './every-store.js';

const MODULES = new URL('../../src/blobs/', import.meta.url).href;
const posix = process.platform === 'win32' ? 'no modes or limits here' : false;
const LARGE = 2 ** 30;

const cached = (t: Test, behind: BlobStore, maxBytes = LARGE) => {
  const folder = join(t.testdir({}), 'cache');
  return { folder, store: cachedStore(behind, { folder, maxBytes }) };
};

/** Puts blobs of 1000 bytes that do not compress behind a cache. */
async function filled(behind: MemoryStore, count: number): Promise<Digest[]> {
  const blobs = Array.from({ length: count }, (_, at) => noise(1000, at + 1));
  for (const bytes of blobs) await behind.put(digestOf(bytes), bytes);
  return blobs.map(digestOf);
}

function keptIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

behavesAsAStore(t, async () => cached(t, memoryStore()).store);

t.test('a blob is fetched once, by everybody who wants it', async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const { folder, store } = cached(t, behind);
  await Promise.all(Array.from({ length: 10 }, () => store.get(digest!)));
  await store.get(digest!);
  await cachedStore(behind, { folder, maxBytes: LARGE }).get(digest!);
  t.equal(behind.calls.get, 1);
  t.same(keptIn(folder), [digest]);
});

t.test('what one reader does to its bytes is not seen by another', async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const { store } = cached(t, behind);
  const [one, other] = await Promise.all([store.get(digest!), store.get(digest!)]);
  one.fill(0);
  t.equal(digestOf(other), digest);
});

t.test('several processes of a host fetch each blob once between them', async (t) => {
  const folder = t.testdir({ store: {} });
  const files = openFileStore(join(folder, 'store'));
  const blobs = Array.from({ length: 12 }, (_, at) => noise(200_000, at + 1));
  for (const bytes of blobs) await files.put(digestOf(bytes), bytes);
  const reads = new Map<Digest, number>();
  const raw = {
    ...files.raw,
    read: async (digest: Digest) => {
      reads.set(digest, (reads.get(digest) ?? 0) + 1);
      return files.raw.read(digest);
    },
  };
  const server = await serveBlobs({ store: { ...files, raw } as BlobStore, token: 'token' });
  t.teardown(() => server.close());
  const script = `
    import { cachedStore } from '${MODULES}cached-store.js';
    import { openHttpStore } from '${MODULES}http-store.js';
    const store = cachedStore(openHttpStore('${server.address}', 'token'), { folder: ${JSON.stringify(join(folder, 'cache'))}, maxBytes: 1e9 });
    for (const digest of ${JSON.stringify(blobs.map(digestOf))}) await store.get(digest);
    await store.close();`;
  const run = () =>
    new Promise((resolve) => {
      const env = { ...process.env, NODE_OPTIONS: '' };
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        env,
        stdio: 'inherit',
      });
      child.on('exit', resolve);
    });
  t.same(await Promise.all([run(), run(), run(), run()]), [0, 0, 0, 0]);
  t.same(
    [...reads.values()],
    blobs.map(() => 1),
  );
  t.same(keptIn(join(folder, 'cache')).toSorted(), blobs.map(digestOf).toSorted(), 'no lock is left');
});

t.test('a lock whose process is gone is taken over', async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const { folder, store } = cached(t, behind);
  mkdirSync(folder);
  const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  writeFileSync(join(folder, `${digest}.fetching`), String(gone));
  await store.get(digest!);
  t.same(keptIn(folder), [digest]);
});

t.test('one that is damaged is fetched anew', async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const { folder, store } = cached(t, behind);
  const path = blobPath(folder, digest!);
  await store.get(digest!);
  const whole = readFileSync(path);
  const damages = [
    () => truncateSync(path, 500),
    () => truncateSync(path, 0),
    () => writeFileSync(path, noise(1001, 9)),
  ];
  for (const [at, damage] of damages.entries()) {
    damage();
    t.equal(digestOf(await store.get(digest!)), digest);
    t.equal(behind.calls.get, at + 2);
    t.ok(readFileSync(path).equals(whole), 'and kept anew');
  }
});

t.test('those longest unused go first, and the limit holds', async (t) => {
  const behind = memoryStore();
  const digests = await filled(behind, 12);
  const { folder, store } = cached(t, behind, 8500);
  for (const [at, digest] of digests.slice(0, 8).entries()) {
    await store.get(digest);
    // As if they were used a second after each other; file systems keep times too coarsely to wait less.
    utimesSync(blobPath(folder, digest), 1000 + at, 1000 + at);
  }
  t.equal(keptIn(folder).length, 8);
  await store.get(digests[0]!);
  t.equal(behind.calls.get, 8, 'the first is used again');
  await store.get(digests[8]!);
  const kept = keptIn(folder);
  t.notOk(kept.includes(digests[1]!), 'the one that was used longest ago');
  t.ok(kept.includes(digests[0]!));
  t.ok(kept.includes(digests[8]!));
  for (const digest of digests) await store.get(digest);
  const bytes = keptIn(folder).reduce((sum, name) => sum + statSync(blobPath(folder, name)).size, 0);
  t.ok(bytes <= 8500, `${bytes} bytes`);
  t.ok(bytes > 4000, `${bytes} bytes`);
});

t.test('what others put there counts too', async (t) => {
  const behind = memoryStore();
  const digests = await filled(behind, 60);
  const { folder, store } = cached(t, behind, 16_100);
  const others = [1, 2].map(() => cachedStore(behind, { folder, maxBytes: 16_100 }));
  let most = 0;
  for (const [at, digest] of digests.entries()) {
    await [store, ...others][at % 3]!.get(digest);
    most = Math.max(most, keptIn(folder).length);
  }
  t.ok(most > 12, `${most} blobs`);
  t.ok(most <= 16 + 3 * 2, `${most} blobs, where each of three may be an eighth ahead`);
});

t.test('locks and half files that killed processes left go when room is made', async (t) => {
  const behind = memoryStore();
  const digests = await filled(behind, 6);
  const { folder, store } = cached(t, behind, 3500);
  await store.get(digests[0]!);
  const within = join(folder, digests[0]!.slice(0, 2));
  const lock = join(folder, `${'0'.repeat(64)}.fetching`);
  const half = join(within, '.tutti-00000000-1-0123456789abcdef.tmp');
  for (const path of [lock, half]) {
    writeFileSync(path, 'x'.repeat(1000));
    utimesSync(path, 1000, 1000);
  }
  for (const digest of digests) await store.get(digest);
  t.same([existsSync(lock), existsSync(half)], [false, false]);
});

t.test('a blob that is longer than the cache is not kept, and drives nothing out', async (t) => {
  const behind = memoryStore();
  const [small] = await filled(behind, 1);
  const large = noise(5000);
  await behind.put(digestOf(large), large);
  const { folder, store } = cached(t, behind, 3000);
  await store.get(small!);
  for (const _ of [1, 2]) t.equal(digestOf(await store.get(digestOf(large))), digestOf(large));
  t.same(keptIn(folder), [small]);
  t.equal(behind.calls.get, 3);
});

t.test('without a place to write to it is the store alone', { skip: posix }, async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const folder = t.testdir({ file: '' });
  const store = cachedStore(behind, { folder: join(folder, 'file', 'cache'), maxBytes: LARGE });
  for (const _ of [1, 2]) t.equal(digestOf(await store.get(digest!)), digest);
  t.equal(behind.calls.get, 2);
});

t.test(
  'on a full disk it is the store alone, and leaves nothing half written',
  { skip: posix },
  async (t) => {
    const folder = t.testdir({ store: {} });
    const bytes = noise(200_000);
    await openFileStore(join(folder, 'store')).put(digestOf(bytes), bytes);
    // As in the test of stores in folders.
    const script = `
    import { cachedStore } from '${MODULES}cached-store.js';
    import { openFileStore } from '${MODULES}file-store.js';
    process.on('SIGXFSZ', () => undefined);
    const store = cachedStore(openFileStore(${JSON.stringify(join(folder, 'store'))}), { folder: ${JSON.stringify(join(folder, 'cache'))}, maxBytes: 1e9 });
    const bytes = await store.get('${digestOf(bytes)}');
    console.log(bytes.length);`;
    const run = 'ulimit -f 8; exec "$0" --input-type=module --eval "$1"';
    const env = { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' };
    t.equal(execFileSync('sh', ['-c', run, process.execPath, script], { env, encoding: 'utf8' }), '200000\n');
    t.same(keptIn(join(folder, 'cache')), []);
  },
);

t.test('what the store says is said, and not remembered', async (t) => {
  const behind = memoryStore();
  const bytes = noise(1000);
  const digest = digestOf(bytes);
  const { folder, store } = cached(t, behind);
  await t.rejects(store.get(digest), { code: 'ERR_BLOB', details: { digest, problem: 'missing' } });
  await behind.put(digest, bytes);
  behind.blobs.set(digest, noise(10));
  await t.rejects(store.get(digest), { code: 'ERR_BLOB', details: { digest, problem: 'damaged' } });
  t.same(keptIn(folder), []);
  await behind.put(digest, bytes);
  t.equal(digestOf(await store.get(digest)), digest);
});

t.test('one reader that stops does not stop the others', async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const { store } = cached(t, behind);
  const controller = new AbortController();
  const stopped = store.get(digest!, controller.signal);
  const other = store.get(digest!);
  controller.abort(new Error('enough'));
  await t.rejects(stopped, { message: 'enough' });
  t.equal(digestOf(await other), digest);
  t.equal(behind.calls.get, 1);
});

t.test('nobody else may look into it', { skip: posix }, async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const { folder, store } = cached(t, behind);
  await store.get(digest!);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  chmodSync(folder, 0o755);
});

t.test('what is deleted is gone from both', async (t) => {
  const behind = memoryStore();
  const [digest] = await filled(behind, 1);
  const { folder, store } = cached(t, behind);
  await store.get(digest!);
  await store.delete(digest!);
  t.same([behind.blobs.size, keptIn(folder).length], [0, 0]);
});
