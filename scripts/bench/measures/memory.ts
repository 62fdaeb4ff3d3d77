// Peak memory as the members grow: k members should cost one dataset and k sets of weights.

import type { Session } from '../session.js';
import { parameterCount, type Workload } from '../workloads.js';

export interface MemoryRow {
  readonly contender: string;
  readonly members: readonly number[];
  /** Peak resident bytes of a process that did nothing but train; its child processes not counted. */
  readonly peakBytes: readonly number[];
  /** Growth of the peak for each further member. */
  readonly bytesPerMember: number;
  /** Weights of a member, f32: what has to be kept of it. */
  readonly weightBytes: number;
}

const MEMBERS = [8, 64];
/** W2's network on a quarter of its rows: 6.4 MB of data, of which a copy per member would show. */
const BASE: Workload = {
  name: 'memory',
  task: 'classification',
  rows: 2048,
  sizes: [784, 256, 128, 10],
  batch: 64,
  members: 8,
  epochs: 1,
};

/** One process each for training in (joblib's and torch's children would escape the count). */
const CONTENDERS = ['tutti', 'tutti-node26', 'jax-vmap', 'jax', 'torch', 'torch-batched'];

export async function measureMemory(session: Session): Promise<MemoryRow[]> {
  const rows: MemoryRow[] = [];
  for (const contender of CONTENDERS.filter((name) => session.options.contenders.includes(name))) {
    const peakBytes: number[] = [];
    for (const members of MEMBERS) {
      session.log(`  memory: ${contender} with ${members} members`);
      const peak = await peakOf(session, contender, { ...BASE, members });
      if (peak !== null) peakBytes.push(peak);
    }
    if (peakBytes.length < MEMBERS.length) continue;
    const bytesPerMember = (peakBytes[1]! - peakBytes[0]!) / (MEMBERS[1]! - MEMBERS[0]!);
    rows.push({
      contender,
      members: MEMBERS,
      peakBytes,
      bytesPerMember,
      weightBytes: 4 * parameterCount(BASE),
    });
  }
  return rows;
}

async function peakOf(session: Session, contender: string, workload: Workload): Promise<number | null> {
  const what = `memory, k=${workload.members}`;
  const entrant = await session.enter(what, contender, workload, undefined, true);
  if (entrant === null) return null;
  try {
    await entrant.process.ask('train', { seed: 1, minSeconds: 0, evaluate: false });
    return (await entrant.process.ask('memory', {})).peakBytes;
  } catch (error) {
    session.leaveOut(what, contender, error);
    return null;
  } finally {
    await entrant.process.stop();
  }
}
