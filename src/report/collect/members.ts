// What became of each member: the options that set it apart, when it stopped, and how it learnt.

import type { EpochRecord, TrainedEnsemble, TrainedMember } from '../../ensemble/ensemble.js';
import { specDifferences } from '../../model/options/spec-differences.js';
import type { LinePoint } from '../charts/chart-data.js';
import type { MemberData } from '../page/page-data.js';

/** Points of all learning curves together: what a page has room for. */
const MOST_POINTS = 3000;
/** Of one curve. */
const CURVE_POINTS = { most: 120, least: 8 };

export function membersOf({ plan, members }: Pick<TrainedEnsemble, 'plan' | 'members'>): MemberData[] {
  const specs = members.map(({ index }) => plan.members[index]!);
  const differences = specDifferences(specs);
  const share = Math.floor(MOST_POINTS / Math.max(1, members.length));
  const points = Math.min(CURVE_POINTS.most, Math.max(CURVE_POINTS.least, share));
  const longest = Math.max(1, ...members.map(({ history }) => history.length));
  const every = Math.max(1, Math.ceil(longest / points));
  return members.map((member, at) => {
    const { index, epoch, history, inBagRows, averagingWeight = 1 } = member;
    return {
      ...{ index, epoch, inBagRows, weight: averagingWeight },
      differs: differences[at]!.join('; '),
      epochs: history.at(-1)?.epoch ?? epoch,
      stopped: stoppedEarly(member) ? 'early' : 'end',
      reseeds: specs[at]!.streams.reseeds ?? 0,
      loss: curveOf(history, every, ({ loss }) => loss),
      validationLoss: curveOf(history, every, ({ validationLoss }) => validationLoss),
    };
  });
}

/** The epoch kept is the best one, and it was not the last. */
function stoppedEarly({ epoch, history }: TrainedMember): boolean {
  return history.length > 0 && history.at(-1)!.validationLoss !== undefined && epoch < history.at(-1)!.epoch;
}

/** The first epoch, the last, and every so many between, the same epochs for all members. */
function curveOf(
  history: readonly EpochRecord[],
  every: number,
  of: (record: EpochRecord) => number | undefined,
): LinePoint[] {
  return history.flatMap((record, at) => {
    const y = of(record);
    const kept = at === 0 || at === history.length - 1 || record.epoch % every === 0;
    return kept && y !== undefined && Number.isFinite(y)
      ? [{ x: record.epoch, y: Number(y.toPrecision(5)) }]
      : [];
  });
}
