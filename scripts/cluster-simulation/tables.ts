// The scenarios of docs/SCALING.md and the tables that are made of them.

import { figure, percent, table } from '../bench/markdown.js';
import type { Figures, QueueFigures } from './figures.js';
import { type Outcome, type Scenario, STATIONS, type StationName, scenario } from './scenario.js';
import { simulate } from './simulate.js';

const NAMES: Readonly<Record<StationName, string>> = {
  queue: 'the queue’s server',
  coordinator: 'the coordinator’s processor',
  link: 'the coordinator’s network link',
};

/** 100 and 1 000 hosts of eight threads, 10 000 members. */
export function hostScenarios(): Scenario[] {
  return [100, 1000].flatMap((hosts) =>
    [1, 10, 60, 600].map((memberSeconds) => scenario({ hosts, memberSeconds })),
  );
}

/** What changes for 1 000 hosts with members of ten seconds. */
export function changeScenarios(): (readonly [label: string, of: Scenario])[] {
  const base = { hosts: 1000, memberSeconds: 10 };
  const rows: [string, Partial<Scenario>][] = [
    ['as above', {}],
    ['a shared store', { store: 'shared' }],
    ['progress every 10 s', { progressSeconds: 10 }],
    ['both', { store: 'shared', progressSeconds: 10 }],
    ['PostgreSQL', { queue: 'postgres' }],
    [
      'PostgreSQL, progress every 10 s, a shared store',
      { queue: 'postgres', store: 'shared', progressSeconds: 10 },
    ],
    ['members of 10 MB', { resultMb: 10 }],
    ['members of 10 MB, a shared store', { resultMb: 10, store: 'shared' }],
    ['a dataset of 500 MB', { datasetMb: 500 }],
    ['a dataset of 500 MB, a shared store', { datasetMb: 500, store: 'shared' }],
    ['10 Gbit/s, a dataset of 500 MB', { datasetMb: 500, linkMbPerSecond: 1170 }],
    ['members of 60 s, 600 hosts lost an hour', { memberSeconds: 60, lostPerHour: 600 }],
  ];
  return rows.map(([label, change]) => [label, scenario({ ...base, ...change })]);
}

export function hostTable(scenarios: readonly Scenario[], figures: Figures): string {
  const columns = ['hosts × threads', 'a member', 'members a second', ...OUTCOME_COLUMNS];
  return table(
    columns,
    scenarios.map((of) => {
      const outcome = simulate(of, figures);
      const size = `${thousands(of.hosts)} × ${of.threadsPerHost}`;
      return [size, `${of.memberSeconds} s`, rate(of, outcome), ...outcomeCells(outcome)];
    }),
  );
}

export function changeTable(
  scenarios: readonly (readonly [label: string, of: Scenario])[],
  figures: Figures,
): string {
  return table(
    ['1 000 hosts × 8, members of 10 s', 'members a second', ...OUTCOME_COLUMNS],
    scenarios.map(([label, of]) => {
      const outcome = simulate(of, figures);
      return [label, rate(of, outcome), ...outcomeCells(outcome)];
    }),
  );
}

/** How many members a second each station can serve, whatever the hosts: what it does for one, turned over. */
export function limitTable(figures: Figures): string {
  const seconds = [1, 10, 60, 600];
  const rows = (['redis', 'postgres'] as const).map((queue) => [
    queue === 'redis' ? 'Redis' : `PostgreSQL on ${figures.queues.postgres.processors} processors`,
    ...seconds.map((memberSeconds) =>
      figure(queueLimit(scenario({ hosts: 1, memberSeconds, queue }), figures)),
    ),
  ]);
  const coordinator = (label: string, change: Partial<Scenario>) => [
    label,
    ...seconds.map((memberSeconds) =>
      figure(coordinatorLimit(scenario({ hosts: 1, memberSeconds, ...change }), figures)),
    ),
  ];
  return table(
    ['members a second, at most', ...seconds.map((time) => `of ${time} s`)],
    [
      ...rows,
      coordinator('the coordinator, which is the store', {}),
      coordinator('the coordinator, with a shared store', { store: 'shared' }),
      coordinator('… and progress every 10 s', { store: 'shared', progressSeconds: 10 }),
    ],
  );
}

/** @returns members a second that a queue's server can carry. */
export function queueLimit(of: Scenario, figures: Figures): number {
  const { addMs, takeMs, finishMs, ...others }: QueueFigures = figures.queues[of.queue];
  const { reportMs, renewMs, idleMsPerHostSecond, processors } = others;
  const { hosts, memberSeconds, progressSeconds, renewSeconds } = of;
  const beats = (memberSeconds / progressSeconds) * reportMs + (memberSeconds / renewSeconds) * renewMs;
  return (1000 * processors - hosts * idleMsPerHostSecond) / (addMs + takeMs + finishMs + beats);
}

/** @returns members a second that the coordinator's processor can carry. */
export function coordinatorLimit(of: Scenario, figures: Figures): number {
  const { memberSeconds, progressSeconds, resultMb, store } = of;
  const { sendMs, hearMs, receiveMs, receiveMsPerMb, blobMs, blobMsPerMb } = figures;
  const served = store === 'coordinator' ? blobMs + resultMb * blobMsPerMb : 0;
  const heard = (memberSeconds / progressSeconds) * hearMs;
  return 1000 / (sendMs + heard + receiveMs + resultMb * receiveMsPerMb + served);
}

const OUTCOME_COLUMNS = ['takes', 'threads alone', 'of it', 'queue', 'processor', 'link', 'most busy'];

function outcomeCells({ seconds, idealSeconds, efficiency, stations }: Outcome): string[] {
  const busy = STATIONS.map((name) => percent(stations[name].busyShare));
  return [
    `${figure(seconds)} s`,
    `${figure(idealSeconds)} s`,
    percent(efficiency),
    ...busy,
    mostBusy(stations),
  ];
}

function mostBusy(stations: Outcome['stations']): string {
  const most = STATIONS.reduce((a, b) => (stations[b].busyShare > stations[a].busyShare ? b : a));
  return stations[most].busyShare < 0.5 ? '–' : NAMES[most];
}

function rate({ members }: Scenario, { seconds }: Outcome): string {
  return figure(members / seconds);
}

function thousands(value: number): string {
  return String(value).replace(/(?<=\d)(?=(\d{3})+$)/g, ' ');
}
