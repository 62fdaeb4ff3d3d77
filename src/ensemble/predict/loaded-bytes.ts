// The memory that an ensemble takes to predict and to be measured, beside its members as they are kept: an upper bound
// for those who must know before they begin.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { engines } from '../../engines/registry.js';
import type { MemberSize } from '../../engines/shared/definition.js';
import { requireMemory } from '../../machine/memory-limit.js';
import { makeRoom } from '../../memory/memory-cache.js';
import { blockRowsFor } from '../../predictions/blocks.js';
import type { TrainedEnsemble } from '../ensemble.js';

/** Code that is compiled, and a block of rows on its way. */
const BYTES_OF_PREDICTING = 20 * 2 ** 20;

/** Sums that are kept of each row, and what a bootstrap makes of them. */
const MEASURED_BYTES_PER_ROW = 160;

/** Bytes of members that a thread has loaded to predict. @param loaded of weights that stay loaded. @default the engine's */
export function loadedBytes(
  members: readonly MemberSize[],
  features: number,
  task: Task,
  loaded?: number,
): number {
  const byEngine = new Map<string, MemberSize[]>();
  for (const member of members) {
    const own = byEngine.get(member.spec.engine);
    if (own === undefined) byEngine.set(member.spec.engine, [member]);
    else own.push(member);
  }
  const blockRows = blockRowsFor(members.length, outputCount(task));
  let bytes = BYTES_OF_PREDICTING;
  for (const [engine, own] of byEngine) {
    const { predictorBytes = copies } = engines.get(engine);
    bytes += predictorBytes(own, features, task, blockRows, loaded);
  }
  return bytes;
}

function copies(members: readonly MemberSize[]): number {
  return members.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Bytes of measuring members on so many rows, on one thread. */
export function measuringBytes(
  members: readonly MemberSize[],
  features: number,
  task: Task,
  rows: number,
): number {
  return loadedBytes(members, features, task) + MEASURED_BYTES_PER_ROW * rows;
}

/** Members that take less than this need not be asked about: it takes longer than to predict a row. */
const WORTH_ASKING_BYTES = 64 * 2 ** 20;
const WORTH_ASKING_MEMBERS = 1000;

/**
 * Has memory that nobody uses let go of where members could not be loaded otherwise.
 * @param loaded as of {@link loadedBytes}. @throws ERR_MEMORY when that is not enough.
 */
export async function requireRoomToLoad(ensemble: TrainedEnsemble, loaded?: number): Promise<void> {
  const { members, features, task } = ensemble;
  const sizes = memberSizes(ensemble);
  if (members.length < WORTH_ASKING_MEMBERS && copies(sizes) < WORTH_ASKING_BYTES) return;
  const bytes = loadedBytes(sizes, features, task, loaded);
  await makeRoom(bytes);
  const use = `for ${members.length} members that are loaded`;
  const part = { use, bytes, remedy: 'fewer or smaller members need less' };
  requireMemory([part], `Predicting with ${members.length} members`);
}

/** The trained members and their bytes. */
export function memberSizes({ plan, members }: TrainedEnsemble): MemberSize[] {
  return members.map(({ index, parameters, model }) => {
    const bytes = parameters.byteLength + (model?.byteLength ?? 0);
    return { spec: plan.members[index]!, bytes };
  });
}
