// The rows that an explanation is made on: those of a file, or those of the training out of bag, as many as are asked for,
// drawn by a seed.

import type { Dataset, Values } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { drawOutOfBag, isTrainedOn } from '../ensemble/evaluate/out-of-bag-rows.js';
import { checkDataset } from '../ensemble/predict/inputs.js';
import { TuttiError } from '../errors.js';
import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';
import { type TargetBlock, targetBlock } from '../predictions/blocks.js';
import type { KnownRows } from '../predictions/known-rows.js';

export interface ExplainedRows {
  readonly rowsFrom: KnownRows['rowsFrom'];
  readonly rows: number;
  /** How many there were to draw from. */
  readonly of: number;
  /** Each row's place in the dataset, ascending, u32[rows]. */
  readonly index: Uint32Array;
  /** [rows, features], row-major, in the user's units. */
  readonly x: Values;
  readonly truth: TargetBlock;
  /** f32[rows]; null where all are 1. */
  readonly weights: Float32Array | null;
  /** u8[k, rows], 1 where a row is out of bag for a member; null where all count. */
  readonly mask: Uint8Array | null;
  /** i32[rows], the dataset's groups; null without. */
  readonly groups: Int32Array | null;
}

/**
 * Draws rows without replacement.
 * @param rowsFrom @default out of bag for the dataset that the ensemble was trained on, else held out
 * @param most rows at most
 * @throws ERR_DATA where rows out of bag are asked for and there are none.
 */
export function drawExplainedRows(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  rowsFrom: KnownRows['rowsFrom'] | undefined,
  most: number,
  seed: number,
): ExplainedRows {
  checkDataset(ensemble, dataset);
  const from = rowsFrom ?? (isTrainedOn(ensemble, dataset) ? 'outOfBag' : 'heldOut');
  const stream = new RandomStream(streamKey(seed, 'explainedRows'));
  if (from === 'heldOut') {
    const all = Uint32Array.from({ length: dataset.rows }, (_, row) => row);
    return rowsAt(dataset, from, all, drawn(all, most, stream), null);
  }
  const draw = drawOutOfBag(ensemble, dataset);
  if (draw === null) throw nothingOutOfBag(ensemble);
  const { candidates } = draw;
  const mask = draw.maskOf(candidates, 0, candidates.length);
  const all = candidates.filter((_, at) => isCovered(mask, candidates.length, at));
  const index = drawn(all, most, stream);
  return rowsAt(dataset, from, all, index, draw.maskOf(index, 0, index.length));
}

function isCovered(mask: Uint8Array, rows: number, row: number): boolean {
  for (let at = row; at < mask.length; at += rows) if (mask[at] === 1) return true;
  return false;
}

/** Some of the rows, ascending. */
function drawn(all: Uint32Array, most: number, stream: RandomStream): Uint32Array {
  if (all.length <= most) return all;
  const order = Uint32Array.from(all);
  shuffleInPlace(order, stream);
  return order.slice(0, most).sort();
}

function rowsAt(
  dataset: Dataset,
  rowsFrom: KnownRows['rowsFrom'],
  all: Uint32Array,
  index: Uint32Array,
  mask: Uint8Array | null,
): ExplainedRows {
  const { rowWeights, groups } = dataset;
  const rows = index.length;
  return {
    ...{ rowsFrom, rows, of: all.length, index, mask },
    x: rowsOfX(dataset, index),
    truth: targetBlock(dataset, index, { start: 0, end: rows }),
    weights: rowWeights && Float32Array.from(index, (row) => rowWeights[row]!),
    groups: groups && Int32Array.from(index, (row) => groups[row]!),
  };
}

/** Rows of x, copied, of the same precision. */
export function rowsOfX({ x, features }: Dataset, index: Uint32Array): Values {
  const length = index.length * features;
  const own = x instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  index.forEach((row, at) => {
    own.set(x.subarray(row * features, (row + 1) * features), at * features);
  });
  return own;
}

export function nothingOutOfBag({ members }: TrainedEnsemble): TuttiError {
  const message =
    'Expected rows that are out of bag for some member, got none: every member saw every row; give rows of another file, ' +
    "or train with `resample: 'bootstrap'`";
  return new TuttiError('ERR_DATA', message, { members: members.length });
}
