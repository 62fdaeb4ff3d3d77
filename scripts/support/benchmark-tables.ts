// The benchmark's figures in README.md and docs/reference/benchmark.md, written from the results that are kept in
// scripts/bench/results, so that no page says what was not measured.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ProcessorClass } from '../bench/instruction-set.js';
import { figure, percent, table, times } from '../bench/markdown.js';
import type { LatencyRow } from '../bench/measures/latency.js';
import type { SteadyRow } from '../bench/measures/steady.js';
import type { BenchResult } from '../bench/report.js';
import type { Workload } from '../bench/workloads.js';

type Result = BenchResult;

const ROOT = new URL('../../../', import.meta.url);
const RESULTS = new URL('scripts/bench/results/', ROOT);

const CLASSES: readonly ProcessorClass[] = ['AVX-512', 'AVX2', 'NEON', '128-bit vectors'];

const LABELS: Readonly<Record<string, string>> = {
  tutti: 'tutti',
  'tutti-wasm': 'on WebAssembly',
  'tutti-strict': 'strict',
  'tutti-node22': 'on Node 22',
  'tutti-node24': 'on Node 24',
  'tutti-node26': 'on Node 26',
  'jax-vmap': 'JAX `jit(vmap)`',
  jax: 'JAX `jit`',
  'jax-pmap': 'JAX `pmap`',
  'torch-batched': 'PyTorch batched',
  torch: 'PyTorch',
  'torch-processes': 'PyTorch, a process a thread',
  sklearn: 'scikit-learn',
  'jax-js': 'jax-js',
  'tfjs-node': 'tfjs-node',
};

/** README.md and docs/reference/benchmark.md as the kept results have them, by their files; as they are without any. */
export function benchmarkPages(): ReadonlyMap<string, string> {
  const results = keptResults();
  const bodies = { 'README.md': shortTables(results), 'docs/reference/benchmark.md': fullTables(results) };
  return new Map(
    Object.entries(bodies).map(([path, body]) => {
      const file = fileURLToPath(new URL(path, ROOT));
      const page = readFileSync(file, 'utf8');
      return [file, results.length === 0 ? page : withSection(page, 'benchmark', body)];
    }),
  );
}

