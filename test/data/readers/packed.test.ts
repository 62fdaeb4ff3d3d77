// Files packed by gzip and Zstandard: read as what is in them, wherever they are, and refused when they are damaged.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { describeTable } from '../../../src/data/columns/describe.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import { cellsOf } from '../helpers.js';

const CSV = `x,y\n${Array.from({ length: 3000 }, (_, row) => `${row},${row % 7}`).join('\n')}\n`;
/** `a,b\n1,2\n`, `zstd -19` of {@link LONG}, and the same without its checksum: what zstd 1.5.5 writes. */
const ZSTD = Buffer.from('KLUv/QRoQQAAYSxiCjEsMgo158rO', 'base64');
const ZSTD_LONG = Buffer.from(
  'KLUv/WQLDOURAIaqVBaQp6Q5UDQ4fYfZ3XVEhIRs2Rv4XxTgWwBGAEkA83BkZjo0NdZr3I84GBJzp2v7jv95HepQlFASakihGorKQpXZwS5YSLAPUlKQKwjLgsgMD9MwJGEqjJUU5ggIGBgcCChohYkJDAoMAFDQsjBPEMDgoCAIDhQYCDSxsRpd3d3F/czDSqcttWq9xvT/XJ47sWg8xnzyqo0mNlYjM7O7n3k4MjMttWq9xv2I5/Lc6do+xnzyqoslNVazMjuL7SVCUmJyEsvC7T6e3FyPrs4ijoO3l5UOlYiKjI5i+sBJCoclsWhyEssLzTbazfXo6uwuvtvLSqcttcjoKKb/uXBYEovGY8yFm20BdRWXyEIRGamQ1NjcxPPD776YaFBUWFzE8XOiiSQ0VKKqsrqK68lJERmpkJSYnMTzw7vjyc01Kiwu4vhgO5GEhkpERUZXcU1OUjhsgSmoEYDALO1/BjFrnDERRAyJuewDD8lGEHaqHMbo8vURGg7dDnOQGqReCcdkaqboQFCVDF5oPJPQ0UDbXcFsUJ5a4CGJYkQIJQyTyezIZy3wYlYCfNdyGI2TL3RdIQa2Zr3BlItL23qhNYzRZCSaY2yLA9iSSymcR6vJSpMbrQHpnChr3G2ChYzKsrL8ONX7ow3qCy0c70NUNVWjAeMupWpTGzZilblG+RjHqSfqtKFr4IFDVG3lcsBtGxTukALOO3j9kgTJ/Wd+vrPlKB8abb/wrHwllRTUoCmoPkN14mSnpPOF1rQK8c4XRQ==',
  'base64',
);
const ZSTD_UNCHECKED = Buffer.from(
  'KLUv/WALDOURAIaqVBaQp6Q5UDQ4fYfZ3XVEhIRs2Rv4XxTgWwBGAEkA83BkZjo0NdZr3I84GBJzp2v7jv95HepQlFASakihGorKQpXZwS5YSLAPUlKQKwjLgsgMD9MwJGEqjJUU5ggIGBgcCChohYkJDAoMAFDQsjBPEMDgoCAIDhQYCDSxsRpd3d3F/czDSqcttWq9xvT/XJ47sWg8xnzyqo0mNlYjM7O7n3k4MjMttWq9xv2I5/Lc6do+xnzyqoslNVazMjuL7SVCUmJyEsvC7T6e3FyPrs4ijoO3l5UOlYiKjI5i+sBJCoclsWhyEssLzTbazfXo6uwuvtvLSqcttcjoKKb/uXBYEovGY8yFm20BdRWXyEIRGamQ1NjcxPPD776YaFBUWFzE8XOiiSQ0VKKqsrqK68lJERmpkJSYnMTzw7vjyc01Kiwu4vhgO5GEhkpERUZXcU1OUjhsgSmoEYDALO1/BjFrnDERRAyJuewDD8lGEHaqHMbo8vURGg7dDnOQGqReCcdkaqboQFCVDF5oPJPQ0UDbXcFsUJ5a4CGJYkQIJQyTyezIZy3wYlYCfNdyGI2TL3RdIQa2Zr3BlItL23qhNYzRZCSaY2yLA9iSSymcR6vJSpMbrQHpnChr3G2ChYzKsrL8ONX7ow3qCy0c70NUNVWjAeMupWpTGzZilblG+RjHqSfqtKFr4IFDVG3lcsBtGxTukALOO3j9kgTJ/Wd+vrPlKB8abb/wrHwllRTUoCmoPkN14mSnpPOF1rQK',
  'base64',
);
const LONG = `x,y\n${Array.from({ length: 300 }, (_, row) => `${((row * 7919) % 1000) / 8},${['red', 'blue', 'green'][row % 3]}`).join('\n')}\n`;

