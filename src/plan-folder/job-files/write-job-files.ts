// Job files of a plan: what is left of it is cut into parts, by a trial where that is wanted, and written as a scheduler takes it.

import { chmod } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Dataset } from '../../data/dataset/dataset.js';
import { engineOf } from '../../engines/registry.js';
import { TuttiError } from '../../errors.js';
import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { makeFolder } from '../../files/folder.js';
import type { EnsemblePlan } from '../../model/spec.js';
import { JOBS_FOLDER, type Job, type JobFile } from './job.js';
import type { ResolvedJobOptions } from './job-options.js';
import { longestPart, partsOfMembers, partsOfTime } from './parts.js';
import { type PlannedPiece, plannedPieces, pricedPieces, trialPieces } from './pieces.js';
import { SCHEDULERS } from './schedulers.js';
import { measurePiece, type TrainTrial } from './trial.js';

/** What of the planning process goes into the files. */
export interface Planned {
  /** The plan's folder. */
  readonly folder: string;
  readonly plan: EnsemblePlan;
  /** SHA-256 of the plan. */
  readonly hash: string;
  readonly dataset: Dataset;
  readonly program: Job['program'];
  readonly modules: Job['modules'];
  /** Members there are results of. Asked again once the trial has made some. */
  settled(): Promise<readonly number[]>;
  readonly train: TrainTrial;
}

/** What was written. */
export interface WrittenJob {
  readonly job: Job;
  /** Of the job files; null where nothing is left to train, and so nothing was written. */
  readonly files: string | null;
  /** Commands to type next. */
  readonly commands: readonly string[];
}

/** A minute shows the pace of anything that is worth many machines. */
const ENOUGH_MS = 60_000;
const MIB = 2 ** 20;
/** What Node.js and tutti take before they have a dataset, and what nobody should do with less than. */
const LEAST_BYTES = 512 * MIB;
/** Beyond what this process has taken by now: a thread's own heap, and a network's parameters, moments, gradients and batches. */
const BYTES_PER_THREAD = 64 * MIB;
const COPIES_OF_WEIGHTS = 8;

/**
 * Writes the files into `jobs/SCHEDULER` of the plan's folder, in place of those that are there.
 * @throws ERR_OPTION, ERR_FILE; whatever the trial throws
 */
export async function writeJobFiles(
  planned: Planned,
  options: ResolvedJobOptions,
  signal?: AbortSignal,
): Promise<WrittenJob> {
  const { folder, plan, dataset, hash } = planned;
  const { scheduler, threads, atOnce, image, taskMs, membersPerTask } = options;
  SCHEDULERS[scheduler].checkFolder?.(resolve(folder));
  const settledBefore = new Set(await planned.settled());
  const before = plannedPieces(plan, dataset, (member) => !settledBefore.has(member));
  const costs = taskMs === null ? null : await measured(before, planned.train, taskMs, signal);
  const settled = new Set(await planned.settled());
  const left = before.filter(({ members }) => !members.every((member) => settled.has(member)));
  const pieces = pricedPieces(left, costs ?? new Map());
  const parts =
    taskMs === null ? partsOfMembers(pieces, membersPerTask!) : partsOfTime(pieces, taskMs, threads);
  const job: Job = {
    name: `tutti-${hash.slice(0, 10)}`,
    folder: resolve(folder),
    ...{
      parts,
      threads,
      atOnce,
      image,
      program: planned.program,
      modules: planned.modules,
    },
    partMs: costs === null || parts.length === 0 ? null : longestPart(parts, pieces, threads),
    memoryBytes: memoryOf(plan, dataset, threads),
  };
  if (parts.length === 0) return { job, files: null, commands: [] };
  const files = join(folder, JOBS_FOLDER, scheduler);
  await write(files, SCHEDULERS[scheduler].files(job));
  return { job, files, commands: SCHEDULERS[scheduler].commands(job, files) };
}

async function measured(
  pieces: readonly PlannedPiece[],
  train: TrainTrial,
  taskMs: number,
  signal: AbortSignal | undefined,
): Promise<Map<string, number>> {
  const costs = new Map<string, number>();
  const limits = { enoughMs: Math.min(ENOUGH_MS, taskMs), mostMs: taskMs };
  for (const piece of trialPieces(pieces))
    costs.set(piece.kind, await measurePiece(piece, train, limits, signal));
  return costs;
}

/** As this process has read the data file, which tasks need not, it is no less than what they take. */
function memoryOf({ members }: EnsemblePlan, { features, task, rows }: Dataset, threads: number): number {
  const weights = Math.max(
    ...members.map((spec) => engineOf(spec).weightsLength(spec, features, task, rows) ?? 0),
  );
  const { maxRSS } = process.resourceUsage();
  const bytes = 1024 * maxRSS + threads * (BYTES_PER_THREAD + 4 * COPIES_OF_WEIGHTS * weights);
  return MIB * 128 * Math.ceil(Math.max(LEAST_BYTES, bytes) / (MIB * 128));
}

async function write(folder: string, files: readonly JobFile[]): Promise<void> {
  try {
    for (const { name, text, runs } of files) {
      const path = join(folder, name);
      await makeFolder(dirname(path));
      await writeAtomically(path, (file) => writeAll(file, Buffer.from(text)));
      if (runs) await chmod(path, 0o755);
    }
  } catch (error) {
    if (error instanceof TuttiError) throw error;
    throw new TuttiError(
      'ERR_FILE',
      `Cannot write ${folder}: ${(error as Error).message}`,
      { path: folder },
      error,
    );
  }
}
