// The simulation of a cluster, where what comes of it can be said without one: sums of costs, limits, ideal schedules.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { EventList, Station } from '../../scripts/cluster-simulation/event-list.js';
import { FIGURES_FILE, type Figures, readFigures } from '../../scripts/cluster-simulation/figures.js';
import { scenario } from '../../scripts/cluster-simulation/scenario.js';
import { simulate } from '../../scripts/cluster-simulation/simulate.js';
import {
  coordinatorLimit,
  hostScenarios,
  hostTable,
  limitTable,
  queueLimit,
} from '../../scripts/cluster-simulation/tables.js';

const QUEUE = {
  addMs: 0,
  takeMs: 0,
  finishMs: 0,
  reportMs: 0,
  renewMs: 0,
  idleMsPerHostSecond: 0,
  processors: 1,
};
const FREE: Figures = {
  queues: { redis: QUEUE, postgres: { ...QUEUE, processors: 4 } },
  ...{ sendMs: 0, hearMs: 0, receiveMs: 0, receiveMsPerMb: 0, blobMs: 0, blobMsPerMb: 0, workerMs: 0 },
};
/** Without a network: only what figures say costs anything. */
const NEAR = { networkMs: 0, linkMbPerSecond: Number.POSITIVE_INFINITY };
const SMALL = { hosts: 3, threadsPerHost: 2, members: 50, memberSeconds: 1, ...NEAR };

t.test('a station serves in the order of coming, as many at once as it can', async (t) => {
  const events = new EventList();
  const station = new Station(events, 2);
  const served: [number, number][] = [];
  for (const ms of [5, 3, 4, 1]) station.serve(ms, () => served.push([ms, events.now]));
  events.run(() => false);
  t.same(served, [
    [3, 3],
    [5, 5],
    [1, 6],
    [4, 7],
  ]);
  t.equal(station.longestWaitMs, 5);
  t.equal(station.busyShare, 13 / 14);
});

t.test('where nothing costs anything, hosts are as fast as threads alone', async (t) => {
  const { seconds, idealSeconds, efficiency } = simulate(scenario({ ...SMALL, hosts: 1 }), FREE);
  t.equal(seconds, idealSeconds);
  t.equal(efficiency, 1);
  // Of several hosts one may have a member waiting while another has a thread to spare, at the very end.
  const several = simulate(scenario(SMALL), FREE);
  t.ok(several.seconds >= several.idealSeconds && several.seconds <= several.idealSeconds + 1.2);
});

t.test('one member takes the sum of all steps', async (t) => {
  const figures: Figures = {
    queues: { ...FREE.queues, redis: { ...QUEUE, addMs: 1, takeMs: 2, finishMs: 4 } },
    ...{
      sendMs: 8,
      hearMs: 0,
      receiveMs: 16,
      receiveMsPerMb: 32,
      blobMs: 64,
      blobMsPerMb: 128,
      workerMs: 256,
    },
  };
  const one = scenario({
    ...{ hosts: 1, threadsPerHost: 1, members: 1, memberSeconds: 1, progressSeconds: 9 },
    ...{ datasetMb: 20, resultMb: 2, linkMbPerSecond: 500, networkMs: 0.5 },
  });
  const { seconds, idealSeconds, blobs, blobMb, queueCommands } = simulate(one, figures);
  // The dataset, which is fetched from the start on, takes longer than the task's way: three pieces of 8, 8 and 4 MB, of
  // which the coordinator writes the first before it can send the task.
  const way = 3 * (64 + 1) + 20 * (128 + 2) + 256;
  const back = 64 + 1 + 2 * (128 + 2) + 4 + 1 + 16 + 2 * 32;
  t.ok(Math.abs(1000 * (seconds - idealSeconds) - (way + back)) < 1e-6, `${1000 * (seconds - idealSeconds)}`);
  t.match({ blobs, blobMb, queueCommands }, { blobs: 4, blobMb: 22, queueCommands: 3 });
});

t.test('each host fetches the dataset once', async (t) => {
  const { blobs, blobMb } = simulate(scenario({ ...SMALL, datasetMb: 17, resultMb: 1 }), FREE);
  t.match({ blobs, blobMb }, { blobs: 50 + 3 * 3, blobMb: 50 + 3 * 17 });
});

t.test('what saturates is served without a pause, and no faster', async (t) => {
  const crowd = { hosts: 50, threadsPerHost: 8, members: 4000, memberSeconds: 1, ...NEAR };
  const slowQueue: Figures = {
    ...FREE,
    queues: { ...FREE.queues, redis: { ...QUEUE, addMs: 2, takeMs: 1, finishMs: 2, reportMs: 5 } },
  };
  const queued = scenario(crowd);
  // None takes long enough to be reported.
  const unreported = { ...queued, progressSeconds: Number.POSITIVE_INFINITY };
  const { seconds, stations } = simulate(queued, slowQueue);
  t.ok(4000 / seconds <= queueLimit(unreported, slowQueue));
  t.ok(4000 / seconds > 0.9 * queueLimit(unreported, slowQueue));
  t.ok(stations.queue.busyShare > 0.9);
  t.equal(stations.link.busyShare, 0);

  const slowCoordinator: Figures = {
    ...FREE,
    sendMs: 2,
    receiveMs: 2,
    receiveMsPerMb: 1,
    blobMs: 1,
    blobMsPerMb: 1,
  };
  for (const store of ['coordinator', 'shared'] as const) {
    const sent = scenario({ ...crowd, store, resultMb: 1, datasetMb: 0 });
    const outcome = simulate(sent, slowCoordinator);
    const limit = coordinatorLimit(sent, slowCoordinator);
    t.ok(4000 / outcome.seconds <= limit, store);
    t.ok(4000 / outcome.seconds > 0.9 * limit, store);
  }
});

t.test('a lost host costs time and no member', async (t) => {
  const whole = scenario({ ...SMALL, members: 200 });
  const lossy = { ...whole, lostPerHour: 600, redeliverySeconds: 5, replacedSeconds: 2 };
  const [quiet, outcome] = [simulate(whole, FREE), simulate(lossy, FREE)];
  t.ok(outcome.lostHosts >= 1);
  t.ok(outcome.redelivered >= outcome.lostHosts);
  t.ok(outcome.seconds > quiet.seconds);
  t.same(simulate(lossy, FREE), outcome, 'the same each time');
});

t.test('with the kept figures', async (t) => {
  const figures = readFigures(FIGURES_FILE);
  const small = scenario({ hosts: 100, memberSeconds: 10, members: 1000 });
  const outcome = simulate(small, figures);
  t.same(simulate(small, figures), outcome, 'the same each time');
  t.ok(outcome.efficiency > 0.5 && outcome.efficiency < 1, String(outcome.efficiency));
  const page = readFileSync(new URL('../../../docs/SCALING.md', import.meta.url), 'utf8');
  t.ok(
    page.includes(limitTable(figures)),
    'node dist/scripts/cluster-simulation/main.js writes docs/SCALING.md anew',
  );
  const [first] = hostScenarios();
  t.ok(page.includes(hostTable([first!], figures).split('\n').at(-1)!), 'and so the tables of hosts');
});
