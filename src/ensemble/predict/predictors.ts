// The members of an ensemble, of whatever engines, ready to predict. Only the engines that its members need are
// loaded, all at once.

import type { Values } from '../../data/dataset/dataset.js';
import { encodeRows, writeEncoded } from '../../data/dataset/encoding.js';
import { engines } from '../../engines/registry.js';
import {
  type EnginePredictor,
  loadAll,
  type PredictorContext,
  type StoredMember,
} from '../../engines/shared/predictor.js';
import { isNetwork } from '../../model/network-members.js';
import type { RowRange } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { type AnswerOptions, answerRules } from './answer-rules.js';
import { requireRoomToLoad } from './loaded-bytes.js';
import { predictorContext, requireMembers, storedMembers } from './stored-members.js';

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
 * @throws ERR_BUNDLE when there are none; ERR_MEMORY; ERR_ARITHMETIC, ERR_MODULE, ERR_LEARNER, ERR_ENGINE_MISSING as their engines.
 */
export async function createBlockPredictor(
  ensemble: TrainedEnsemble,
  blockRows: number,
  options: AnswerOptions = {},
  loadedBytes?: number,
): Promise<BlockPredictor> {
  const { features, encoding } = ensemble;
  const rules = answerRules(ensemble, options);
  requireMembers(ensemble, 'to predict with');
  const members = storedMembers(ensemble);
  await requireRoomToLoad(ensemble, loadedBytes);
  const loaded = await loadMembers(predictorContext(ensemble, blockRows, loadedBytes), members);
  const encode = (x: Values, range: RowRange, index: Uint32Array | null) =>
    encodeRows(x, features, encoding.features, range, index);
  const isNetworks = members.every(({ spec }) => isNetwork(spec));
  let block: Float32Array | null = null;
  // Networks copy their rows: whole blocks, of which there may be many, share one place, which is half of the work.
  const encodeBlock = (x: Values, range: RowRange, index: Uint32Array | null) => {
    if (encoding.features === null) return encode(x, range, index);
    block ??= new Float32Array(blockRows * features);
    writeEncoded(x, features, encoding.features, range, index, block, features);
    return block;
  };
  return {
    async predictBlock(x, range, index) {
      const count = range.end - range.start;
      const rows = count === blockRows && isNetworks ? encodeBlock(x, range, index) : encode(x, range, index);
      const predictions = await loaded.predict(rows, count);
      rules.apply(predictions, range, index);
      return predictions;
    },
    dispose: () => loaded.dispose(),
  };
}

/** Members of one engine. */
interface EngineMembers {
  readonly engine: string;
  readonly members: StoredMember[];
  /** Their places among all members. */
  readonly places: number[];
}

async function loadMembers(
  context: PredictorContext,
  members: readonly StoredMember[],
): Promise<EnginePredictor> {
  const groups = byEngine(members);
  const modules = await Promise.all(groups.map(({ engine }) => engines.get(engine).loadPredictor()));
  // Most ensembles are of one engine.
  if (modules.length === 1) return modules[0]!.createPredictor(context, members);
  const { loaded, dispose } = await loadAll([...modules.entries()], ([at, module]) =>
    module.createPredictor(context, groups[at]!.members),
  );
  return {
    async predict(rows, count) {
      const all: Predictions[] = [];
      for (const [at, predictor] of loaded.entries()) {
        const answers = await predictor.predict(rows, count);
        for (const [own, place] of groups[at]!.places.entries()) all[place] = answers[own]!;
      }
      return all;
    },
    dispose,
  };
}

/** The members by engine, in the order of the first of each. */
function byEngine(members: readonly StoredMember[]): readonly EngineMembers[] {
  const groups = new Map<string, EngineMembers>();
  for (const [place, member] of members.entries()) {
    const { engine } = member.spec;
    const own = groups.get(engine) ?? { engine, members: [], places: [] };
    own.members.push(member);
    own.places.push(place);
    groups.set(engine, own);
  }
  return [...groups.values()];
}
