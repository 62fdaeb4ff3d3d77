// Measures what the simulation counts with, on real servers, coordinators and hosts, and writes it down in figures.json: `node
// dist/scripts/cluster-simulation/measure.js`, after a build, where redis-server and PostgreSQL are installed. Processor time is
// measured, so that a busy machine gives about the same.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { commit, describeMachine } from '../bench/machine.js';
import { FIGURES_FILE, type Figures, type QueueFigures } from './figures.js';
import { measureCoordinator } from './measure-coordinator.js';
import { measureQueue, type QueueMeasured } from './measure-queue.js';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '3000' },
    members: { type: 'string', default: '1000' },
  },
});

/** Processors that PostgreSQL may use in the simulation: those of a small server. */
const POSTGRES_PROCESSORS = 4;

const queues = {
  redis: await measureQueue('redis', Number(values.tasks)),
  postgres: await measureQueue('postgres', Number(values.tasks) / 2),
};
const coordinator = await measureCoordinator('redis', Number(values.members));
const onPostgres = await measureCoordinator('postgres', Number(values.members) / 2);

const ofQueue = (measured: QueueMeasured, processors: number): QueueFigures => {
  const { addMs, takeMs, finishMs, reportMs, renewMs, idleMsPerHostSecond } = measured;
  return { addMs, takeMs, finishMs, reportMs, renewMs, idleMsPerHostSecond, processors };
};
const figures: Figures = {
  queues: { redis: ofQueue(queues.redis, 1), postgres: ofQueue(queues.postgres, POSTGRES_PROCESSORS) },
  // What is measured together is divided evenly: a member comes and goes once.
  ...{ sendMs: coordinator.memberMs / 2, receiveMs: coordinator.memberMs / 2 },
  hearMs: queues.redis.senderHearMs + coordinator.openProgressMs,
  receiveMsPerMb: coordinator.memberMsPerMb,
  ...{ blobMs: coordinator.servedMs, blobMsPerMb: coordinator.servedMsPerMb },
  workerMs: coordinator.hostMs,
};
const machine = describeMachine();
const text = JSON.stringify(
  { machine, commit: commit(), queues, coordinator, onPostgres, figures },
  rounded,
  2,
);
writeFileSync(FIGURES_FILE, `${text}\n`);
console.log(text);

/** Four digits are more than can be measured. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
