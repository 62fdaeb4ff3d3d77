// The members of an ensemble, of whatever engines, ready to predict. Only the engines that its members need are
// loaded.

import type { Values } from '../../data/dataset/dataset.js';
import { encodeRows } from '../../data/dataset/encoding.js';
import { drawFeatureSubset } from '../../data/resample.js';
import type { MemberPredictor } from '../../engines/shared/engine.js';
import { allowedModule } from '../../engines/user-modules/allowed-modules.js';
import { TuttiError } from '../../errors.js';
import type { RowRange } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble.js';
import { type AnswerOptions, answerRules } from './answers.js';

/** All members at once. */
export interface BlockPredictor {
  /**
   * Predicts a range of positions of x, [n, features] in the user's units: of its rows, or of the rows `index` lists.
   * @returns one prediction per member, in order, in the user's units; views that the next call overwrites.
   * @throws ERR_DATA for a value of x, or an answer of a member, that is not finite.
   */
  predictBlock(x: Values, range: RowRange, index: Uint32Array | null): Promise<readonly Predictions[]>;
  /** Lets go of what the members hold. */
  dispose(): void;
}

/**
 * Loads the members of an ensemble.
 * @param loadedBytes of networks' weights that stay loaded, the others taking turns. @default the engine's
 * @throws ERR_BUNDLE when there are none; ERR_ARITHMETIC, ERR_MODULE, ERR_LEARNER, ERR_ENGINE_MISSING as their engines.
 */
export async function createBlockPredictor(
  ensemble: TrainedEnsemble,
  blockRows: number,
  options: AnswerOptions = {},
  loadedBytes?: number,
): Promise<BlockPredictor> {
  const { plan, members, features, encoding } = ensemble;
  const rules = answerRules(ensemble, options);
  if (members.length === 0)
    throw new TuttiError('ERR_BUNDLE', 'This ensemble has no finished members to predict with');
  const isNetwork = ({ index }: TrainedMember) => plan.members[index]!.engine === 'wasm';
  const networks = await loadNetworks(ensemble, members.filter(isNetwork), blockRows, loadedBytes);
  const others: (MemberPredictor | null)[] = [];
  const dispose = () => {
    networks?.dispose();
    for (const other of others) other?.dispose?.();
  };
  try {
    for (const member of members) {
      others.push(isNetwork(member) ? null : await createMemberPredictor(ensemble, member));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    async predictBlock(x, range, index) {
      const rows = encodeRows(x, features, encoding.features, range, index);
      const all = { start: 0, end: range.end - range.start };
      const answers = networks?.predictBlock(rows, all, null).values();
      const predictions: Predictions[] = [];
      for (const other of others) {
        predictions.push(other === null ? answers!.next().value! : await other.predict(rows, all, null));
      }
      rules.apply(predictions, range, index);
      return predictions;
    },
    dispose,
  };
}

/** The networks of the wasm engine, which share a memory; null when there are none. */
async function loadNetworks(
  ensemble: TrainedEnsemble,
  members: readonly TrainedMember[],
  blockRows: number,
  loadedBytes?: number,
) {
  if (members.length === 0) return null;
  const { predictorOf } = await import('./network-predictor.js');
  return predictorOf(ensemble, members, blockRows, loadedBytes);
}

async function createMemberPredictor(
  ensemble: TrainedEnsemble,
  { index, weights, model }: TrainedMember,
): Promise<MemberPredictor> {
  const { plan, features, task, encoding } = ensemble;
  const { features: scale, targets: targetScale } = encoding;
  const spec = plan.members[index]!;
  const columns = drawFeatureSubset(spec.featureShare, plan.seed, spec.streams.resample, features);
  switch (spec.engine) {
    case 'wasm':
      throw new TuttiError('ERR_INTERNAL', 'Networks are loaded together', { member: index });
    case 'neighbours': {
      const { createNeighboursPredictor } = await import('../../engines/neighbours/predictor.js');
      return createNeighboursPredictor({ spec, weights, columns }, features, task, targetScale, scale);
    }
    case 'tfjs': {
      const { createTfjsPredictor } = await import('../../engines/tfjs/predictor.js');
      const topology = new TextDecoder().decode(Uint8Array.from(model!));
      const module = () => allowedModule(ensemble.allowedModules, { module: spec.model, member: index });
      const member = { spec, index, weights, topology, columns, module };
      return createTfjsPredictor(member, features, task, targetScale);
    }
    case 'learner': {
      const { createLearnerPredictor } = await import('../../engines/learner/predictor.js');
      const module = allowedModule(ensemble.allowedModules, { module: spec.learner, member: index });
      const member = { module, index, model: model!, columns };
      return createLearnerPredictor(member, features, task, targetScale);
    }
    default:
      return spec satisfies never;
  }
}
