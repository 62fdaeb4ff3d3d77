// The options of job files: for whom they are written, and how much of a plan is a task.

import { pickOptions, requireUses } from '../../option-names.js';
import {
  JOB_OPTIONS,
  type JobOptions,
  type ResolvedJobOptions,
  resolveJobOptions,
} from '../../plan-folder/job-files/job-options.js';
import { SCHEDULERS } from '../../plan-folder/job-files/schedulers.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const jobs = rowsIn('jobs');

const OTHERS: readonly OptionRow[] = [
  jobs.of(JOB_OPTIONS, 'taskMinutes', { argument: 'm', common: true }),
  jobs.of(JOB_OPTIONS, 'membersPerTask', { argument: 'n' }),
  jobs.of(JOB_OPTIONS, 'taskThreads', { argument: 'n' }),
  jobs.of(JOB_OPTIONS, 'atOnce', { argument: 'n' }),
  jobs.of(JOB_OPTIONS, 'containerImage', { argument: 'name' }),
];

export const JOB_ROWS: readonly OptionRow[] = [
  jobs.choice('for', Object.keys(SCHEDULERS), 'write job files too, into the folder’s jobs', {
    defaultText: 'none',
    common: true,
  }),
  ...OTHERS,
];

/** Null where no job files are asked for. @throws ERR_OPTION */
export function jobFlagsOf(given: GivenOptions): ResolvedJobOptions | null {
  const { for: scheduler } = given;
  const when = { says: '`for` is given', holds: () => scheduler !== undefined };
  requireUses(given, Object.fromEntries(OTHERS.map(({ name }) => [name, when])));
  if (scheduler === undefined) return null;
  const options = { ...pickOptions(given, JOB_OPTIONS), scheduler } as unknown as JobOptions;
  return resolveJobOptions(options);
}
