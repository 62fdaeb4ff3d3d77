// What members are trained on: how many threads, and whether a user's modules are kept in processes.

import { availableParallelism } from 'node:os';
import { failOption } from '../../errors.js';
import { affordableThreads } from '../../machine/memory-limit.js';
import type { PoolOptions } from '../../pool/pool.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const run = rowsIn('run');

export const THREADS_ROW = run.number('threads', 'threads to train on', {
  short: 'j',
  argument: 'n',
  range: 'an integer ≥ 1',
  defaultText: `${availableParallelism()}, this machine's cores`,
  common: true,
});

export const ISOLATE_ROW = run.choice(
  'isolate',
  ['process'],
  'run your modules in processes of their own: one that crashes costs a retry',
  { defaultText: 'on threads' },
);

/** For the commands that train. */
export const POOL_ROWS: readonly OptionRow[] = [THREADS_ROW, ISOLATE_ROW];

/** For those that predict with a saved ensemble. */
export const PREDICTING_ISOLATE_ROW: OptionRow = {
  ...ISOLATE_ROW,
  group: 'ensemble',
  description: 'call learners in processes of their own: one that crashes costs an error',
};

/** As it is given. */
export interface PoolFlags {
  readonly threads?: number | undefined;
  readonly isolate?: 'process' | undefined;
}

export function poolFlagsOf({ threads, isolate }: GivenOptions): PoolFlags {
  return { threads: threads as number | undefined, isolate: isolate as 'process' | undefined };
}

/**
 * The options of a pool for so many runs: a thread without work would only cost its start. Unasked, there are no more
 * threads than memory allows.
 * @throws ERR_OPTION
 */
export function poolOptions({ threads, isolate }: PoolFlags, runs: number): PoolOptions {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    failOption('threads', 'an integer ≥ 1', threads);
  }
  return {
    threads: Math.max(1, Math.min(threads ?? affordableThreads(availableParallelism()), runs)),
    ...(isolate === undefined ? {} : { isolate }),
  };
}
