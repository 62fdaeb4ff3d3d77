// Boosting as programs see it: every core where no runner is named.

import type { Boosted, BoostOptions } from '../boosting/options.js';
import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { onSharedPool } from '../pool/shared-pool.js';

/**
 * Gradient boosting of nets: each is taught the pseudo-residuals of the sum of those before it, and the sum takes a share of the
 * best step along it; rows held out say when to stop. The sum is an ordinary ensemble, of numbers the arithmetic mean of its
 * members, of classes the geometric mean, which it predicts by unless told otherwise; a member by itself means nothing. One net
 * follows the other, so that more threads are no faster. With `kind: 'soft'` all are trained together, each taught what those before
 * it leave of the same batch; then `kept` is an epoch. No row is out of bag. The same bytes on any number of threads.
 *
 *     const { ensemble, rounds, kept } = await boostEnsemble(train, { shrinkage: 0.2 });
 *
 * @param options `hidden` is [64] and `epochs` 20, of `soft` 200, unless stated.
 * @throws ERR_OPTION, also for targets that are not standardised; ERR_MEMBERS_FAILED where a net diverges.
 *
 * **Source:** Friedman (2001), Greedy function approximation: a gradient boosting machine; Feng, Xu, Jiang, Zhou (2020), Soft
 * gradient boosting machine.
 */
export async function boostEnsemble<Kind extends TaskKind = TaskKind>(
  dataset: Dataset<Kind>,
  options?: BoostOptions,
): Promise<Boosted<TrainedEnsemble<Kind>>>;
export async function boostEnsemble(
  dataset: Dataset,
  options: BoostOptions = {},
): Promise<Boosted<TrainedEnsemble>> {
  // Loaded when it is asked for: few programs boost.
  const { boostEnsemble: boost } = await import('../boosting/boost.js');
  return boost(dataset, onSharedPool(options));
}
