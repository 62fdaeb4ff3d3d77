// One run of the benchmark: its options, the contenders it may start, the rows on disk, what was left out
// and why. The measures are written against this and know nothing of options or files.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf, type Places } from './contenders.js';
import { writeModels } from './onnx/models.js';
import { ContenderProcess, type Exchanges } from './protocol.js';
import { type Workload, writeWorkload } from './workloads.js';

export interface BenchOptions extends Places {
  readonly workloads: readonly Workload[];
  /** Names, in the order of the tables. */
  readonly contenders: readonly string[];
  readonly threads: number;
  readonly rounds: number;
  /** A sample repeats a job until this much time has passed. */
  readonly minSeconds: number;
}

export interface LeftOut {
  readonly what: string;
  readonly contender: string;
  readonly reason: string;
}

/** A contender that came up and prepared a workload. */
export interface Entrant {
  readonly name: string;
  readonly threads: number;
  readonly workload: Workload;
  readonly process: ContenderProcess;
  /** From starting the process until its library was loaded. */
  readonly startSeconds: number;
  /** Reading the rows, compiling and warming up, including the trials of variants. */
  readonly prepareSeconds: number;
  readonly prepared: Exchanges['prepare']['answer'];
}

export class Session {
  readonly leftOut: LeftOut[] = [];
  readonly versions: Record<string, string> = {};
  readonly #folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));

  constructor(readonly options: BenchOptions) {}

  log(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Where a workload's rows are; written at its first use. The members, batch and epochs do not matter. */
  rowsOf(workload: Workload): string {
    const { task, rows, sizes } = workload;
    const folder = join(this.#folder, `${task}-${rows}-${sizes[0]}-${sizes.at(-1)}`);
    if (!existsSync(folder)) writeWorkload(workload, folder);
    return folder;
  }

  /** Where an ensemble of the workload's shape is as ONNX files; written at its first use. */
  modelsOf(workload: Workload): string {
    const { task, sizes, members } = workload;
    const folder = join(this.#folder, `models-${task}-${sizes.join('-')}-${members}`);
    if (!existsSync(folder)) writeModels(workload, folder);
    return folder;
  }

  /** A path in the run's temporary folder. */
  temporary(name: string): string {
    return join(this.#folder, name);
  }

  leaveOut(what: string, contender: string, reason: unknown): void {
    const text = reason instanceof Error ? reason.message : String(reason);
    this.leftOut.push({ what, contender, reason: text });
    this.log(`  ${what}: left out ${contender}: ${text}`);
  }

  /** Starts a contender's process, or notes why not. */
  async start(what: string, name: string, threads = this.options.threads): Promise<ContenderProcess | null> {
    const command = commandOf(name, threads, this.options);
    if (typeof command === 'string') {
      this.leaveOut(what, name, command);
      return null;
    }
    try {
      const started = await ContenderProcess.start(command);
      for (const [library, version] of Object.entries(started.greeting.versions)) {
        this.versions[name.startsWith('tutti-node') ? `${library} (${name})` : library] = version;
      }
      return started;
    } catch (error) {
      this.leaveOut(what, name, error);
      return null;
    }
  }

  /** Starts a contender and has it prepare a workload, or notes why not. */
  async enter(
    what: string,
    name: string,
    workload: Workload,
    threads?: number,
    frugal = false,
  ): Promise<Entrant | null> {
    const process = await this.start(what, name, threads);
    if (process === null) return null;
    const begun = performance.now();
    try {
      const prepared = await process.ask('prepare', { workload, folder: this.rowsOf(workload), frugal });
      const prepareSeconds = (performance.now() - begun) / 1000;
      const { startSeconds } = process;
      return {
        name,
        threads: threads ?? this.options.threads,
        workload,
        process,
        startSeconds,
        prepareSeconds,
        prepared,
      };
    } catch (error) {
      this.leaveOut(what, name, error);
      await process.stop();
      return null;
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Runs every entrant once a round, starting one further each round, so that a slow stretch of the machine
 * or a neighbour's heat falls on all of them. An entrant that fails drops out.
 *
 * @returns the samples of the entrants that finished every round, in the entrants' order
 */
export async function interleave<E extends { readonly name: string }, Sample>(
  entrants: readonly E[],
  rounds: number,
  run: (entrant: E, round: number) => Promise<Sample>,
  dropOut: (entrant: E, error: unknown) => void,
): Promise<Map<E, Sample[]>> {
  const samples = new Map<E, Sample[]>(entrants.map((entrant) => [entrant, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entrants.length; turn++) {
      const entrant = entrants[(turn + round) % entrants.length]!;
      const taken = samples.get(entrant);
      if (taken === undefined) continue;
      try {
        taken.push(await run(entrant, round));
      } catch (error) {
        samples.delete(entrant);
        dropOut(entrant, error);
      }
    }
  }
  return samples;
}
