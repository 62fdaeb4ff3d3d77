// `npm run bench:tables -- --data FOLDER --python PYTHON --out FILE`: how accurate tutti's presets and `tutti auto` are beside
// what a user of Python would take, on the same splits of real tables. What FILE has already is not tried again, so that an
// interrupted run goes on. docs/reference/tables.md has what it found.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Outcome } from './comparison.js';
import { comparisonPage } from './page.js';
import { PEERS, Peers } from './peers.js';
import { scoresOf } from './scores.js';
import { tablesOf, writeSplit } from './tables.js';
import { Tutti, WAYS } from './ways.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'data' },
    table: { type: 'string', multiple: true, default: [] },
    only: { type: 'string' },
    ways: { type: 'string' },
    splits: { type: 'string', default: '5' },
    python: { type: 'string' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    out: { type: 'string', default: 'bench-tables.json' },
    reference: { type: 'string', default: 'HistGradientBoosting' },
  },
});

const outcomes: Outcome[] = existsSync(values.out)
  ? (JSON.parse(readFileSync(values.out, 'utf8')) as Outcome[])
  : [];
const chosen = (name: string, list: string | undefined) =>
  list === undefined || list.split(';').includes(name);
const ways = WAYS.filter(({ name }) => chosen(name, values.ways));
const peerWays = values.python === undefined ? [] : PEERS.filter((name) => chosen(name, values.ways));
const tables = tablesOf(values.data, values.table).filter(({ name }) => chosen(name, values.only));

const scratch = mkdtempSync(join(tmpdir(), 'tutti-tables-'));
const tutti = new Tutti(Number(values.threads));
const peers = values.python === undefined ? null : new Peers(values.python, Number(values.threads));
try {
  for (let split = 1; split <= Number(values.splits); split++) {
    for (const table of tables) await compare(table, split);
  }
} finally {
  peers?.close();
  await tutti.close();
  rmSync(scratch, { recursive: true });
}
process.stdout.write(`${comparisonPage(outcomes, values.reference)}\n`);

async function compare(table: (typeof tables)[number], number: number): Promise<void> {
  const left = (way: string) =>
    !outcomes.some((own) => own.table === table.name && own.split === number && own.way === way);
  const own = ways.filter(({ name }) => left(name));
  const others = peerWays.filter(left);
  if (own.length + others.length === 0) return;
  const split = writeSplit(table, number, scratch);
  const keep = (way: string, { answer, ...costs }: Awaited<ReturnType<Tutti['run']>>) => {
    outcomes.push({ table: table.name, split: number, way, scores: scoresOf(answer, split.truth), ...costs });
    writeFileSync(values.out, `${JSON.stringify(outcomes, null, 1)}\n`);
    process.stderr.write(`${table.name} ${number}: ${way}, ${costs.seconds.toFixed(1)} s\n`);
  };
  for (const way of own) keep(way.name, await tutti.run(way, split));
  for (const way of others) keep(way, await peers!.run(way, split));
}
