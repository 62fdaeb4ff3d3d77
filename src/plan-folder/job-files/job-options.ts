// How a plan is to be run by a scheduler, as its caller says it.

import { failOption } from '../../errors.js';
import {
  described,
  failChoice,
  type OptionTable,
  type OptionUses,
  option,
  requireUses,
} from '../../option-names.js';
import { SCHEDULERS, type SchedulerName } from './schedulers.js';

/** What job files are to be like. */
export interface JobOptions {
  readonly scheduler: SchedulerName;
  /** Minutes that a task is to take; a member that takes longer is a task of its own. @default 10 */
  readonly taskMinutes?: number | undefined;
  /** Members of a task, in place of those that take its minutes; what is trained together stays so. */
  readonly membersPerTask?: number | undefined;
  /** Threads of a task. @default the scheduler's */
  readonly taskThreads?: number | undefined;
  /** Tasks that may run at once. @default as many as there is room for */
  readonly atOnce?: number | undefined;
  /** The image of containers. */
  readonly containerImage?: string | undefined;
}

const MINUTES = 10;

export const JOB_OPTIONS = {
  taskMinutes: described(
    option.number('a number > 0', (value) => value > 0),
    {
      kind: 'number',
      says: 'minutes that a task is to take, by how long the first member took; one that takes longer is a task of its own',
      default: MINUTES,
    },
  ),
  membersPerTask: described(option.integer(1), {
    kind: 'number',
    says: 'members of a task, in place of those that take its minutes; then none is measured',
    defaultSays: 'by `taskMinutes`',
  }),
  taskThreads: described(option.integer(1), {
    kind: 'number',
    says: 'threads of a task, and so the cores that it asks for',
    defaultSays: Object.entries(SCHEDULERS)
      .map(([name, { threads }]) => `${threads} for ${name}`)
      .join(', '),
  }),
  atOnce: described(option.integer(1), {
    kind: 'number',
    says: 'tasks that may run at once',
    defaultSays: 'as many as there is room for',
  }),
  containerImage: described(
    {
      expected: 'the name of an image that has tutti',
      holds: (value) => typeof value === 'string' && /^[^\s"]+$/.test(value),
    },
    { kind: 'text', says: 'the image of containers, which has `tutti`', range: null },
  ),
} satisfies OptionTable<Omit<JobOptions, 'scheduler'>>;

const USES: OptionUses<JobOptions> = {
  taskMinutes: {
    says: '`membersPerTask` is absent',
    holds: ({ membersPerTask }) => membersPerTask === undefined,
  },
  containerImage: {
    says: 'the job is for kubernetes',
    holds: ({ scheduler }) => SCHEDULERS[scheduler]?.containers === true,
  },
};

/** Checked, with the scheduler's defaults. */
export interface ResolvedJobOptions {
  readonly scheduler: SchedulerName;
  /** Null where members of a task are counted. */
  readonly taskMs: number | null;
  readonly membersPerTask: number | null;
  readonly threads: number;
  readonly atOnce: number | null;
  readonly image: string | null;
}

/** @throws ERR_OPTION */
export function resolveJobOptions(options: JobOptions): ResolvedJobOptions {
  const {
    scheduler,
    taskMinutes = MINUTES,
    membersPerTask,
    taskThreads,
    atOnce,
    containerImage: image,
  } = options;
  if (!Object.hasOwn(SCHEDULERS, scheduler)) failChoice('for', Object.keys(SCHEDULERS), scheduler);
  for (const [name, { expected, holds }] of Object.entries(JOB_OPTIONS)) {
    const value = (options as unknown as Record<string, unknown>)[name];
    if (value !== undefined && !holds(value)) failOption(name, expected, value);
  }
  requireUses(options, USES);
  const { containers, threads } = SCHEDULERS[scheduler];
  if (containers && image === undefined)
    failOption(
      'containerImage',
      'the name of an image that has tutti, such as registry.example/tutti:1',
      undefined,
    );
  return {
    scheduler,
    taskMs: membersPerTask === undefined ? taskMinutes * 60_000 : null,
    membersPerTask: membersPerTask ?? null,
    threads: taskThreads ?? threads,
    atOnce: atOnce ?? null,
    image: image ?? null,
  };
}
