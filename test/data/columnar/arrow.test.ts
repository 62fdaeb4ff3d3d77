// Arrow files and streams, as pyarrow writes them, against the values that it wrote.

import {
  Field,
  List,
  Table,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import t from 'tap';
import { loadData } from '../../../src/api/load-data.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import { messageOf } from '../readers/failures.js';
import { fixture, holdsTheValues } from './fixtures.js';

for (const name of ['uncompressed.feather', 'lz4.feather', 'zstd.feather', 'stream.arrows']) {
  t.test(`${name} holds what was written`, (t) => holdsTheValues(t, name));
}

t.test('what is no Arrow file is refused in one line that names it', async (t) => {
  const whole = fixture('uncompressed.feather');
  t.match(
    await messageOf(openTable(whole.subarray(0, -3))),
    /^ERR_DATA Expected an Arrow file that is whole, got .* at its end, where ARROW1 belongs \(data, its footer\)$/,
  );
  t.match(
    await messageOf(openTable(Buffer.from('FEA1 and more'))),
    /^ERR_DATA Expected a Feather file of version 2, got one of version 1/,
  );
  const stream = fixture('stream.arrows');
  t.match(
    await messageOf(openTable(stream.subarray(0, stream.length - 2000))),
    /^ERR_DATA Expected an Arrow file that is whole, got a (?:batch beyond the end of the file|message of \d+ bytes) \(data, message \d+\)$/,
  );
  const other = Buffer.from(whole);
  other.fill(0xff, whole.length - 60, whole.length - 10);
  t.match(await messageOf(openTable(other)), /^ERR_DATA .*\(data.*\)$/);
});

t.test('a table of a program is taken as it is, of floats without gaps even where it lies', async (t) => {
  for (const name of ['uncompressed.feather', 'stream.arrows']) {
    const table = await openTable(tableFromIPC(fixture(name)));
    const file = await openTable(fixture(name));
    for (const [at, column] of file.columns.entries()) {
      const texts = Array.from({ length: file.rows }, (_, row) => column.text(row));
      const own = Array.from({ length: table.rows }, (_, row) => table.columns[at]!.text(row));
      t.same(own, texts, `${name}: ${column.name}`);
    }
  }
  const x = Float64Array.of(1.5, 2.5, Number.NaN, 4);
  const { train } = await loadData(tableFromArrays({ x, y: ['a', 'b', 'a', 'b'] }), {
    target: 'y',
    impute: 'mean',
  });
  t.equal(train.rows, 4);
  const table = await openTable(tableFromArrays({ x }));
  t.equal(table.columns[0]!.number(0), 1.5);
  x[0] = 7;
  t.equal(table.columns[0]!.number(0), 7, 'no copy is made');
  const part = await openTable(tableFromIPC(fixture('stream.arrows')).slice(10, 33));
  const whole = await openTable(fixture('stream.arrows'));
  for (const [at, column] of part.columns.entries()) {
    t.same(
      Array.from({ length: 23 }, (_, row) => column.text(row)),
      Array.from({ length: 23 }, (_, row) => whole.columns[at]!.text(10 + row)),
      `a part of ${column.name}`,
    );
  }
});

t.test('columns of types that have no place in a table are refused by name', async (t) => {
  const lists = new Table({ tags: vectorFromArray([['a']], new List(new Field('item', new Utf8()))) });
  t.equal(
    await messageOf(openTable(lists)),
    'ERR_DATA Expected columns of numbers, texts, dates, true and false, got lists (the Arrow table, column `tags`)',
  );
  t.equal(
    await messageOf(openTable(Buffer.from(tableToIPC(lists, 'file')))),
    'ERR_DATA Expected columns of numbers, texts, dates, true and false, got lists (data, column `tags`)',
  );
});
