// The run's result as one JSON object and as Markdown tables; README's table is the first of them.

import type { InstructionSet, ProcessorClass } from './instruction-set.js';
import type { Machine } from './machine.js';
import {
  coldTable,
  latencyTable,
  memoryTable,
  peakTable,
  predictTable,
  residentTable,
  scalingTable,
  startTable,
  steadyTables,
  techniquesTable,
  threadsTable,
  tileTable,
} from './measure-tables.js';
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
import type { Workload } from './workloads.js';

export interface BenchSettings {
  readonly rounds: number;
  readonly minSeconds: number;
  readonly threads: number;
  readonly isa: InstructionSet;
  /** Of the machine, or what it was held to. */
  readonly processorClass: ProcessorClass;
  /** A try, whose figures say nothing. */
  readonly quick: boolean;
}

export interface BenchResult {
  readonly date: string;
  readonly commit: string | null;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: BenchSettings;
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
    section('Members per second, steady state', steadyTables(result.rows, result.workloads)),
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
    ...(settings.quick ? ['**A try: the figures say nothing.**', ''] : []),
    `${settings.processorClass}${settings.isa === 'best' ? '' : ` (held to ${settings.isa})`}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; Node ${machine.node}.`,
    ...(list.length === 0 ? [] : [`${list.join(', ')}.`]),
    `Commit ${commit ?? 'unknown'}, ${date}; load before the run ${machine.loadBefore.toFixed(2)}.`,
    ...(machine.loadBefore > QUIET_LOAD
      ? ['', '**The machine was busy when the run began: run it again.**', '']
      : []),
    `Medians of ${settings.rounds} interleaved rounds (min–max), ${settings.threads} threads, each sample at least ${settings.minSeconds} s of work.`,
  ].join('\n');
}
