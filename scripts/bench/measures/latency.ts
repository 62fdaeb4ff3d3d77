// What predicting one row takes: processor time, because a server predicts many at once on few cores.

import { askInARow, contendersInARow, type LatencyAnswer, WAYS, type Way } from '../in-a-row.js';
import { interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';

export interface LatencyRow {
  /** Units from the inputs to the outputs, of 16 members. */
  readonly sizes: readonly number[];
  readonly way: Way;
  readonly contender: string;
  readonly processorMs: Spread;
  readonly wallMs: Spread;
}

const NETWORKS = [
  [64, 64, 10],
  [784, 256, 128, 10],
] as const;

export async function measureLatency(session: Session): Promise<LatencyRow[]> {
  const jobs = contendersInARow(session).flatMap(({ name, file }) =>
    NETWORKS.flatMap((sizes) => WAYS.map((way) => ({ name, file, sizes, way }))),
  );
  const samples = await interleave(
    jobs,
    session.options.rounds,
    ({ file, sizes, way }) => askInARow<LatencyAnswer>(file, 'latency', sizes.join('-'), way),
    ({ name, sizes }, error) => session.leaveOut(`latency, ${sizes.join('→')}`, name, error),
  );
  return [...samples].map(([{ name, sizes, way }, taken]) => ({
    sizes,
    way,
    contender: name,
    processorMs: spread(taken.map(({ processorMs }) => processorMs)),
    wallMs: spread(taken.map(({ wallMs }) => wallMs)),
  }));
}
