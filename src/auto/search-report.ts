// What a search says of itself when it has ended.

import type { Dataset } from '../data/dataset/dataset.js';
import { withoutVain } from '../training/options/search-options.js';
import type { AutoReport, ChosenSetting } from './auto-options.js';
import type { Candidate } from './candidates.js';
import { type GreedyChoice, measureOptimism } from './greedy-ensemble.js';
import { compatible } from './search-space.js';
import type { TriedSettings } from './tried-settings.js';

/** What the search counted. */
export type SearchCounts = Pick<
  AutoReport,
  'seed' | 'folds' | 'waves' | 'members' | 'kept' | 'failed' | 'firstFailure' | 'cut' | 'endedBy'
>;

/** @param choice of the complete candidates; null where no setting was trained on all folds. @param size of the selection. */
export function reportOf(
  counts: SearchCounts,
  tried: TriedSettings,
  choice: GreedyChoice | null,
  size: number,
  { task, rows, rowWeights }: Dataset,
): AutoReport {
  const { complete } = tried;
  const { settings, candidates, complete: completed } = tried.counts;
  const alone = complete.map((own) => tried.lossOf(own));
  const terms = complete.map((own) => own.terms);
  return {
    ...counts,
    metric: task.kind === 'classification' ? 'logLoss' : 'squaredError',
    ...{ settings, candidates, givenUp: settings - completed },
    chosen: choice === null ? [] : chosenOf(complete, choice, tried),
    bestSetting: alone.reduce((least, loss) => Math.min(least, loss), Number.POSITIVE_INFINITY),
    selection:
      choice === null
        ? null
        : measureOptimism(terms, tried.terms, rows, size, choice.loss, counts.seed, rowWeights),
  };
}

/** The settings of the ensemble, those with the largest share first. */
function chosenOf(
  complete: readonly Candidate[],
  { counts }: GreedyChoice,
  tried: TriedSettings,
): readonly ChosenSetting[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return complete
    .map((own, at) => ({
      ...{ place: own.place, options: withoutVain(compatible(own.options)), loss: tried.lossOf(own) },
      snapshot: own.family.length === 1 ? null : own.family.indexOf(own),
      share: counts[at]! / total,
    }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || a.place - b.place);
}
