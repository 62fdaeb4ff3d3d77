// How long a data file takes to be read, and in how much memory: by tutti, and by others alone.
// `node dist/scripts/bench/reading/main.js FILE [way …]` runs each way in a process of its own, one after another; what
// `make-file.ts` writes is such a file. A way's figures: seconds, seconds of processor time, and resident memory, sampled
// ten times a second, at its most beyond what the table itself takes (the columns' arrays and texts) and the process at rest.

import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a way read: how many rows, and the bytes that whatever it made takes, where it keeps anything. */
interface Read {
  readonly rows: number;
  readonly kept: unknown;
}

const WAYS: Readonly<Record<string, (path: string) => Promise<Read>>> = {
  async tutti(path) {
    const { openTable } = await import('../../../src/index.js');
    const table = await openTable(path);
    return { rows: table.rows, kept: table };
  },
  /** Records as lists of texts, counted and forgotten. */
  async 'csv-parse'(path) {
    const { parse } = await import('csv-parse');
    let rows = -1;
    const records = createReadStream(path, { highWaterMark: 1 << 19 }).pipe(parse({ trim: true }));
    for await (const _ of records) rows++;
    return { rows, kept: null };
  },
  /** Into a table in its memory, of columns of its own types, on so many threads as it takes. */
  duckdb: (path) => readByDuckDb(path, {}),
  'duckdb-one-thread': (path) => readByDuckDb(path, { threads: '1' }),
};

async function readByDuckDb(path: string, options: Readonly<Record<string, string>>): Promise<Read> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:', options)).connect();
  await connection.run(`create table t as select * from read_csv('${path}')`);
  const counted = await connection.runAndReadAll('select count(*) from t');
  return { rows: Number(counted.getRows()[0]![0]), kept: connection };
}

const [path, ...given] = process.argv.slice(2);
if (path === undefined) throw new Error('Usage: main.js FILE [tutti|csv-parse|duckdb|duckdb-one-thread …]');
if (given[0] === '--here') await measureHere(given[1]!);
else {
  for (const way of given.length > 0 ? given : Object.keys(WAYS)) {
    const self = fileURLToPath(import.meta.url);
    const out = execFileSync(process.execPath, ['--expose-gc', self, path, '--here', way], {
      encoding: 'utf8',
    });
    process.stdout.write(`${way.padEnd(18)} ${out}`);
  }
}

async function measureHere(way: string): Promise<void> {
  let most = 0;
  const sample = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, 100);
  const atRest = process.memoryUsage.rss();
  const before = process.cpuUsage();
  const started = performance.now();
  const { rows, kept } = await WAYS[way]!(path!);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  sample();
  clearInterval(timer);
  for (let time = 0; time < 3; time++) globalThis.gc?.();
  const after = process.memoryUsage.rss();
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  console.log(
    `${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor, ${rows} rows, ` +
      `at most ${mb(most)} resident, ${mb(after)} once read, ${mb(atRest)} before${kept === null ? ', nothing kept' : ''}`,
  );
}
