// The same data in every format gives the same dataset, byte for byte: digits, and a table of numbers, dates, categories,
// identifiers and gaps.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import t, { type Test } from 'tap';
import { type DataSource, loadData } from '../../../src/api/load-data.js';
import { datasetBytes } from '../../../src/data/dataset-bytes.js';
import type { LoadOptions } from '../../../src/data/load.js';
import { readCsv } from '../../../src/data/readers/read-csv.js';

async function givesTheSame(
  t: Test,
  csv: string,
  others: Readonly<Record<string, DataSource>>,
  options: LoadOptions,
) {
  const expected = await loadData(csv, options);
  for (const [format, source] of Object.entries(others)) {
    const { train, preprocessing } = await loadData(source, options);
    t.equal(Buffer.compare(datasetBytes(train), datasetBytes(expected.train)), 0, `${format}: dataset`);
    t.same(preprocessing, expected.preprocessing, `${format}: preprocessing`);
  }
}

/** What DuckDB makes of a CSV file: a table of its own, and Parquet files. */
async function byDuckDb(folder: string, csv: string, columns: string): Promise<Record<string, DataSource>> {
  const [database, parquet, zstd] = ['d.duckdb', 'd.parquet', 'z.parquet'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  await connection.run(`create table d as select ${columns} from read_csv('${csv}', all_varchar = true)`);
  await connection.run(`copy d to '${parquet}' (format parquet)`);
  await connection.run(
    `copy d to '${zstd}' (format parquet, codec zstd, parquet_version v2, row_group_size 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
  return {
    'a table of DuckDB': { sql: 'from d', database },
    'Parquet of DuckDB': parquet,
    'Parquet of DuckDB, by zstd': zstd,
    'Parquet through DuckDB': { sql: `from '${parquet}'` },
  };
}

t.test('digits', async (t) => {
  const path = 'data/digits.csv';
  const table = readCsv(path);
  const arrays = Object.fromEntries(
    table.columns.map((column) => [
      column.name,
      Float64Array.from({ length: table.rows }, (_, row) => column.number(row)),
    ]),
  );
  const columnData = Object.entries(arrays).map(([name, data]) => ({ name, data, type: 'DOUBLE' as const }));
  await givesTheSame(
    t,
    path,
    {
      Parquet: Buffer.from(parquetWriteBuffer({ columnData })),
      'a table of Arrow': tableFromArrays(arrays),
      'an Arrow file': Buffer.from(tableToIPC(tableFromArrays(arrays), 'file')),
      'an Arrow stream': Buffer.from(tableToIPC(tableFromArrays(arrays), 'stream')),
      ...(await byDuckDb(t.testdir(), path, 'columns(*)::double')),
    },
    { target: 'digit', testShare: 0.3, seed: 1 },
  );
  // An array has no names.
  const options = { testShare: 0.3, seed: 1 } as const;
  const named = await loadData(path, { target: 'digit', ...options });
  const npy = npyOf(table.columns.map(({ name }) => arrays[name]!));
  const target = `x${table.columns.length - 1}`;
  const { train } = await loadData(npy, { target, task: 'classification', ...options });
  t.equal(train.rowsHash, named.train.rowsHash);
});

/** Rows of doubles as numpy.save writes them. */
function npyOf(columns: readonly Float64Array[]): Buffer {
  const rows = columns[0]!.length;
  const head = `{'descr': '<f8', 'fortran_order': True, 'shape': (${rows}, ${columns.length}), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from(`\x93NUMPY\x01\0\0\0${padded}`, 'latin1');
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([start, ...columns.map((column) => Buffer.from(column.buffer))]);
}

t.test('numbers, dates, categories, identifiers and gaps', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'mixed.csv');
  const rows = Array.from({ length: 90 }, (_, i) => [
    String(9007199254740993n + BigInt(i)),
    i % 7 === 3 ? '' : String(((i * 37) % 90) / 8),
    i % 11 === 5 ? '' : ['red', 'green', 'né'][i % 3]!,
    i % 13 === 1 ? '' : `2024-0${1 + (i % 9)}-1${i % 10}`,
    `2023-05-06 0${i % 10}:30:0${i % 7}.25`,
    i % 2 === 0 ? 'true' : 'false',
    `${i}.${10 + (i % 80)}`,
    ['yes', 'no'][(i * i) % 3 === 0 ? 0 : 1]!,
  ]);
  writeFileSync(path, `id,size,colour,day,at,good,price,y\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  const columns = `id::bigint as id, nullif(size, '')::double as size, colour, nullif(day, '')::date as day, "at"::timestamp as "at",
    good::boolean as good, price::decimal(9, 2) as price, y`;
  t.match(readFileSync(path, 'utf8'), /9007199254741000/);
  await givesTheSame(t, path, await byDuckDb(folder, path, columns), {
    target: 'y',
    impute: 'mean',
    testShare: 0.2,
    seed: 3,
  });
});
