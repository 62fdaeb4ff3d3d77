// The search for an ensemble as programs ask for it: an ensemble with its methods, and every core where no runner is named.

import type { AutoOptions, AutoReport, AutoSettings } from '../auto/auto-options.js';
import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import { onSharedPool } from '../pool/shared-pool.js';
import { Ensemble } from './ensemble.js';

/** An ensemble that was searched for, and what it was chosen from. */
export interface SearchedEnsemble<Kind extends TaskKind = TaskKind> {
  readonly ensemble: Ensemble<Kind>;
  readonly report: AutoReport;
}

/**
 * Searches for the best ensemble within a time, or a number of members. Settings of members (known ones, then draws from
 * ranges and variations of what was chosen) are tried in waves on all threads: each on one fold first, the promising ones on
 * all. Of those the ensemble is chosen greedily, with replacement, by its loss on rows that members did not see. With `members`
 * the same seed gives the same ensemble on any number of threads.
 *
 *     const { ensemble, report } = await autoEnsemble(train, { time: 60 });
 *     console.log(report.chosen, report.selection?.optimism);
 *
 * @param settings how it is run; without a `runner`, on every core. With `onInterrupt` 'keep' a signal ends it with the ensemble
 * that there is.
 * @throws ERR_OPTION; ERR_MEMBERS_FAILED when no member was finished; what `trainEnsemble` throws.
 *
 * **Source:** Caruana et al., "Ensemble selection from libraries of models", ICML 2004; Erickson et al., "AutoGluon-Tabular", 2020.
 */
export async function autoEnsemble<Kind extends TaskKind = TaskKind>(
  dataset: Dataset<Kind>,
  options: AutoOptions = {},
  settings: AutoSettings = {},
): Promise<SearchedEnsemble<Kind>> {
  // Loaded when it is asked for: few programs search.
  const { autoEnsemble: search } = await import('../auto/auto-ensemble.js');
  const { ensemble, report } = await search(dataset, options, onSharedPool(settings));
  return { ensemble: new Ensemble({ ...ensemble, task: dataset.task }), report };
}
