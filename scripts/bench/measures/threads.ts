// How much a second (third …) thread brings tutti.

import { type Entrant, interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';
import type { Workload } from '../workloads.js';

export interface ThreadsRow {
  readonly workload: string;
  readonly contender: string;
  readonly threads: number;
  readonly membersPerSecond: Spread;
  /** Median over the median of one thread. */
  readonly speedup: number;
}

export async function measureThreads(session: Session, workload: Workload): Promise<ThreadsRow[]> {
  const { threads, rounds, minSeconds } = session.options;
  const what = `${workload.name} threads`;
  const entrants: Entrant[] = [];
  for (let count = 1; count <= threads; count++) {
    const entrant = await session.enter(what, 'tutti', workload, count);
    if (entrant !== null) entrants.push(entrant);
  }
  const samples = await interleave(
    entrants,
    rounds,
    async (entrant, round) => {
      const answer = await entrant.process.ask('train', { seed: round + 1, minSeconds, evaluate: false });
      return workload.members / answer.seconds;
    },
    (entrant, error) => session.leaveOut(what, entrant.name, error),
  );
  await Promise.all(entrants.map((entrant) => entrant.process.stop()));
  const rows = [...samples].map(([entrant, taken]) => ({ entrant, membersPerSecond: spread(taken) }));
  const one = rows.find(({ entrant }) => entrant.threads === 1)?.membersPerSecond.median ?? Number.NaN;
  return rows.map(({ entrant, membersPerSecond }) => ({
    workload: workload.name,
    contender: entrant.name,
    threads: entrant.threads,
    membersPerSecond,
    speedup: membersPerSecond.median / one,
  }));
}
