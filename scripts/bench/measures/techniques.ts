// What each technique of docs/techniques costs beside a plain training of the same workload.
// Only for dense networks on square images, which is what every technique can be put on.

import type { TrainingOptions } from '../../../src/index.js';
import { type Entrant, interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';
import type { Workload } from '../workloads.js';

export interface TechniqueRow {
  readonly workload: string;
  readonly technique: string;
  readonly membersPerSecond: Spread;
  /** Median time over the median time of a plain training. */
  readonly cost: number;
}

const TECHNIQUES: Readonly<Record<string, TrainingOptions>> = {
  plain: {},
  dropout: { inputKeep: 0.8, hiddenKeep: 0.5 },
  'activity penalty': { activityPenalty: 1e-4 },
  'label smoothing': { labelSmoothing: 0.1 },
  'input noise': { inputNoise: 0.1 },
  'norm penalties': { l1: 1e-5, l2: 1e-4 },
  'tied in rounds': { tie: 0.01 },
  adversarial: { adversarialEpsilon: 0.05 },
  'one tangent': { tangentStrength: 1e-4, tangents: ['translateX'] },
};

export async function measureTechniques(session: Session, workload: Workload): Promise<TechniqueRow[]> {
  const what = `${workload.name} techniques`;
  const side = Math.sqrt(workload.sizes[0]!);
  if (workload.convolutions !== undefined || workload.task !== 'classification' || !Number.isInteger(side)) {
    session.leaveOut(what, 'tutti', new Error('only dense networks on square images take every technique'));
    return [];
  }
  const techniques = new Map<Entrant, string>();
  for (const [name, technique] of Object.entries(TECHNIQUES)) {
    const options = { ...technique, image: [side, side] };
    const entrant = await session.enter(what, 'tutti', { ...workload, options });
    if (entrant !== null) techniques.set(entrant, name);
  }
  const entrants = [...techniques.keys()];
  const samples = await interleave(
    entrants,
    session.options.rounds,
    async (entrant, round) => {
      const { minSeconds } = session.options;
      const answer = await entrant.process.ask('train', { seed: round + 1, minSeconds, evaluate: false });
      return workload.members / answer.seconds;
    },
    (entrant, error) => session.leaveOut(what, entrant.name, error),
  );
  await Promise.all(entrants.map((entrant) => entrant.process.stop()));
  const rows = [...samples].map(([entrant, taken]) => ({
    technique: techniques.get(entrant)!,
    membersPerSecond: spread(taken),
  }));
  const plain = rows.find(({ technique }) => technique === 'plain')?.membersPerSecond.median ?? Number.NaN;
  return rows.map(({ technique, membersPerSecond }) => ({
    workload: workload.name,
    technique,
    membersPerSecond,
    cost: plain / membersPerSecond.median,
  }));
}
