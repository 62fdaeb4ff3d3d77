// Files of data that somebody else changes while they are read.

import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openTable } from '../../src/data/readers/open-table.js';
import { openDataFile } from '../../src/files/data-file.js';

const ROWS = 400_000;
const folder = t.testdir();
const fileOf = (name: string) => {
  const path = join(folder, name);
  writeFileSync(path, `x\n${'12345\n'.repeat(ROWS)}`);
  return path;
};

t.test('one that becomes shorter at the end of a row is no table of fewer rows', async (t) => {
  const path = fileOf('cut.csv');
  let cut = false;
  const onProgress = () => {
    if (!cut) truncateSync(path, 2 + 6 * 10);
    cut = true;
  };
  await t.rejects(openTable(path, { onProgress }), {
    code: 'ERR_FILE',
    message: new RegExp(
      `cut.csv to keep its ${2 + 6 * ROWS} bytes while it is read, got one that became shorter`,
    ),
  });
  t.ok(cut);
});

t.test('so it is where a part of it is asked for, and one that grows is read as it is', async (t) => {
  const path = fileOf('part.csv');
  const file = await openDataFile(path, 'part.csv');
  truncateSync(path, 100);
  t.equal(await file.readAt!(Buffer.alloc(100), 0), 100);
  await t.rejects(file.readAt!(Buffer.alloc(10), 95), { code: 'ERR_FILE' });
  await file.close();
  const grown = fileOf('grown.csv');
  const growing = await openDataFile(grown, 'grown.csv');
  appendFileSync(grown, '1\n');
  let bytes = 0;
  for await (const piece of growing.pieces()) bytes += piece.length;
  t.equal(bytes, 2 + 6 * ROWS + 2);
  await growing.close();
});
