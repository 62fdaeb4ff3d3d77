// The members of an ensemble, of whatever engines, ready to predict. Only the engines that its members need are
// loaded, all at once.

import { engines } from '../../engines/registry.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { type AnswerOptions, answerRules } from './answer-rules.js';
import { type BlockPredictor, blockPredictor, loadMembers } from './block-predictor.js';
import { requireRoomToLoad } from './loaded-bytes.js';
import { predictorContext, requireMembers, storedMembers } from './stored-members.js';

export type { BlockPredictor } from './block-predictor.js';

/**
 * Loads the members of an ensemble.
 * @param loadedBytes of networks' weights that stay loaded, the others taking turns. @default the engine's
 * @throws ERR_BUNDLE when there are none; ERR_MEMORY; ERR_ARITHMETIC, ERR_MODULE, ERR_LEARNER, ERR_ENGINE_MISSING as their engines.
 */
export async function createBlockPredictor(
  ensemble: TrainedEnsemble,
  blockRows: number,
  options: AnswerOptions = {},
  loadedBytes?: number,
): Promise<BlockPredictor> {
  const rules = answerRules(ensemble, options);
  requireMembers(ensemble, 'to predict with');
  const members = storedMembers(ensemble);
  await requireRoomToLoad(ensemble, loadedBytes);
  const context = predictorContext(ensemble, blockRows, loadedBytes);
  const loaded = await loadMembers(context, members, (engine) => engines.get(engine).loadPredictor());
  return blockPredictor(ensemble, members, loaded, rules, blockRows);
}
