// `npm run bench`: runs the chosen measures one after the other and writes JSON and Markdown. The result is
// written after every step, so an interrupted run keeps what it has. docs/reference/benchmark.md says how to read it.

import { writeFileSync } from 'node:fs';
import { processorClass } from './instruction-set.js';
import { commit, describeMachine } from './machine.js';
import { measureCold } from './measures/cold.js';
import { measureLatency } from './measures/latency.js';
import { measureMemory } from './measures/memory.js';
import { measurePeak } from './measures/peak.js';
import { measurePredict } from './measures/predict.js';
import { measureResident } from './measures/resident.js';
import { measureScaling } from './measures/scaling.js';
import { measureStart } from './measures/start.js';
import { measureSteady } from './measures/steady.js';
import { measureTechniques } from './measures/techniques.js';
import { measureThreads } from './measures/threads.js';
import { measureTile } from './measures/tile.js';
import { type CommandLine, type Measure, parseCommandLine, USAGE } from './options.js';
import { type BenchResult, toMarkdown } from './report.js';
import { Session } from './session.js';
import type { Workload } from './workloads.js';

/** Dense ensembles small enough to be served. */
const PREDICTED = ['W1', 'W2', 'W3'];

const options = readOptions();
const session = new Session(options);
const result: BenchResult = {
  date: new Date().toISOString(),
  commit: commit(),
  machine: describeMachine(),
  versions: session.versions,
  settings: {
    rounds: options.rounds,
    minSeconds: options.minSeconds,
    threads: options.threads,
    isa: options.isa,
    processorClass: processorClass(options.isa),
    quick: options.quick,
  },
  workloads: options.workloads,
  rows: [],
  cold: [],
  start: [],
  threads: [],
  scaling: [],
  memory: [],
  resident: [],
  predict: [],
  latency: [],
  peak: [],
  tile: [],
  techniques: [],
  leftOut: session.leftOut,
};

process.once('exit', () => session.close());
process.once('SIGINT', () => process.exit(130));
for (const measure of options.measures) {
  session.log(measure);
  await run(measure);
}
process.stdout.write(toMarkdown(result));

async function run(measure: Measure): Promise<void> {
  switch (measure) {
    case 'cold':
      return keep(result.cold, await measureCold(session));
    case 'start':
      return keep(result.start, await measureStart(session));
    case 'scaling':
      return keep(result.scaling, await measureScaling(session));
    case 'memory':
      return keep(result.memory, await measureMemory(session));
    case 'resident':
      return keep(result.resident, await measureResident(session));
    case 'peak':
      keep(result.tile, await measureTile(session));
  }
  for (const workload of workloadsOf(measure)) {
    if (measure === 'steady') keep(result.rows, await measureSteady(session, workload));
    else if (measure === 'threads') keep(result.threads, await measureThreads(session, workload));
    else if (measure === 'predict') keep(result.predict, await measurePredict(session, workload));
    else if (measure === 'latency') keep(result.latency, await measureLatency(session, workload));
    else if (measure === 'techniques') keep(result.techniques, await measureTechniques(session, workload));
    else keep(result.peak, await measurePeak(session, workload));
  }
}

/** Those of {@link PREDICTED} among the chosen for what is measured of predictions, else all of them. */
function workloadsOf(measure: Measure): readonly Workload[] {
  const predicts = measure === 'predict' || measure === 'latency';
  return options.workloads.filter(({ name }) => !predicts || PREDICTED.includes(name));
}

/** Adds rows to the result and writes what there is so far. */
function keep<Row>(rows: Row[], more: readonly Row[]): void {
  rows.push(...more);
  if (options.out === undefined) return;
  writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(options.out.replace(/(\.json)?$/, '.md'), toMarkdown(result));
}

function readOptions(): CommandLine {
  try {
    const parsed = parseCommandLine(process.argv.slice(2));
    if (parsed !== null) return parsed;
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}