t.test('by name and by content, in files and in memory', async (t) => {
  const expected = cellsOf(await openTable(Buffer.from(CSV)));
  const folder = t.testdir();
  for (const name of ['rows.csv.gz', 'ROWS.CSV.GZ', 'rows.gz', 'rows', 'rows.csv']) {
    const path = join(folder, name);
    writeFileSync(path, gzipSync(CSV));
    t.strictSame(cellsOf(await openTable(path)), expected, name);
  }
  t.strictSame(cellsOf(await openTable(gzipSync(CSV))), expected, 'bytes');
  const two = Buffer.concat([gzipSync(CSV.slice(0, 100)), gzipSync(CSV.slice(100))]);
  t.strictSame(cellsOf(await openTable(two)), expected, 'two members one after the other');
  const records = gzipSync('{"x":1}\n{"x":2}\n');
  t.strictSame(cellsOf(await openTable(records)), [['1'], ['2']], 'JSON Lines');
});

t.test('Zstandard, with and without a checksum, frames one after the other', async (t) => {
  t.strictSame(cellsOf(await openTable(ZSTD)), [['1', '2']]);
  const long = cellsOf(await openTable(Buffer.from(LONG)));
  t.strictSame(cellsOf(await openTable(ZSTD_LONG)), long);
  t.strictSame(cellsOf(await openTable(ZSTD_UNCHECKED)), long);
  const skipped = Buffer.from('502a4d1803000000aabbcc', 'hex');
  const frames = Buffer.concat([ZSTD, skipped, ZSTD]);
  t.strictSame(cellsOf(await openTable(frames)), [
    ['1', '2'],
    ['a', 'b'],
    ['1', '2'],
  ]);
  const path = join(t.testdir(), 'rows.csv.zst');
  writeFileSync(path, ZSTD_LONG);
  t.equal((await openTable(path)).rows, 300);
});

t.test('damaged and cut short', async (t) => {
  const path = join(t.testdir(), 'rows.csv.gz');
  const refused = (title: RegExp) => ({ code: 'ERR_DATA', message: title, details: { file: path } });
  const gz = gzipSync(CSV);
  for (const cut of [3, 12, 100, gz.length - 8, gz.length - 1]) {
    writeFileSync(path, gz.subarray(0, cut));
    await t.rejects(
      openTable(path),
      refused(/rows.csv.gz to be a whole gzip file, got/),
      `gzip cut at ${cut}`,
    );
  }
  for (let cut = 4; cut < ZSTD_LONG.length; cut += 17) {
    writeFileSync(path, ZSTD_LONG.subarray(0, cut));
    await t.rejects(openTable(path), refused(/to be a whole Zstandard file, got/), `zstd cut at ${cut}`);
  }
  // A flip of any bit behind the magic number is an error, or of no consequence.
  const long = cellsOf(await openTable(Buffer.from(LONG)));
  for (const packed of [gzipSync(LONG, { level: 9 }), ZSTD_LONG]) {
    for (let at = 4; at < packed.length; at += 3) {
      const bytes = Buffer.from(packed);
      bytes[at]! ^= 1 << (at % 8);
      const table = await openTable(bytes).catch((error) => error);
      if (table instanceof Error) t.match(table, { code: 'ERR_DATA' });
      else t.strictSame(cellsOf(table), long, `bit ${at % 8} of byte ${at}`);
    }
  }
});

t.test('what asks for more memory than may be is refused before it has any', async (t) => {
  // A window of 2 GB, and a single segment of as many bytes.
  for (const header of [
    '28b52ffd00a800000000000000000000000000',
    '28b52ffda0000000800000000000000000000000',
  ]) {
    await t.rejects(openTable(Buffer.from(header, 'hex')), {
      code: 'ERR_DATA',
      message: /a window of more than/,
    });
  }
});

t.test('on standard input, and where nothing can wait', async (t) => {
  const path = join(t.testdir(), 'rows.csv.gz');
  writeFileSync(path, gzipSync(CSV));
  t.throws(() => describeTable(path), {
    code: 'ERR_OPTION',
    message: /of a packed file the table that `await openTable/,
  });
  const code = "import { openTable } from 'tutti'; console.log((await openTable('-')).rows);";
  const rows = await new Promise<string>((resolve, reject) => {
    const args = ['--input-type=module', '--eval', code];
    const child = execFile(process.execPath, args, (error, out, said) =>
      error ? reject(new Error(said)) : resolve(out),
    );
    child.stdin!.end(gzipSync(CSV));
  });
  t.equal(rows.trim(), '3000');
});