/** Those with the widest vectors first. */
function keptResults(): Result[] {
  if (!existsSync(RESULTS)) return [];
  return readdirSync(RESULTS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')) as Result)
    .sort((a, b) => CLASSES.indexOf(a.settings.processorClass) - CLASSES.indexOf(b.settings.processorClass));
}

/** For README.md: a short table for each result. */
export function shortTables(results: readonly Result[]): string {
  return results
    .map((result) => {
      const lines = result.workloads.map((workload) => {
        const rows = result.rows.filter((row) => row.workload === workload.name);
        return [
          shapeOf(workload),
          speedOf(rows, ['tutti']),
          speedOf(rows, ['tutti-wasm']),
          speedOf(rows, ['jax', 'jax-vmap', 'jax-pmap']),
          speedOf(rows, ['torch', 'torch-batched', 'torch-processes']),
          times(rows.find((row) => row.contender === 'tutti')?.toFastestPeer ?? null),
        ];
      });
      const columns = ['members per second', 'tutti', 'on WebAssembly', 'JAX', 'PyTorch', 'to the fastest'];
      return [`${titleOf(result)}:`, table(columns, lines), besides(result)].join('\n\n').trimEnd();
    })
    .join('\n\n');
}

/** What else README.md says of a result, in a sentence for each. */
function besides({ cold, predict, latency, settings }: Result): string {
  const sentences: string[] = [];
  const start = cold.find((row) => row.contender === 'tutti');
  if (start?.toTorchBatched) {
    const [own, other] = [start.seconds.median, start.seconds.median * start.toTorchBatched].map(figure);
    sentences.push(
      `From a cold start, process and all, 16 members on the digits take ${own} s, with batched PyTorch ${other} s.`,
    );
  }
  const many = predict.filter((row) => row.contender === 'tutti' && row.toFastestPeer !== null);
  if (many.length > 0) {
    const ratios = many.map((row) => `${times(row.toFastestPeer)} (${row.workload})`).join(', ');
    sentences.push(
      `Predicting many rows on ${settings.threads} threads, to the fastest of ONNX Runtime and PyTorch: ${ratios}.`,
    );
  }
  const rows = ['tutti', 'onnxruntime-node'].map((name) =>
    latency.filter((row) => row.contender === name).map((row) => figure(row.handler!.p50.median)),
  );
  if (rows[0]!.length > 0 && rows[1]!.length > 0) {
    const names = latency.filter((row) => row.contender === 'tutti').map((row) => row.workload);
    sentences.push(
      `One row in a server's request handler (${names.join(', ')}): ${rows[0]!.join(', ')} µs; ONNX Runtime ${rows[1]!.join(', ')} µs.`,
    );
  }
  return sentences.join('\n');
}

/** For docs/reference/benchmark.md: everything that was measured. */
export function fullTables(results: readonly Result[]): string {
  return results
    .map((result) =>
      [
        `### ${result.settings.processorClass}\n\n${titleOf(result)}; ${conditionsOf(result)}`,
        part('Members per second', steadyTable(result)),
        part('Rows per second of a prediction', predictTable(result)),
        part('One row, µs', latencyTable(result.latency)),
        part('Whole trainings, against a native product of 1024³', peakTable(result)),
        part('Threads', threadsTable(result)),
        part('From a cold start, process and all', coldTable(result)),
      ]
        .filter((text) => text !== '')
        .join('\n\n'),
    )
    .join('\n\n');
}

/** A page with what lies between the marks of a section written anew. @throws Error when it has no such marks. */
export function withSection(page: string, name: string, body: string, writer = 'benchmark-tables'): string {
  const [begin, end] = [`<!-- ${name}: written by scripts/${writer}.ts -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`Expected the page to have ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${body}\n\n${page.slice(to)}`;
}

function part(title: string, body: string): string {
  return body === '' ? '' : `${title}:\n\n${body}`;
}

function titleOf({ machine, settings }: Result): string {
  const held = settings.isa === 'best' ? '' : ', everyone held to AVX2';
  return `${machine.cpu} with ${settings.isa === 'best' ? settings.processorClass : 'AVX-512'}${held}`;
}

function conditionsOf({ machine, settings, versions, date, commit }: Result): string {
  const libraries = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${settings.threads} threads on ${machine.cores} cores, Node ${machine.node}, medians of ${settings.rounds} interleaved`,
    `rounds, ${date.slice(0, 10)}, commit ${commit?.slice(0, 8) ?? 'unknown'}, load ${machine.loadBefore.toFixed(2)} before`,
    `the run; ${libraries.join(', ')}.`,
  ].join('\n');
}

function shapeOf({ name, sizes, convolutions = [] }: Workload): string {
  const blocks = convolutions.map((filters) => `conv ${filters}→`).join('');
  return `${name} ${sizes[0]}→${blocks}${sizes.slice(1).join('→')}`;
}

/** The fastest of some contenders. */
function speedOf(rows: readonly SteadyRow[], contenders: readonly string[]): string {
  const speeds = rows
    .filter((row) => contenders.includes(row.contender))
    .map((row) => row.membersPerSecond.median);
  return speeds.length === 0 ? '–' : figure(Math.max(...speeds));
}

function steadyTable({ rows, workloads }: Result): string {
  if (rows.length === 0) return '';
  const contenders = Object.keys(LABELS).filter((name) => rows.some((row) => row.contender === name));
  const lines = workloads.map((workload) => {
    const own = rows.filter((row) => row.workload === workload.name);
    const ratio = (contender: string) =>
      times(own.find((row) => row.contender === contender)?.toFastestPeer ?? null);
    return [
      shapeOf(workload),
      ...contenders.map((contender) => speedOf(own, [contender])),
      ratio('tutti'),
      ratio('tutti-wasm'),
    ];
  });
  const names = contenders.map((contender) => LABELS[contender]!);
  return table(['workload', ...names, 'tutti to the fastest peer', 'WebAssembly to it'], lines);
}

function predictTable({ predict }: Result): string {
  const lines = predict.map((row) => [
    `${row.workload}, ${row.members} members`,
    row.contender,
    figure(row.rowsPerSecond.median),
    times(row.toFastestPeer),
    row.variant ?? '',
  ]);
  return table(['ensemble', 'contender', 'rows/s', 'to the fastest peer', 'fastest way'], lines);
}

function latencyTable(rows: readonly LatencyRow[]): string {
  const cell = (latency: LatencyRow['handler']) =>
    latency === null ? '–' : `${figure(latency.p50.median)} / ${figure(latency.p99.median)}`;
  const lines = rows.map((row) => [
    `${row.workload}, ${row.members} members`,
    row.contender,
    cell(row.handler),
    cell(row.request),
    cell(row.inARow),
    row.variant ?? '',
  ]);
  const columns = ['ensemble', 'contender', 'in the handler', 'the request', 'without a server', 'how'];
  return table(
    columns.map((name, at) => (at > 1 && at < 5 ? `${name}, p50 / p99` : name)),
    lines,
  );
}

function peakTable({ peak }: Result): string {
  const lines = peak.map((row) => [
    row.workload,
    row.contender,
    String(row.threads),
    figure(row.gflops.median),
    percent(row.shareOfNative),
  ]);
  return table(['workload', 'contender', 'threads', 'GFLOP/s', 'share'], lines);
}

function threadsTable({ threads }: Result): string {
  const lines = threads.map((row) => [
    row.workload,
    String(row.threads),
    figure(row.membersPerSecond.median),
    times(row.speedup),
  ]);
  return table(['workload', 'threads', 'members/s', 'to one thread'], lines);
}

function coldTable({ cold }: Result): string {
  const lines = cold.map((row) => [row.contender, figure(row.seconds.median), times(row.toTorchBatched)]);
  return table(['contender', 'seconds', 'faster than batched PyTorch'], lines);
}
