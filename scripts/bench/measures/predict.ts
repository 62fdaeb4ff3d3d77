// Rows per second of the whole ensemble's mean prediction, all rows of a workload in one call.

import { type Entrant, interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';
import type { Workload } from '../workloads.js';

export interface PredictRow {
  readonly workload: string;
  readonly contender: string;
  readonly threads: number;
  readonly rowsPerSecond: Spread;
}

const CONTENDERS = ['tutti', 'tutti-strict', 'tutti-node26', 'torch', 'torch-batched'];

export async function measurePredict(session: Session, workload: Workload): Promise<PredictRow[]> {
  const { contenders, rounds, minSeconds } = session.options;
  const what = `${workload.name} prediction`;
  // Speed does not depend on how long the members were trained.
  const brief = { ...workload, epochs: 1 };
  const entrants: Entrant[] = [];
  for (const name of [...CONTENDERS.filter((one) => contenders.includes(one)), 'onnxruntime']) {
    const entrant = await session.enter(what, name, brief);
    if (entrant !== null) entrants.push(entrant);
  }
  const samples = await interleave(
    entrants,
    rounds,
    async (entrant) => workload.rows / (await entrant.process.ask('predict', { minSeconds })).seconds,
    (entrant, error) => session.leaveOut(what, entrant.name, error),
  );
  await Promise.all(entrants.map((entrant) => entrant.process.stop()));
  return [...samples].map(([entrant, taken]) => ({
    workload: workload.name,
    contender: entrant.name,
    threads: entrant.threads,
    rowsPerSecond: spread(taken),
  }));
}
