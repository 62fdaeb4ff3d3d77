// The bookkeeping of out of bag: which training rows which member never saw, drawn again from its seed and never stored,
// and everyone's predictions of them, block by block. Knows no figure.

import type { Dataset } from '../../data/dataset/dataset.js';
import { hashesOf } from '../../data/dataset/dataset-hash.js';
import { TuttiError } from '../../errors.js';
import { seedOf } from '../../model/spec.js';
import { type RowRange, type TargetBlock, targetBlock } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { isSameData } from '../../same-data.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { drawEnsembleRows, drawMember, type EnsembleRows } from '../member-rows.js';
import { checkDataset } from '../predict/inputs.js';
import { eachBlock } from '../predict/predict.js';
import type { MemberPredictionOptions } from '../predict/predict-members.js';

/**
 * Visits the rows that members were drawn from with everyone's predictions; the mask, u8[k, rows], has a 1 where
 * a row is out of bag for a member.
 * @returns false, having visited nothing, when no row is out of bag for any member.
 * @throws ERR_SHAPE, ERR_DATA when the dataset's rows or groups are not those the ensemble was trained on.
 */
export async function eachOutOfBagBlock(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  visit: (members: readonly Predictions[], targets: TargetBlock, mask: Uint8Array) => void,
  options: MemberPredictionOptions = {},
): Promise<boolean> {
  const drawn = drawOutOfBag(ensemble, dataset);
  if (drawn === null) return false;
  const { candidates } = drawn;
  const visitBlock = (members: readonly Predictions[], range: RowRange) => {
    const rows = range.end - range.start;
    visit(members, targetBlock(dataset, candidates, range), drawn.maskOf(candidates, range.start, rows));
  };
  await eachBlock(ensemble, dataset.x, candidates.length, candidates, visitBlock, options);
  return true;
}

/** Who never saw which row. */
export interface OutOfBagDraw {
  /** Rows that some member was drawn from, ascending. */
  readonly candidates: Uint32Array;
  /** u8[k, rows] of some rows of the dataset: those at start … start + rows of `index`; 1 where a row is out of bag. */
  maskOf(index: Uint32Array, start: number, rows: number): Uint8Array;
}

/**
 * Draws again who never saw which row of the training dataset; null when no row is out of bag for any member.
 * @throws as {@link eachOutOfBagBlock}.
 */
export function drawOutOfBag(ensemble: TrainedEnsemble, dataset: Dataset): OutOfBagDraw | null {
  checkDataset(ensemble, dataset);
  requireTrainingRows(ensemble, dataset);
  const drawn = drawEnsembleRows(ensemble.plan, dataset);
  const outOfBag = outOfBagBits(ensemble, dataset, drawn);
  if (outOfBag === null) return null;
  return {
    candidates: drawn.all,
    maskOf(index, start, rows) {
      const mask = new Uint8Array(outOfBag.length * rows);
      for (let at = 0; at < mask.length; at++) {
        const row = index[start + (at % rows)]!;
        mask[at] = hasBit(outOfBag[Math.floor(at / rows)]!, row) ? 1 : 0;
      }
      return mask;
    },
  };
}

/** One bit per row of the dataset for each trained member; null when none is set. */
function outOfBagBits(
  { plan, members, features }: TrainedEnsemble,
  dataset: Dataset,
  rows: EnsembleRows,
): Uint8Array[] | null {
  let any = false;
  const bits = members.map(({ index }) => {
    const spec = plan.members[index]!;
    const { outOfBag } = drawMember(seedOf(plan, spec), spec, dataset, features, rows.of(spec));
    const own = new Uint8Array(Math.ceil(dataset.rows / 8));
    for (const row of outOfBag) own[row >>> 3]! |= 1 << (row & 7);
    any ||= outOfBag.length > 0;
    return own;
  });
  return any ? bits : null;
}

function hasBit(bits: Uint8Array, row: number): boolean {
  return ((bits[row >>> 3]! >>> (row & 7)) & 1) === 1;
}

/**
 * Whether a dataset holds the rows that the ensemble was trained on, whatever their weights and its own scales. Of an
 * ensemble saved before format 3 only the very dataset is known again.
 */
export function isTrainedOn(ensemble: TrainedEnsemble, dataset: Dataset): boolean {
  if (dataset.hash === ensemble.datasetHash) return true;
  const { trainedOn, encoding, preprocessing } = ensemble;
  if (trainedOn === null) return false;
  if (dataset.rowsHash === trainedOn.rowsHash) return true;
  if (isSameData(dataset.encoding, encoding)) return false;
  return hashesOf({ ...dataset, encoding, preprocessing }).rowsHash === trainedOn.rowsHash;
}

/** Out of bag is who drew what, and that depends on groups and times too. */
function requireTrainingRows(ensemble: TrainedEnsemble, dataset: Dataset): void {
  const fail = (got: string): never => {
    const expected = 'Out-of-bag figures need the rows the ensemble was trained on';
    throw new TuttiError('ERR_DATA', `${expected}${ofSplit(ensemble)}, got ${got}`, { rows: dataset.rows });
  };
  if (!isTrainedOn(ensemble, dataset)) fail(`others (${dataset.rows} rows)`);
  if (dataset.hash === ensemble.datasetHash) return;
  if (dataset.groupsHash !== ensemble.trainedOn!.groupsHash) {
    const what = ensemble.preprocessing?.timeColumn === undefined ? 'groups' : 'times';
    fail(dataset.groupsHash === null ? `them without their ${what}` : `them with other ${what}`);
  }
}

function ofSplit({ trainedOn }: TrainedEnsemble): string {
  const split = trainedOn?.split ?? null;
  if (split === null) return '';
  const { testShare, seed, rows } = split;
  return ` (those left of ${rows} by a test share of ${testShare} with seed ${seed})`;
}
