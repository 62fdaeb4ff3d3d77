// `tutti worker`: makes this machine a host of a cluster, until it is asked to end.

import { WORKER_OPTIONS, type WorkerOptions } from '../../cluster/worker/worker-options.js';
import { failOption } from '../../errors.js';
import { pickOptions } from '../../option-names.js';
import { CLUSTER_VARIABLE, takeSecret } from '../options/cluster-environment.js';
import { type CommandDefinition, type GivenOptions, QUIET_ROW } from '../options/command.js';
import { rowsIn } from '../options/rows.js';
import { QUEUE_ROWS } from '../options/training-place.js';
import { endWithProcess } from '../terminal/ending.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { note } from '../terminal/terminal.js';
import { workerLine } from '../text/worker-text.js';

const run = rowsIn('run');
const cluster = rowsIn('cluster');
const modules = rowsIn('modules');

/** How often it is looked whether it has been idle for long enough. */
const LOOK_MS = 200;

export const command: CommandDefinition = {
  arguments: [],
  options: [
    ...QUEUE_ROWS,
    run.of(WORKER_OPTIONS, 'threads', { short: 'j', argument: 'n', common: true }),
    cluster.of(WORKER_OPTIONS, 'name', { argument: 'name', common: true }),
    modules.of(WORKER_OPTIONS, 'modules', { kind: 'path', argument: 'folder', common: true }),
    modules.of(WORKER_OPTIONS, 'allowModules', { argument: 'sha256', aliases: ['allowModule'] }),
    modules.of(WORKER_OPTIONS, 'isolate'),
    cluster.of(WORKER_OPTIONS, 'store', { argument: 'address' }),
    cluster.of(WORKER_OPTIONS, 'cacheFolder', { kind: 'path', argument: 'folder' }),
    cluster.of(WORKER_OPTIONS, 'cacheBytes', { argument: 'n' }),
    cluster.of(WORKER_OPTIONS, 'grace', { argument: 's' }),
    cluster.of(WORKER_OPTIONS, 'lockSeconds', { argument: 's' }),
    cluster.number('exitWhenIdle', 'end after so many seconds without a task', {
      argument: 's',
      range: 'a number ≥ 0',
      defaultText: 'never',
    }),
    QUIET_ROW,
  ],
  examples: [
    'tutti worker --cluster redis://queue.example:6379 --secret-file secret',
    'tutti worker --cluster redis://queue.example:6379 --secret-file secret --threads 8 --modules learners',
    'TUTTI_CLUSTER=postgres://tutti:…@db.example/tutti tutti worker --secret-file secret --exit-when-idle 600',
  ],
  run: (_words, given) => work(given),
};

async function work(given: GivenOptions): Promise<number> {
  const idleMs = idleMsOf(given);
  const quiet = given.quiet === true;
  const options: WorkerOptions = {
    ...queueOf(given),
    ...pickOptions(given as Partial<WorkerOptions>, WORKER_OPTIONS),
    onEvent: (event) => {
      const line = quiet ? null : workerLine(event);
      if (line !== null) note(`${new Date().toISOString().slice(0, 19)}Z ${line}`);
    },
  };
  const { startWorker } = await import('../../cluster/worker/start-worker.js');
  let heard: () => void = () => {};
  const asked = new Promise<void>((resolve) => (heard = resolve));
  const interrupt = listenForInterrupt(() => heard());
  try {
    const worker = await startWorker(options);
    // For whoever asks twice.
    endWithProcess({ destroy: () => worker.close() });
    const timer = setInterval(() => {
      const { idleSinceMs } = worker;
      if (idleSinceMs !== null && performance.now() - idleSinceMs >= idleMs) heard();
    }, LOOK_MS);
    await asked;
    clearInterval(timer);
    await worker.drain();
    return 0;
  } finally {
    interrupt.release();
  }
}

/** @throws ERR_OPTION where no queue is named. */
function queueOf(given: GivenOptions): Pick<WorkerOptions, 'url' | 'secret' | 'secretFile' | 'ca'> {
  const { cluster: url = process.env[CLUSTER_VARIABLE], secretFile, clusterCa } = given;
  if (url === undefined || url === '') {
    const expected = `the URL of a queue, such as redis://host:6379, here or in ${CLUSTER_VARIABLE}`;
    return failOption('cluster', expected, undefined);
  }
  const file = secretFile === undefined ? undefined : String(secretFile);
  return {
    ...{ url: String(url), ...takeSecret(file) },
    ...(file === undefined ? {} : { secretFile: file }),
    ...(clusterCa === undefined ? {} : { ca: String(clusterCa) }),
  };
}

/** @throws ERR_OPTION */
function idleMsOf({ exitWhenIdle: seconds = Number.POSITIVE_INFINITY }: GivenOptions): number {
  if (typeof seconds === 'number' && seconds >= 0) return 1000 * seconds;
  return failOption('exitWhenIdle', 'a number of seconds ≥ 0', seconds);
}
