// The run's result as one JSON object and as Markdown tables; README's table is the first of them.

import type { Machine } from './machine.js';
import type { ColdRow } from './measures/cold.js';
import type { LatencyRow } from './measures/latency.js';
import type { MemoryRow } from './measures/memory.js';
import type { PeakRow } from './measures/peak.js';
import type { PredictRow } from './measures/predict.js';
import type { ResidentRow } from './measures/resident.js';
import type { ScalingRow } from './measures/scaling.js';
import type { StartRow } from './measures/start.js';
import type { SteadyRow } from './measures/steady.js';
import type { TechniqueRow } from './measures/techniques.js';
import type { ThreadsRow } from './measures/threads.js';
import type { TileRow } from './measures/tile.js';
import type { LeftOut } from './session.js';
import type { Spread } from './statistics.js';
import { describeWorkload, type Workload } from './workloads.js';

export interface BenchResult {
  readonly date: string;
  readonly commit: string | null;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: { readonly rounds: number; readonly minSeconds: number; readonly threads: number };
  readonly workloads: readonly Workload[];
  readonly rows: SteadyRow[];
  readonly cold: ColdRow[];
  readonly start: StartRow[];
  readonly threads: ThreadsRow[];
  readonly techniques: TechniqueRow[];
  readonly scaling: ScalingRow[];
  readonly memory: MemoryRow[];
  readonly resident: ResidentRow[];
  readonly predict: PredictRow[];
  readonly latency: LatencyRow[];
  readonly peak: PeakRow[];
  readonly tile: TileRow[];
  readonly leftOut: readonly LeftOut[];
}

/** Above it others were computing, and the peers' thread teams suffer many times more than their share. */
const QUIET_LOAD = 0.5;

