// Parquet files, as pyarrow writes them in every encoding and packing, against the values that it wrote.

import { parquetWriteBuffer } from 'hyparquet-writer';
import t from 'tap';
import { openTable } from '../../../src/data/readers/open-table.js';
import { messageOf } from '../readers/failures.js';
import { fixture, holdsTheValues } from './fixtures.js';

const FORMS = ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'encodings', 'pages2', 'plain', 'integers'];

for (const name of FORMS) {
  t.test(`${name}.parquet holds what was written`, (t) => holdsTheValues(t, `${name}.parquet`));
}

t.test('points in time as Spark and Hive wrote them are the same ones', (t) =>
  holdsTheValues(t, 'int96.parquet'),
);

t.test('numbers stay in memory of their own type, and 64-bit integers exact', async (t) => {
  const { columns } = await openTable(fixture('plain.parquet'));
  const of = (name: string) => columns.find((column) => column.name === name)!;
  for (const name of ['f64', 'f32', 'i8', 'u32', 'i64', 'big', 'u64', 'price'])
    t.equal(of(name).holdsNumbers, true);
  for (const name of ['flag', 'text', 'day', 'us']) t.not(of(name).holdsNumbers, true);
  t.equal(of('big').number(0), Number(of('big').text(0)));
  t.not(String(of('big').number(0)), of('big').text(0));
});

t.test('a column that holds lists or records is refused by name', async (t) => {
  const refused = (of: string) => `Expected every column to hold one value for each row, got ${of} (data)`;
  await t.rejects(openTable(fixture('lists.parquet')), {
    code: 'ERR_DATA',
    message: refused('lists in column `tags`'),
  });
  await t.rejects(openTable(fixture('records.parquet')), { message: refused('records in column `at`') });
});

t.test('a file of another writer is read too', async (t) => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'x', data: [1.5, -2, null, Number.NaN], type: 'DOUBLE' },
      { name: 'kind', data: ['a', 'b', 'a', null], type: 'STRING' },
      { name: 'good', data: [true, false, null, true], type: 'BOOLEAN' },
    ],
  });
  const table = await openTable(Buffer.from(bytes));
  const texts = table.columns.map((column) =>
    Array.from({ length: table.rows }, (_, row) => column.text(row)),
  );
  t.same(texts, [
    ['1.5', '-2', '', ''],
    ['a', 'b', 'a', ''],
    ['true', 'false', '', 'true'],
  ]);
});

t.test('what is no Parquet file is refused in one line that names it', async (t) => {
  const whole = fixture('plain.parquet');
  const message = (bytes: Buffer) => messageOf(openTable(bytes));
  t.equal(
    await message(whole.subarray(0, 4)),
    'ERR_DATA Expected a Parquet file that is whole, got one of 4 bytes (data)',
  );
  t.match(
    await message(whole.subarray(0, -9)),
    /^ERR_DATA Expected a Parquet file that is whole, got .* at its end, where PAR1 belongs \(data\)$/,
  );
  const encrypted = Buffer.concat([whole.subarray(0, -4), Buffer.from('PARE')]);
  t.match(await message(encrypted), /got one that is encrypted/);
  const longFooter = Buffer.from(whole);
  longFooter.writeUInt32LE(0x7fff_ffff, whole.length - 8);
  t.match(await message(longFooter), /got a footer of 2147483647 bytes in a file of \d+ \(data\)$/);
  const noFooter = Buffer.from(whole);
  noFooter.fill(0xff, whole.length - 40, whole.length - 8);
  t.match(await message(noFooter), /^ERR_DATA .*\(data, its footer\)$/);
});

t.test(
  'a bit that has changed is seen where its page has a checksum, with row group and column',
  async (t) => {
    const bytes = Buffer.from(fixture('plain.parquet'));
    bytes[200]! ^= 1;
    await t.rejects(openTable(bytes), {
      code: 'ERR_DATA',
      message:
        'Expected a Parquet file that is whole, got other bytes in page 1 than were written (data, row group 1, column `f64`)',
      details: { file: 'data', column: 'f64' },
    });
  },
);
