// The schedulers that job files are written for, by their names.

import type { Scheduler } from './job.js';
import { kubernetes } from './kubernetes.js';
import { shell } from './shell.js';
import { slurm } from './slurm.js';

export const SCHEDULERS = { slurm, kubernetes, shell } as const satisfies Readonly<Record<string, Scheduler>>;

export type SchedulerName = keyof typeof SCHEDULERS;
