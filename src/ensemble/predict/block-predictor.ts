// Members that are loaded, of whatever engines, as one that predicts blocks of rows: it encodes them, asks each engine for its
// own members, and holds every answer to the rules.

import type { Values } from '../../data/dataset/dataset.js';
import { encodeRows, writeEncoded } from '../../data/dataset/encoding.js';
import type { PredictorModule } from '../../engines/shared/definition.js';
import {
  type EnginePredictor,
  loadAll,
  type PredictorContext,
  type StoredMember,
} from '../../engines/shared/predictor.js';
import { isNetwork } from '../../model/network-members.js';
import type { MemberSpec } from '../../model/spec.js';
import type { RowRange } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { TrainedEnsemble } from '../ensemble.js';
import type { AnswerRules } from './answer-rules.js';

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

/** @param members those that are loaded, in the order of `ensemble.members`. */
export function blockPredictor(
  { features, encoding }: Pick<TrainedEnsemble, 'features' | 'encoding'>,
  members: readonly StoredMember[],
  loaded: EnginePredictor,
  rules: AnswerRules,
  blockRows: number,
): BlockPredictor {
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

/** Loads members by what their engines have for that, all engines at once. */
export async function loadMembers(
  context: PredictorContext,
  members: readonly StoredMember[],
  moduleOf: (engine: string) => Promise<PredictorModule<MemberSpec>>,
): Promise<EnginePredictor> {
  const groups = byEngine(members);
  const modules = await Promise.all(groups.map(({ engine }) => moduleOf(engine)));
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
