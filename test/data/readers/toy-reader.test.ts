// A reader of one's own, in one file: numbers in lines of fixed width under names of fixed width, added to the registry
// and used wherever a file is read.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadData } from '../../../src/api/load-data.js';
import { describeTable } from '../../../src/data/columns/describe.js';
import { loadTraining } from '../../../src/data/load.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import { fileError, type SeekingReader } from '../../../src/data/readers/reader.js';
import { readers } from '../../../src/data/readers/readers.js';
import { TextColumn } from '../../../src/data/table/column.js';

const WIDTH = 6;

const TOY: SeekingReader = {
  name: 'toyFixedWidth',
  title: 'a file of fixed width',
  extensions: ['.fixed'],
  options: [],
  sniff: (start) => start.toString('latin1').startsWith('FIXED'),
  async read(bytes, _, { onProgress }) {
    const source = bytes.name;
    const [head = '', ...lines] = (await bytes.whole()).toString('utf8').trimEnd().split('\n');
    const cells = (line: string) => line.match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? [];
    const columns = cells(head.replace('FIXED', '')).map((name) => new TextColumn(name.trim()));
    for (const [row, line] of lines.entries()) {
      for (const [c, column] of columns.entries()) {
        const cell = cells(line)[c];
        if (cell !== undefined) column.push(cell);
        else
          throw fileError(source, `Expected a cell of \`${column.name}\` (row ${row + 1})`, { row: row + 1 });
      }
    }
    onProgress?.({ ...bytes.progress(), rows: lines.length });
    return { source, columns, rows: lines.length, lines: Uint32Array.from(lines, (_, row) => row + 2) };
  },
};

readers.add(TOY);

const HEAD = '     x  kind';
const ROWS = Array.from({ length: 8 }, (_, at) =>
  `${(at / 2).toFixed(1).padStart(6)}${'     a'}`.replace(/a$/, at % 2 === 0 ? 'a' : 'b'),
);
const CONTENT = `${[HEAD, ...ROWS].join('\n')}\n`;

t.test('its extension opens it, for tables and for training', async (t) => {
  const path = join(t.testdir(), 'rows.fixed');
  writeFileSync(path, CONTENT);
  const table = await openTable(path);
  t.strictSame([table.rows, table.columns.map(({ name }) => name)], [8, ['x', 'kind']]);
  t.equal(table.columns[0]!.number(3), 1.5);
  const { train } = await loadData(path, { target: 'kind' });
  t.strictSame([train.rows, [...train.x.slice(0, 3)]], [8, [0, 0.5, 1]]);
  t.match(describeTable(table), { rows: 8 });
});

t.test('how far it is, is told', async (t) => {
  const told: unknown[] = [];
  await openTable(Buffer.from(`FIXED${CONTENT}`), { onProgress: (progress) => void told.push(progress) });
  const bytes = 5 + CONTENT.length;
  t.strictSame(told, [{ bytes, totalBytes: bytes, rows: 8 }]);
});

t.test('what waits for nothing says what to await', async (t) => {
  const path = join(t.testdir(), 'rows.fixed');
  writeFileSync(path, CONTENT);
  const expected = {
    code: 'ERR_OPTION',
    message: /of a file of fixed width the table that `await openTable/,
  };
  t.throws(() => loadTraining(path, { target: 'kind' }), expected);
  t.throws(() => describeTable(path), expected);
});

t.test('so does its beginning, where there is no name', async (t) => {
  t.equal((await openTable(Buffer.from(`FIXED${CONTENT}`))).rows, 8);
});

t.test('its errors and the options it does not take are said in its words', async (t) => {
  const path = join(t.testdir(), 'rows.fixed');
  writeFileSync(path, `${HEAD}\n     1`);
  await t.rejects(openTable(path), {
    code: 'ERR_DATA',
    message: /`kind` \(row 1\)/,
    details: { file: path },
  });
  await t.rejects(openTable(path, { delimiter: ';' }), {
    message: 'Expected `delimiter` to be absent for a file of fixed width, got ";"',
  });
});

t.test('an empty file under the name of any format is said to be empty', async (t) => {
  const folder = t.testdir();
  for (const name of [
    'a.fixed',
    'a.npy',
    'a.npz',
    'a.png',
    'a.parquet',
    'a.arrow',
    'train-images-idx3-ubyte',
  ]) {
    const path = join(folder, name);
    writeFileSync(path, '');
    await t.rejects(openTable(path), {
      code: 'ERR_DATA',
      message: /^Expected .* to be .*, got an empty file$/,
    });
  }
});
