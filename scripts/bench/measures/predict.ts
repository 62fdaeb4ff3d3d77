// Rows per second of an ensemble's mean prediction of many rows, on all threads.

import { isPeer } from '../contenders.js';
import { type Entrant, interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';
import type { Workload } from '../workloads.js';

export interface PredictRow {
  readonly workload: string;
  readonly members: number;
  readonly rows: number;
  readonly contender: string;
  readonly threads: number;
  readonly rowsPerSecond: Spread;
  /** Rows for a second of processor time, of all threads. */
  readonly rowsPerProcessorSecond: Spread;
  /** The fastest way of those that the contender tried. */
  readonly variant: string | null;
  /** Median over the fastest peer's; null for peers, and without them. */
  readonly toFastestPeer: number | null;
}

const PEERS = ['torch', 'torch-batched'];

/** Enough for the threads to be busy for a while: rows, and numbers in them. */
const [MANY_ROWS, MANY_NUMBERS] = [16_384, 2 ** 21];
const MEMBERS = 16;

export async function measurePredict(session: Session, workload: Workload): Promise<PredictRow[]> {
  const { contenders, rounds, minSeconds } = session.options;
  const what = `${workload.name} prediction`;
  // Speed does not depend on how long the members were trained.
  const brief = { ...workload, epochs: 1, members: Math.max(MEMBERS, workload.members) };
  const numbers = workload.rows * workload.sizes[0]!;
  const copies = Math.ceil(Math.max(MANY_ROWS / workload.rows, MANY_NUMBERS / numbers));
  const models = session.modelsOf(brief);
  const entrants: Entrant[] = [];
  for (const name of contenders.filter((one) => !isPeer(one) || PEERS.includes(one)).concat('onnxruntime')) {
    session.log(`  ${what}: preparing ${name}`);
    const entrant = await session.enter(what, name, brief);
    if (entrant !== null) entrants.push(entrant);
  }
  const samples = await interleave(
    entrants,
    rounds,
    async ({ name, process }) => {
      const answer = await process.ask('predict', { minSeconds, copies, models });
      const speed = (copies * workload.rows) / answer.seconds;
      session.log(
        `  ${what}: ${name} ${Math.round(speed)} rows/s${answer.variant ? `, ${answer.variant}` : ''}`,
      );
      const thrift = (copies * workload.rows) / answer.processorSeconds;
      return { speed, thrift, variant: answer.variant ?? null };
    },
    (entrant, error) => session.leaveOut(what, entrant.name, error),
  );
  await Promise.all(entrants.map((entrant) => entrant.process.stop()));
  const rows = [...samples].map(([{ name, threads }, taken]) => ({
    workload: workload.name,
    members: brief.members,
    rows: copies * workload.rows,
    contender: name,
    threads,
    rowsPerSecond: spread(taken.map(({ speed }) => speed)),
    rowsPerProcessorSecond: spread(taken.map(({ thrift }) => thrift)),
    variant: taken.at(-1)?.variant ?? null,
  }));
  const peers = rows.filter((row) => isPeer(row.contender)).map((row) => row.rowsPerSecond.median);
  return rows.map((row) => ({
    ...row,
    toFastestPeer:
      peers.length === 0 || isPeer(row.contender) ? null : row.rowsPerSecond.median / Math.max(...peers),
  }));
}
