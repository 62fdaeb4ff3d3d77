// The same rows as CSV, Parquet and a table of DuckDB: what reading each takes of time and memory, in a process of its own,
// in rounds so that a busy machine is busy for all of them.
//
//     node dist/scripts/bench/reading/formats.js [--megabytes 1000] [--rounds 3] [--folder /tmp/reading]
//
// Megabytes are those of the CSV file. Seconds are of a core (`cpu`) and of the clock; what is beyond the cells' own bytes
// is the largest memory of the process less what it had before and less the columns.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { openTable } from '../../../src/data/readers/open-table.js';

const NUMBERS = 18;
/** Of a row of the CSV file, nearly. */
const ROW_BYTES = 196;

interface Figures {
  readonly cpu: number;
  readonly wall: number;
  readonly megabytes: number;
  readonly rows: number;
}

async function read(source: string): Promise<Figures> {
  const before = process.resourceUsage().maxRSS;
  const start = process.cpuUsage();
  const clock = performance.now();
  const [file, database] = source.split('|') as [string, string | undefined];
  const { rows } = await openTable(database === undefined ? file : { sql: file, database });
  const { user, system } = process.cpuUsage(start);
  const wall = (performance.now() - clock) / 1000;
  const megabytes = (process.resourceUsage().maxRSS - before) / 1024;
  return { cpu: (user + system) / 1e6, wall, megabytes, rows };
}

/** Makes the files that are not there yet, of the same rows. */
async function make(folder: string, rows: number): Promise<Readonly<Record<string, string>>> {
  mkdirSync(folder, { recursive: true });
  const [csv, snappy, zstd, database] = ['rows.csv', 'rows.parquet', 'zstd.parquet', 'rows.duckdb'].map(
    (name) => join(folder, name),
  ) as [string, string, string, string];
  if (!existsSync(zstd)) {
    const instance = await DuckDBInstance.create(database);
    const connection = await instance.connect();
    const numbers = Array.from(
      { length: NUMBERS },
      (_, i) => `round(random() * 1000 - 500, ${4 + (i % 3)}) as x${i}`,
    );
    await connection.run(
      `create or replace table d as select i as id, ${numbers.join(', ')}, ['red', 'green', 'blue'][1 + i % 3] as colour,
       date '2020-01-01' + (i % 1500)::int as day, (random() * 50)::int as age, random() > 0.5 as y from range(${rows}) r(i)`,
    );
    await connection.run(`copy d to '${csv}'`);
    await connection.run(`copy d to '${snappy}' (format parquet)`);
    await connection.run(`copy d to '${zstd}' (format parquet, codec zstd)`);
    connection.closeSync();
    instance.closeSync();
  }
  return { CSV: csv, 'Parquet (snappy)': snappy, 'Parquet (zstd)': zstd, DuckDB: `from d|${database}` };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      megabytes: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '3' },
      folder: { type: 'string', default: '/tmp/reading' },
    },
  });
  const sources = await make(values.folder, Math.round((Number(values.megabytes) * 1e6) / ROW_BYTES));
  const all = new Map<string, Figures[]>(Object.keys(sources).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, source] of Object.entries(sources)) {
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), 'read', source],
        { encoding: 'utf8' },
      );
      if (stdout === '') throw new Error(stderr);
      all.get(name)!.push(JSON.parse(stdout) as Figures);
    }
  }
  for (const [name, figures] of all) {
    const least = (of: (one: Figures) => number) => Math.min(...figures.map(of));
    const file = sources[name]!.split('|').at(-1)!;
    const size = (statSync(file).size / 1e6).toFixed(0);
    console.log(
      `${name}: ${size} MB, ${figures[0]!.rows} rows: cpu ${least(({ cpu }) => cpu).toFixed(1)} s, clock ${least(({ wall }) => wall).toFixed(1)} s, ${least(({ megabytes }) => megabytes).toFixed(0)} MB`,
    );
  }
}

if (process.argv[2] === 'read') console.log(JSON.stringify(await read(process.argv[3]!)));
else await main();