export function toMarkdown(result: BenchResult): string {
  return [
    heading(result),
    section('Members per second, steady state', steadyTables(result)),
    section('Cold, whole process', coldTable(result.cold)),
    section('Processor time of a start', startTable(result.start)),
    section('Threads', threadsTable(result.threads)),
    section('Techniques', techniquesTable(result.techniques)),
    section('Growth of the time', scalingTable(result.scaling)),
    section('Peak memory', memoryTable(result.memory)),
    section('Resident memory over many runs', residentTable(result.resident)),
    section('Prediction', predictTable(result.predict)),
    section('One row', latencyTable(result.latency)),
    section("Share of the machine's peak", peakTable(result.peak)),
    section('The tile in its real use, one thread', tileTable(result.tile)),
    section(
      'Left out',
      result.leftOut.map((one) => `- ${one.what}: ${one.contender}: ${one.reason}`).join('\n'),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function heading({ machine, commit, versions, settings, date }: BenchResult): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Benchmark',
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; Node ${machine.node}.`,
    ...(list.length === 0 ? [] : [`${list.join(', ')}.`]),
    `Commit ${commit ?? 'unknown'}, ${date}; load before the run ${machine.loadBefore.toFixed(2)}.`,
    ...(machine.loadBefore > QUIET_LOAD
      ? ['', '**The machine was busy when the run began: run it again.**', '']
      : []),
    `Medians of ${settings.rounds} interleaved rounds (min–max), ${settings.threads} threads, each sample at least ${settings.minSeconds} s of work.`,
  ].join('\n');
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}

function steadyTables({ rows, workloads }: BenchResult): string {
  const columns = [
    'contender',
    'members/s',
    'to the fastest peer',
    'final loss',
    'to peers',
    'start s',
    'prepare s',
    'compile s',
  ];
  const tables = workloads.map((workload) => {
    const lines = rows
      .filter((row) => row.workload === workload.name)
      .map((row) => [
        row.contender + (row.variant === null ? '' : ` (${row.variant})`),
        range(row.membersPerSecond),
        row.toFastestPeer === null ? '' : `${row.toFastestPeer.toFixed(2)}×`,
        row.finalLoss.toPrecision(4),
        row.lossToPeers === null ? '' : `${row.lossToPeers.toFixed(3)}${row.learned ? '' : ' **differs**'}`,
        row.startSeconds.toFixed(2),
        row.prepareSeconds.toFixed(2),
        row.compileSeconds === null ? '' : row.compileSeconds.toFixed(2),
      ]);
    return lines.length === 0 ? '' : `${describeWorkload(workload)}\n\n${table(columns, lines)}`;
  });
  return tables.filter((one) => one !== '').join('\n\n');
}

function coldTable(rows: readonly ColdRow[]): string {
  const lines = rows.map(({ job, contender, seconds, toTorchBatched }) => [
    job,
    contender,
    range(seconds),
    toTorchBatched === null ? '' : `${toTorchBatched.toFixed(2)}×`,
  ]);
  return table(['job', 'contender', 'seconds', 'faster than batched PyTorch'], lines);
}

function startTable(rows: readonly StartRow[]): string {
  const lines = rows.map(({ what, contender, processorMs, beyondNodeMs }) => [
    what,
    contender,
    range(processorMs),
    range(beyondNodeMs),
  ]);
  return table(['start', 'contender', 'processor ms', 'ms beyond Node.js itself'], lines);
}

function threadsTable(rows: readonly ThreadsRow[]): string {
  const lines = rows.map((row) => [
    row.workload,
    String(row.threads),
    range(row.membersPerSecond),
    `${row.speedup.toFixed(2)}×`,
  ]);
  return table(['workload', 'threads', 'members/s', 'to one thread'], lines);
}

function techniquesTable(rows: readonly TechniqueRow[]): string {
  const lines = rows.map((row) => [
    row.workload,
    row.technique,
    range(row.membersPerSecond),
    `${row.cost.toFixed(2)}×`,
  ]);
  return table(['workload', 'technique', 'members/s', 'time to plain'], lines);
}

function scalingTable(rows: readonly ScalingRow[]): string {
  const lines = rows.map(({ axis, values, seconds, slope, slopeToWork }) => [
    axis,
    values.join(', '),
    seconds.map((value) => value.toPrecision(3)).join(', '),
    slope.toFixed(3),
    slopeToWork.toFixed(3),
  ]);
  return table(['axis', 'values', 'seconds', 'log-log slope', 'slope to multiply-adds'], lines);
}

function memoryTable(rows: readonly MemoryRow[]): string {
  const lines = rows.map(({ contender, members, peakBytes, bytesPerMember, weightBytes }) => [
    contender,
    members.join(', '),
    peakBytes.map(mib).join(', '),
    mib(bytesPerMember),
    mib(weightBytes),
  ]);
  return table(['contender', 'members', 'peak MiB', 'MiB per further member', 'MiB of its weights'], lines);
}

function residentTable(rows: readonly ResidentRow[]): string {
  const lines = rows.map(({ series, times, contender, residentBytes }) => [
    `${times} ${series}`,
    contender,
    ...residentBytes.map(mib),
  ]);
  const marks = rows[0]?.marks.map((share) => `MiB at ${percent(share)}`) ?? [];
  return table(['in a row', 'contender', ...marks], lines);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function predictTable(rows: readonly PredictRow[]): string {
  const lines = rows.map((row) => [row.workload, row.contender, range(row.rowsPerSecond)]);
  return table(['workload', 'contender', 'rows/s'], lines);
}

function latencyTable(rows: readonly LatencyRow[]): string {
  const lines = rows.map(({ sizes, way, contender, processorMs, wallMs }) => [
    `16 × (${sizes.join('→')})`,
    way,
    contender,
    range(processorMs),
    range(wallMs),
  ]);
  return table(['ensemble', 'by', 'contender', 'processor ms', 'wall ms'], lines);
}

function peakTable(rows: readonly PeakRow[]): string {
  const lines = rows.map((row) => [
    row.workload,
    row.contender,
    String(row.threads),
    range(row.gflops),
    percent(row.shareOfNative),
  ]);
  return table(['workload', 'contender', 'threads', 'GFLOP/s', 'share of native'], lines);
}

function tileTable(rows: readonly TileRow[]): string {
  const lines = rows
    .filter((row) => row.contender !== 'native')
    .map((row) => [
      row.contender,
      row.kernel,
      `${row.batch} × ${row.inputs} × ${row.units}`,
      range(row.gflops),
      percent(row.shareOfNative),
      percent(row.shareOfNativeShape),
    ]);
  const columns = [
    'contender',
    'kernel',
    'batch × inputs × units',
    'GFLOP/s',
    'of native 1024³',
    'of native, same shape',
  ];
  return table(columns, lines);
}

function percent(share: number | null): string {
  return share === null ? '' : `${(100 * share).toFixed(0)} %`;
}

function range({ median, min, max }: Spread): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`;
}

/** Three significant digits, never in exponent form. */
function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
