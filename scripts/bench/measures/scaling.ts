// How a training's time grows with the members, the rows, the width and the depth: log-log slopes.

import { type Entrant, interleave, type Session } from '../session.js';
import { logLogSlope, median } from '../statistics.js';
import { multiplyAdds, type Workload } from '../workloads.js';

export interface ScalingRow {
  readonly axis: string;
  readonly contender: string;
  readonly values: readonly number[];
  /** Median seconds of one training at each value. */
  readonly seconds: readonly number[];
  /** p of seconds ∝ valueᵖ: 1 for members and rows when nothing is wasted. */
  readonly slope: number;
  /** The same against executed multiply-adds, for width and depth, where work is not proportional. */
  readonly slopeToWork: number;
}

/** Even numbers of members, so that two threads share them evenly. */
const BASE: Workload = {
  name: 'scaling',
  task: 'classification',
  rows: 2048,
  sizes: [64, 64, 64, 10],
  batch: 32,
  members: 8,
  epochs: 4,
};

const AXES: readonly {
  readonly name: string;
  readonly values: readonly number[];
  readonly at: (value: number) => Workload;
}[] = [
  { name: 'members', values: [8, 16, 32, 64], at: (members) => ({ ...BASE, members }) },
  { name: 'rows', values: [2048, 4096, 8192, 16384], at: (rows) => ({ ...BASE, rows }) },
  { name: 'width', values: [32, 64, 128, 256], at: (units) => ({ ...BASE, sizes: [64, units, units, 10] }) },
  {
    name: 'depth',
    values: [1, 2, 4, 8],
    at: (depth) => ({ ...BASE, sizes: [64, ...Array<number>(depth).fill(64), 10] }),
  },
];

export async function measureScaling(session: Session): Promise<ScalingRow[]> {
  const rows: ScalingRow[] = [];
  for (const axis of AXES) {
    const row = await measureAxis(session, axis);
    if (row !== null) rows.push(row);
  }
  return rows;
}

async function measureAxis(session: Session, axis: (typeof AXES)[number]): Promise<ScalingRow | null> {
  const { rounds, minSeconds } = session.options;
  const what = `scaling with ${axis.name}`;
  const entrants: Entrant[] = [];
  for (const value of axis.values) {
    const entrant = await session.enter(what, 'tutti', axis.at(value));
    if (entrant !== null) entrants.push(entrant);
  }
  const samples = await interleave(
    entrants,
    rounds,
    async (entrant, round) =>
      (await entrant.process.ask('train', { seed: round + 1, minSeconds, evaluate: false })).seconds,
    (entrant, error) => session.leaveOut(what, entrant.name, error),
  );
  await Promise.all(entrants.map((entrant) => entrant.process.stop()));
  // A slope through fewer points would be another measurement.
  if (samples.size < axis.values.length) return null;
  const seconds = [...samples.values()].map(median);
  session.log(`  ${what}: ${seconds.map((value) => value.toPrecision(3)).join(', ')} s`);
  return {
    axis: axis.name,
    contender: 'tutti',
    values: axis.values,
    seconds,
    slope: logLogSlope(axis.values, seconds),
    slopeToWork: logLogSlope(
      axis.values.map((value) => multiplyAdds(axis.at(value))),
      seconds,
    ),
  };
}
