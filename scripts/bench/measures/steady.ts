// Members per second of every contender on every workload, compiled and warm, in interleaved rounds.

import { isPeer } from '../contenders.js';
import { type Entrant, interleave, type Session } from '../session.js';
import { median, type Spread, spread } from '../statistics.js';
import type { Workload } from '../workloads.js';

export interface SteadyRow {
  readonly workload: string;
  readonly contender: string;
  readonly threads: number;
  readonly membersPerSecond: Spread;
  /** Of all threads and processes, for a member; steadier than the speed when others use the machine. */
  readonly processorMs: Spread;
  /** The least of all peers' medians over the median: above 1, it takes less than they; null as for the speed. */
  readonly processorToPeers: number | null;
  /** Mean loss of the finished members over all original rows, averaged over the rounds. */
  readonly finalLoss: number;
  /** finalLoss over the median of the peers'; null without peers. */
  readonly lossToPeers: number | null;
  /** Within 5 % of the peers' median: it has learned as much as they have. */
  readonly learned: boolean | null;
  /** Median over the median of the fastest of all peers; null for peers themselves and without peers. */
  readonly toFastestPeer: number | null;
  readonly startSeconds: number;
  readonly prepareSeconds: number;
  readonly compileSeconds: number | null;
  readonly variant: string | null;
}

export const LOSS_TOLERANCE = 0.05;

export async function measureSteady(session: Session, workload: Workload): Promise<SteadyRow[]> {
  const { contenders, rounds, minSeconds } = session.options;
  const entrants: Entrant[] = [];
  for (const name of contenders) {
    session.log(`  ${workload.name}: preparing ${name}`);
    const entrant = await session.enter(workload.name, name, workload);
    if (entrant !== null) entrants.push(entrant);
  }
  const samples = await interleave(
    entrants,
    rounds,
    async (entrant, round) => {
      const answer = await entrant.process.ask('train', { seed: round + 1, minSeconds, evaluate: true });
      const speed = workload.members / answer.seconds;
      session.log(`  ${workload.name} round ${round + 1}: ${entrant.name} ${speed.toPrecision(3)} members/s`);
      const processorMs = (answer.processorSeconds * 1000) / workload.members;
      return { speed, processorMs, loss: answer.finalLoss ?? Number.NaN };
    },
    (entrant, error) => session.leaveOut(workload.name, entrant.name, error),
  );
  await Promise.all(entrants.map((entrant) => entrant.process.stop()));
  return compare([...samples].map(([entrant, taken]) => rowOf(entrant, taken)));
}

interface Sample {
  readonly speed: number;
  readonly processorMs: number;
  readonly loss: number;
}

function rowOf(entrant: Entrant, samples: readonly Sample[]): SteadyRow {
  return {
    workload: entrant.workload.name,
    contender: entrant.name,
    threads: entrant.threads,
    membersPerSecond: spread(samples.map((sample) => sample.speed)),
    processorMs: spread(samples.map((sample) => sample.processorMs)),
    processorToPeers: null,
    finalLoss: samples.reduce((sum, sample) => sum + sample.loss, 0) / samples.length,
    lossToPeers: null,
    learned: null,
    toFastestPeer: null,
    startSeconds: entrant.startSeconds,
    prepareSeconds: entrant.prepareSeconds,
    compileSeconds: entrant.prepared.compileSeconds ?? null,
    variant: entrant.prepared.variant ?? null,
  };
}

function compare(rows: readonly SteadyRow[]): SteadyRow[] {
  const peers = rows.filter((row) => isPeer(row.contender));
  if (peers.length === 0) return [...rows];
  const loss = median(peers.map((row) => row.finalLoss));
  const fastest = Math.max(...peers.map((row) => row.membersPerSecond.median));
  const thriftiest = Math.min(...peers.map((row) => row.processorMs.median));
  return rows.map((row) => {
    const lossToPeers = row.finalLoss / loss;
    const peer = isPeer(row.contender);
    return {
      ...row,
      lossToPeers,
      learned: Math.abs(lossToPeers - 1) <= LOSS_TOLERANCE,
      toFastestPeer: peer ? null : row.membersPerSecond.median / fastest,
      processorToPeers: peer ? null : thriftiest / row.processorMs.median,
    };
  });
}
