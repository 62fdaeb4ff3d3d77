// Model cards as programs ask for them: what makes them is loaded when the first is made.

import type { ModelCardOptions } from '../card/model-card.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';

/**
 * The model card of an ensemble: Markdown with a head in YAML, from the ensemble and what its file says.
 * @throws ERR_OPTION for a report that is none.
 */
export async function modelCard(ensemble: TrainedEnsemble, options: ModelCardOptions = {}): Promise<string> {
  const { makeModelCard } = await import('../card/model-card.js');
  return makeModelCard(ensemble, options);
}
