// One table for each measure of the benchmark.

import { NATIVES } from './contenders.js';
import { percent, range, table, times } from './markdown.js';
import type { ColdRow } from './measures/cold.js';
import type { Latency, LatencyRow } from './measures/latency.js';
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
import { describeWorkload, type Workload } from './workloads.js';

export function steadyTables(rows: readonly SteadyRow[], workloads: readonly Workload[]): string {
  const columns = [
    'contender',
    'members/s',
    'to the fastest peer',
    'processor ms/member',
    'least of peers to it',
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
        withVariant(row),
        range(row.membersPerSecond),
        times(row.toFastestPeer),
        range(row.processorMs),
        times(row.processorToPeers),
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

export function coldTable(rows: readonly ColdRow[]): string {
  const lines = rows.map(({ job, contender, seconds, toTorchBatched }) => [
    job,
    contender,
    range(seconds),
    times(toTorchBatched),
  ]);
  return table(['job', 'contender', 'seconds', 'faster than batched PyTorch'], lines);
}

export function startTable(rows: readonly StartRow[]): string {
  const lines = rows.map(({ what, contender, processorMs, beyondNodeMs }) => [
    what,
    contender,
    range(processorMs),
    range(beyondNodeMs),
  ]);
  return table(['start', 'contender', 'processor ms', 'ms beyond Node.js itself'], lines);
}

export function threadsTable(rows: readonly ThreadsRow[]): string {
  const lines = rows.map((row) => [
    row.workload,
    String(row.threads),
    range(row.membersPerSecond),
    `${row.speedup.toFixed(2)}×`,
  ]);
  return table(['workload', 'threads', 'members/s', 'to one thread'], lines);
}

export function techniquesTable(rows: readonly TechniqueRow[]): string {
  const lines = rows.map((row) => [
    row.workload,
    row.technique,
    range(row.membersPerSecond),
    `${row.cost.toFixed(2)}×`,
  ]);
  return table(['workload', 'technique', 'members/s', 'time to plain'], lines);
}

export function scalingTable(rows: readonly ScalingRow[]): string {
  const lines = rows.map(({ axis, values, seconds, slope, slopeToWork }) => [
    axis,
    values.join(', '),
    seconds.map((value) => value.toPrecision(3)).join(', '),
    slope.toFixed(3),
    slopeToWork.toFixed(3),
  ]);
  return table(['axis', 'values', 'seconds', 'log-log slope', 'slope to multiply-adds'], lines);
}

export function memoryTable(rows: readonly MemoryRow[]): string {
  const lines = rows.map(({ contender, members, peakBytes, bytesPerMember, weightBytes }) => [
    contender,
    members.join(', '),
    peakBytes.map(mib).join(', '),
    mib(bytesPerMember),
    mib(weightBytes),
  ]);
  return table(['contender', 'members', 'peak MiB', 'MiB per further member', 'MiB of its weights'], lines);
}

export function residentTable(rows: readonly ResidentRow[]): string {
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

export function predictTable(rows: readonly PredictRow[]): string {
  const lines = rows.map((row) => [
    `${row.workload}, ${row.members} members`,
    String(row.rows),
    withVariant(row),
    range(row.rowsPerSecond),
    times(row.toFastestPeer),
    range(row.rowsPerProcessorSecond),
  ]);
  const columns = ['ensemble', 'rows', 'contender', 'rows/s', 'to the fastest peer', 'rows/processor s'];
  return table(columns, lines);
}

/** A contender, and which of several ways it took. */
function withVariant({ contender, variant }: { contender: string; variant: string | null }): string {
  return variant === null ? contender : `${contender} (${variant})`;
}

export function latencyTable(rows: readonly LatencyRow[]): string {
  const both = (latency: Latency | null) =>
    latency === null ? ['', ''] : [range(latency.p50), range(latency.p99)];
  const lines = rows.map((row) => [
    `${row.workload}, ${row.members} members`,
    withVariant(row),
    ...both(row.handler),
    ...both(row.request),
    ...both(row.inARow),
    row.processorMicroseconds === null ? '' : range(row.processorMicroseconds),
  ]);
  const columns = ['handler', 'request', 'in a row'].flatMap((what) => [`${what} p50 µs`, `${what} p99 µs`]);
  return table(['ensemble', 'contender', ...columns, 'processor µs a request'], lines);
}

export function peakTable(rows: readonly PeakRow[]): string {
  const lines = rows.map((row) => [
    row.workload,
    row.contender,
    String(row.threads),
    range(row.gflops),
    percent(row.shareOfNative),
  ]);
  return table(['workload', 'contender', 'threads', 'GFLOP/s', 'share of native'], lines);
}

export function tileTable(rows: readonly TileRow[]): string {
  const lines = rows
    .filter((row) => !NATIVES.includes(row.contender))
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
