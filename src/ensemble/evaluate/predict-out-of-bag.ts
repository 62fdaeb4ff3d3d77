// What an ensemble says of its own training rows, each by the members that never saw it: predictions to look at,
// calibrate or stack with, where evaluate.ts gives their scores.

import type { Dataset } from '../../data/dataset/dataset.js';
import { checkOptions, pickOptions } from '../../option-names.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { drawEnsembleRows } from '../member-rows.js';
import { type CombineOptions, concatenate, ensembleCombiner, PREDICT_OPTIONS } from '../predict/predict.js';
import { MEMBER_PREDICTION_OPTIONS } from '../predict/predict-members.js';
import { requireMembers } from '../predict/stored-members.js';
import { eachOutOfBagBlock } from './out-of-bag-rows.js';

/** Predictions of `rows` training rows; those of rows that no member left out are NaN, with label −1. */
export interface OutOfBagPredictions extends CombinedPredictions {
  /** The rows' places in the dataset, ascending, u32[rows]: all but those held out to stop members early. */
  readonly index: Uint32Array;
  /** Members that each row is out of bag for, u32[rows]. */
  readonly memberCounts: Uint32Array;
  /** u8[k, rows], 1 where a row is out of bag for a member: what `aggregate` and `predictMembers` are combined with. */
  readonly mask: Uint8Array;
}

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function predictOutOfBag(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: CombineOptions = {},
): Promise<OutOfBagPredictions | null> {
  checkOptions('predictOutOfBag', options, PREDICT_OPTIONS);
  requireMembers(ensemble, 'to predict with');
  const { plan, members } = ensemble;
  const combine = ensembleCombiner(ensemble, options);
  const index = drawEnsembleRows(plan, dataset).all;
  const rows = index.length;
  const mask = new Uint8Array(members.length * rows);
  const memberCounts = new Uint32Array(rows);
  const blocks: CombinedPredictions[] = [];
  let start = 0;
  const any = await eachOutOfBagBlock(
    ensemble,
    dataset,
    (predictions, targets, own) => {
      blocks.push(combine(predictions, own));
      for (let at = 0; at < own.length; at++) {
        const row = start + (at % targets.rows);
        mask[Math.floor(at / targets.rows) * rows + row] = own[at]!;
        memberCounts[row]! += own[at]!;
      }
      start += targets.rows;
    },
    pickOptions(options, MEMBER_PREDICTION_OPTIONS),
  );
  return any ? { ...concatenate(blocks, rows), index, memberCounts, mask } : null;
}
