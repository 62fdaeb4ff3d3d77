// `tutti serve` under load: 64 connections that ask as fast as they are answered, every answer held byte by byte against that
// of `ensemble.predict`; how long answers take, and what the server holds of memory meanwhile.
//
//     node dist/scripts/bench/serving/main.js [seconds, 30 by default] [connections, 64] [options of tutti serve …]

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadData, trainEnsemble } from '../../../src/index.js';
import { ask, type Exchange, exchange, type Figures } from './client.js';

const seconds = Number(process.argv[2] ?? 30);
const connections = Number(process.argv[3] ?? 64);
const flags = process.argv.slice(4);
const SAMPLE_MS = 1000;

const folder = mkdtempSync(join(tmpdir(), 'tutti-serving-'));
const file = join(folder, 'digits.tutti');
const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const plan = { preset: 'lecture', members: 16, hidden: [64], epochs: 20, seed: 1 } as const;
const ensemble = await (await trainEnsemble(train, plan)).conformalise(train);
await ensemble.save(file);

const columns = ensemble.preprocessing!.features.map(({ column }) => column);
const rows = Array.from({ length: test!.rows }, (_, row) =>
  Object.fromEntries(columns.map((name, at) => [name, test!.x[row * columns.length + at]!])),
);
const exchanges = await madeOf(rows);
const { child, port } = await serve();
const figures: Figures = { answered: 0, wrong: 0, lost: 0, milliseconds: [], examples: [] };
const memory: number[] = [];
const sampling = setInterval(() => memory.push(residentMb(child)), SAMPLE_MS);
const processor = processorSeconds(child);
const began = performance.now();
const until = began + seconds * 1000;
let at = 0;
// A stride that shares nothing with their number, so that neighbours on the wire differ.
const next = () => {
  at = (at + 7) % exchanges.length;
  return performance.now() < until ? exchanges[at]! : null;
};
await Promise.all(Array.from({ length: connections }, () => ask(port, next, figures)));
const tookS = (performance.now() - began) / 1000;
const usedS = processorSeconds(child) - processor;
clearInterval(sampling);
child.kill('SIGTERM');
const [status] = await new Promise<unknown[]>((resolve) => child.on('exit', (...how) => resolve(how)));
report();
rmSync(folder, { recursive: true });

/** Single rows mostly, some of many, CSV, coverages and requests that are refused. */
async function madeOf(all: readonly Record<string, number>[]): Promise<Exchange[]> {
  const json = 'application/json';
  const line = (value: unknown) => `${JSON.stringify(value)}\n`;
  const made: Exchange[] = [];
  const single = await ensemble.predict(all);
  const covered = await ensemble.predict(all, { coverage: 0.9 });
  for (const [at, row] of all.entries()) {
    made.push(exchange('/predict', json, JSON.stringify(row), 200, line(single[at])));
    if (at % 10 === 3) {
      const some = all.slice(at, at + 20);
      made.push(exchange('/predict', json, JSON.stringify(some), 200, line(single.slice(at, at + 20))));
    }
    if (at % 10 === 6) {
      const csv = `${columns.join()}\n${columns.map((name) => row[name]).join()}\n`;
      made.push(exchange('/predict', 'text/csv', csv, 200, line([single[at]])));
      made.push(exchange('/predict?coverage=0.9', json, JSON.stringify(row), 200, line(covered[at])));
    }
  }
  const message = `Expected at least one row, got none`;
  made.push(exchange('/predict', json, '[]', 422, line({ code: 'ERR_REQUEST', message })));
  return made;
}

async function serve(): Promise<{ child: ChildProcess; port: number }> {
  const command = fileURLToPath(new URL('../../../bin/tutti.js', import.meta.url));
  const args = [command, 'serve', file, '--port', '0', ...flags];
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await new Promise<number>((resolve) => {
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return { child: started, port };
}

function residentMb({ pid }: ChildProcess): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1]) / 1000;
}

/** Of the server, in user and system mode. */
function processorSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function report(): void {
  const { answered, wrong, lost, milliseconds, examples } = figures;
  milliseconds.sort((a, b) => a - b);
  const share = (p: number) =>
    milliseconds[Math.min(milliseconds.length - 1, Math.floor(p * milliseconds.length))]!;
  const third = Math.max(1, Math.floor(memory.length / 3));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  console.log(
    JSON.stringify({
      seconds: round(tookS),
      connections,
      answered,
      perSecond: Math.round(answered / tookS),
      wrong,
      lost,
      examples,
      ms: {
        p50: round(share(0.5)),
        p99: round(share(0.99)),
        p999: round(share(0.999)),
        most: round(share(1)),
      },
      processorMsPerRequest: round((1000 * usedS) / answered),
      residentMb: {
        secondThird: round(mean(memory.slice(third, 2 * third))),
        lastThird: round(mean(memory.slice(2 * third))),
        most: round(Math.max(...memory)),
      },
      exitStatus: status,
    }),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
