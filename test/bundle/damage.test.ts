import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import { makeEnsemble } from './support.js';

const folder = t.testdir({ 'data.csv': 'a,b,y\n1,2,3\n', empty: '' });
const path = join(folder, 'a.tutti');

/** Rejections of loading these bytes, or nothing. */
async function problemOf(bytes: Uint8Array): Promise<{ code?: string; message?: string }> {
  await writeFile(path, bytes);
  return loadEnsemble(path).then(
    () => ({}),
    (error) => error,
  );
}

let whole: Buffer;
t.before(async () => {
  await saveEnsemble(makeEnsemble(), path);
  whole = await readFile(path);
});

/** Every byte of the header, of the start of the metadata and of the end; every seventh between. */
function positions(): number[] {
  const all = Array.from({ length: whole.length }, (_, at) => at);
  return all.filter((at) => at < 80 || at >= whole.length - 40 || at % 7 === 0);
}

t.test('every flipped bit is noticed, in every region of the file', async (t) => {
  for (const at of positions()) {
    // Every bit of the header, one of each later byte.
    for (const bit of at < 56 ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << bit;
      const { code } = await problemOf(damaged);
      if (code !== 'ERR_BUNDLE') t.fail(`bit ${bit} of byte ${at} went unnoticed`);
    }
  }
});

t.test('every truncation is noticed', async (t) => {
  for (const length of positions()) {
    const { code, message } = await problemOf(whole.subarray(0, length));
    const named = length < 8 || message?.includes('truncated');
    if (code !== 'ERR_BUNDLE' || !named) t.fail(`${length} of ${whole.length} bytes: ${message}`);
  }
});

t.test('bytes after the end are noticed', async (t) => {
  t.match(await problemOf(Buffer.concat([whole, Buffer.from('x')])), { message: /1 bytes follow its end/ });
});

t.test('a newer version is named with what this tutti reads', async (t) => {
  const newer = Buffer.from(whole);
  newer.writeUInt32LE(6, 8);
  t.match(await problemOf(newer), {
    code: 'ERR_BUNDLE',
    message: /format version 6, newer than this tutti reads \(5\)/,
  });
});

t.test('other files are no bundles', async (t) => {
  const load = (name: string) => loadEnsemble(join(folder, name));
  await t.rejects(load('data.csv'), { code: 'ERR_BUNDLE', message: /is not a saved ensemble/ });
  await t.rejects(load('empty'), { code: 'ERR_BUNDLE', message: /is empty/ });
  await t.rejects(load('missing'), { code: 'ERR_FILE', message: /no such file/ });
  await t.rejects(loadEnsemble(folder), { code: 'ERR_FILE', message: /a folder/ });
});
