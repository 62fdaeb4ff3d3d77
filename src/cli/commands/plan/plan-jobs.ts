// Job files of a plan that `tutti plan` has just written: a member of each kind is trained to see how long it takes, unless the
// members of a task are counted, and what is left is cut into tasks.

import { relative, resolve } from 'node:path';
import type { Dataset } from '../../../data/dataset/dataset.js';
import { installedFile } from '../../../installed.js';
import type { ResolvedJobOptions } from '../../../plan-folder/job-files/job-options.js';
import { SCHEDULERS } from '../../../plan-folder/job-files/schedulers.js';
import { type WrittenJob, writeJobFiles } from '../../../plan-folder/job-files/write-job-files.js';
import { openPlan } from '../../../plan-folder/open-plan.js';
import { modulesInFolder } from '../../../plan-folder/planned-modules.js';
import { type PlanSummary, readPlan } from '../../../plan-folder/read-plan.js';
import { trainPlanned } from '../../../plan-folder/train-planned.js';
import { createPool } from '../../../pool/pool.js';
import { counted, duration } from '../../../report/words.js';
import type { PoolFlags } from '../../options/pool-flags.js';
import { endWithProcess } from '../../terminal/ending.js';
import { listenForInterrupt } from '../../terminal/interrupt.js';
import { createProgressDisplay } from '../../terminal/progress.js';
import { note } from '../../terminal/terminal.js';
import { unchangedModules } from './plan-modules.js';

export interface JobSurroundings extends Pick<PoolFlags, 'isolate'> {
  readonly folder: string;
  readonly dataset: Dataset;
  readonly quiet: boolean;
}

/** @returns what was written, or that a signal ended it: then there are no files, and the plan stays. */
export async function writeJobs(
  { plan, hash }: Pick<PlanSummary, 'plan' | 'hash'>,
  options: ResolvedJobOptions,
  { folder, dataset, isolate, quiet }: JobSurroundings,
): Promise<WrittenJob | { readonly status: number }> {
  const opened = await openPlan(folder);
  // What a plan was just made of is there as it was, unless somebody is at it.
  const made = unchangedModules(opened, process.cwd());
  const modules = modulesInFolder(opened).map(({ path, hash }) => ({
    copy: relative(folder, path),
    original: resolve(made.find((own) => own.hash === hash)?.path ?? path),
  }));
  const allowModules = made.map(({ path }) => path);
  const display = await createProgressDisplay(quiet);
  const interrupt = listenForInterrupt(() => display.stop());
  const script = installedFile('dist/bin/tutti.js');
  try {
    const planned = {
      ...{ folder, plan, hash, dataset, modules },
      program: script === null ? null : ([process.execPath, script] as const),
      settled: async () => (await readPlan(folder)).settled,
    };
    const train: Parameters<typeof writeJobFiles>[0]['train'] = (members, { onProgress, ...watch }) => {
      if (!quiet) note('Training a member on one thread to see how long it takes');
      // A pool of its own: how long the others take follows from one thread.
      const runner = endWithProcess(createPool({ threads: 1, ...(isolate && { isolate }) }));
      return trainPlanned(folder, {
        ...{ members, runner, allowModules },
        ...watch,
        onProgress: (progress) => {
          onProgress(progress);
          if (!interrupt.signal.aborted) display.update(progress);
        },
      }).finally(() => runner.destroy());
    };
    return await writeJobFiles({ ...planned, train }, options, interrupt.signal);
  } catch (error) {
    const status = interrupt.status();
    if (status === null || error !== interrupt.signal.reason) throw error;
    if (!quiet) note(`Stopped: the plan is in ${folder}, without job files`);
    return { status };
  } finally {
    display.stop();
    interrupt.release();
  }
}

/** What was written, and what to type next. @param collecting the command that ends it all */
export function jobLines(
  { job, files, commands }: WrittenJob,
  { scheduler }: ResolvedJobOptions,
  collecting: string,
): string[] {
  if (files === null) return [`Nothing is left to train, so no job files were written: ${collecting}`];
  const { parts, partMs, threads } = job;
  const members = parts.reduce((sum, part) => sum + part.members.length, 0);
  const about = partMs === null ? '' : `, the longest about ${duration(partMs)}`;
  return [
    `Wrote ${files} for ${SCHEDULERS[scheduler].says}: ${counted(members, 'member')} in ${counted(parts.length, 'task')} on ${counted(threads, 'thread')} each${about}`,
    'To train and collect them:',
    ...[...commands, collecting].map((command) => `  ${command}`),
  ];
}

/** The same for `--json`. */
export function jobJson({ job, files, commands }: WrittenJob, { scheduler }: ResolvedJobOptions): object {
  const { parts, threads, partMs, memoryBytes } = job;
  return { scheduler, files, tasks: parts.length, threads, longestMs: partMs, memoryBytes, commands };
}
