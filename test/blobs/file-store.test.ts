// A folder as a store: what it does as every store, and what becomes of damaged files, strange folders and two writers.

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import t from 'tap';
import { type BlobStore, MOST_BLOB_BYTES } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { blobPath, openFileStore } from '../../src/blobs/file-store.js';
import { noise } from '../support/noise.js';
import { behavesAsAStore } from './every-store.js';

const MODULE = new URL('../../src/blobs/file-store.js', import.meta.url).href;
const posix = process.platform === 'win32' ? 'no links, modes or pipes here' : false;

behavesAsAStore(t, async () => openFileStore(t.testdir()));

/** A folder with one blob in it. */
async function stored(folder: string, bytes: Uint8Array) {
  const store = openFileStore(folder);
  const digest = digestOf(bytes);
  await store.put(digest, bytes);
  return { store, digest, path: blobPath(folder, digest), bytes };
}

t.test('its address is the URL of its folder', async (t) => {
  const folder = t.testdir();
  t.equal(openFileStore(folder).address, pathToFileURL(folder).href);
});

t.test(
  'a folder that is not there is made by who writes first, and said to be missing by who reads',
  async (t) => {
    const store = openFileStore(join(t.testdir(), 'made', 'when needed'));
    const bytes = noise(9);
    await t.rejects(store.get(digestOf(bytes)), {
      code: 'ERR_STORE',
      message: /this host sees no such folder/,
    });
    t.equal(await store.has(digestOf(bytes)), false);
    await Promise.all([1, 2, 3].map(() => store.put(digestOf(bytes), bytes)));
    t.ok(Buffer.from(bytes).equals(await store.get(digestOf(bytes))));
  },
);

t.test('what compresses is stored shorter, what does not one byte longer', async (t) => {
  const folder = t.testdir();
  const long = await stored(folder, noise(1000));
  t.equal(readFileSync(long.path).length, 1001);
  const short = await stored(folder, new Uint8Array(1000));
  t.ok(readFileSync(short.path).length < 50);
});

t.test('a file that is damaged is said to be, and mended by who stores it again', async (t) => {
  const content = new Uint8Array(new Float64Array(500).map((_, at) => at).buffer);
  const { store, digest, path } = await stored(t.testdir(), content);
  const whole = readFileSync(path);
  const bomb = brotliCompressSync(new Uint8Array(MOST_BLOB_BYTES + 1));
  const damages: Record<string, () => void> = {
    empty: () => truncateSync(path, 0),
    'cut short': () => truncateSync(path, whole.length - 3),
    'only its first byte': () => truncateSync(path, 1),
    'a byte altered': () =>
      writeFileSync(
        path,
        whole.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
      ),
    'another way of compressing': () =>
      writeFileSync(
        path,
        whole.map((byte, at) => (at === 0 ? 9 : byte)),
      ),
    'said not to be compressed': () =>
      writeFileSync(
        path,
        whole.map((byte, at) => (at === 0 ? 0 : byte)),
      ),
    'other content': () => writeFileSync(path, Buffer.concat([Buffer.of(0), noise(4000)])),
    'more than any blob': () => writeFileSync(path, new Uint8Array(MOST_BLOB_BYTES + 2)),
    'more than any blob once it is decompressed': () =>
      writeFileSync(path, Buffer.concat([Buffer.of(1), bomb])),
  };
  for (const [name, damage] of Object.entries(damages)) {
    damage();
    await t.rejects(store.get(digest), { code: 'ERR_BLOB', details: { digest, problem: 'damaged' } }, name);
    t.equal(await store.has(digest), false, name);
    await store.put(digest, content);
    t.ok(Buffer.from(content).equals(await store.get(digest)), `${name}, mended`);
  }
});

t.test(
  'links, folders and pipes in the place of a blob are not followed, read or waited for',
  { skip: posix },
  async (t) => {
    const { store, digest, path, bytes } = await stored(t.testdir(), noise(50));
    const elsewhere = join(dirname(path), 'elsewhere');
    writeFileSync(elsewhere, readFileSync(path));
    const makes = [
      () => symlinkSync(elsewhere, path),
      () => execFileSync('mkfifo', [path]),
      () => mkdirSync(path),
    ];
    for (const make of makes) {
      rmSync(path, { recursive: true, force: true });
      make();
      await t.rejects(store.get(digest), { code: 'ERR_BLOB', details: { digest, problem: 'damaged' } });
    }
    await t.rejects(store.put(digest, bytes), { code: 'ERR_STORE', message: /cannot be written/ });
  },
);

t.test('a folder that cannot be is an error of the store', async (t) => {
  const folder = join(t.testdir({ file: 'x' }), 'file');
  const store = openFileStore(folder);
  const bytes = noise(5);
  await t.rejects(store.put(digestOf(bytes), bytes), {
    code: 'ERR_STORE',
    message: /^The store file:.*file cannot be (read|written): E/,
  });
});

t.test(
  'one that may not be written to is an error of the store, and reading goes on',
  { skip: posix || process.getuid?.() === 0 ? 'root may write anywhere' : false },
  async (t) => {
    const folder = t.testdir();
    const { store, digest } = await stored(folder, noise(9));
    chmodSync(folder, 0o555);
    t.teardown(() => chmodSync(folder, 0o755));
    await store.get(digest);
    const other = noise(9, 2);
    await t.rejects(store.put(digestOf(other), other), { code: 'ERR_STORE', message: /EACCES/ });
  },
);

t.test(
  'a full disk is an error of the store, and leaves nothing that looks like a blob',
  { skip: posix },
  async (t) => {
    const folder = t.testdir();
    // The system's limit of the length of a file stands for a disk without room: both fail in the middle of a write.
    const script = `
    import { openFileStore } from ${JSON.stringify(MODULE)};
    process.on('SIGXFSZ', () => undefined);
    const { createHash, randomBytes } = await import('node:crypto');
    const bytes = randomBytes(200000);
    const store = openFileStore(${JSON.stringify(folder)});
    const digest = createHash('sha256').update(bytes).digest('hex');
    const error = await store.put(digest, bytes).then(() => null, (error) => error);
    console.log(JSON.stringify([error?.code, error?.message, await store.has(digest)]));`;
    const said = execFileSync(
      'sh',
      ['-c', 'ulimit -f 8; exec "$0" --input-type=module --eval "$1"', process.execPath, script],
      {
        env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
        encoding: 'utf8',
      },
    );
    const [code, message, isThere] = JSON.parse(said);
    t.equal(code, 'ERR_STORE');
    t.match(message, /cannot be written: EFBIG/);
    t.equal(isThere, false);
    t.same(filesIn(folder), []);
  },
);

t.test('several processes that write the same blobs at once leave them whole', async (t) => {
  const folder = t.testdir();
  const script = `
    import { openFileStore } from ${JSON.stringify(MODULE)};
    import { createHash } from 'node:crypto';
    const store = openFileStore(${JSON.stringify(folder)});
    for (let round = 0; round < 3; round++)
      for (let number = 0; number < 20; number++) {
        const bytes = Buffer.alloc(70000, 'blob ' + number);
        const digest = createHash('sha256').update(bytes).digest('hex');
        if (round === 1) await store.delete(digest);
        await store.put(digest, bytes);
      }`;
  const run = () =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: 'inherit',
      });
      child.on('exit', resolve);
    });
  t.same(await Promise.all([run(), run(), run()]), [0, 0, 0]);
  const store: BlobStore = openFileStore(folder);
  const files = filesIn(folder);
  t.equal(files.length, 20, 'no temporary file is left');
  for (const name of files) await store.get(name);
});

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}
