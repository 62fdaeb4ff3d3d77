// Predicts rows whose truth is known and keeps them whole, in one pass that others may ride along.

import type { Dataset, Values } from '../../data/dataset/dataset.js';
import { pickOptions } from '../../option-names.js';
import { type RowRange, type TargetBlock, targetBlock } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { Predictions } from '../../predictions/predictions.js';
import { pickQuantiles, quantilesPart } from '../../predictions/quantiles.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { drawEnsembleRows } from '../member-rows.js';
import { checkDataset } from '../predict/inputs.js';
import {
  aggregatorFor,
  type CombineOptions,
  concatenate,
  eachBlock,
  ensembleCombiner,
} from '../predict/predict.js';
import { MEMBER_PREDICTION_OPTIONS } from '../predict/predict-members.js';
import { requireMembers } from '../predict/stored-members.js';
import { createFewerMembers } from './fewer-members.js';
import { eachOutOfBagBlock } from './out-of-bag-rows.js';

/** What sees the members' predictions of each block of rows; see `eachOutOfBagBlock`. */
export type BlockVisitor = (
  members: readonly Predictions[],
  targets: TargetBlock,
  mask: Uint8Array | null,
) => void;

export interface KnownRowsOptions extends CombineOptions {
  /** Whether each member's own predictions are kept: members × rows × outputs numbers. @default true */
  readonly members?: boolean;
  /** Sees every block too, of all rows, so that what is streamed needs no pass of its own. */
  readonly visit?: BlockVisitor;
}

/**
 * Predicts all rows of a dataset, `heldOut`, or those of the training dataset by the members that never saw each.
 * @returns null when no row is out of bag for a member that counts.
 * @throws as `predictEnsemble`, and ERR_DATA when the rows are out of bag for nobody's training.
 */
export async function predictKnownRows(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  rowsFrom: KnownRows['rowsFrom'],
  options: KnownRowsOptions = {},
): Promise<KnownRows | null> {
  requireMembers(ensemble, 'to predict with');
  const { members: keepsMembers = true, visit, ...combining } = options;
  const collector = createKnownRows(ensemble, dataset, rowsFrom, keepsMembers, combining);
  const answering = pickOptions(combining, MEMBER_PREDICTION_OPTIONS);
  const see: BlockVisitor = (members, targets, mask) => {
    visit?.(members, targets, mask);
    collector.addBlock(members, targets, mask);
  };
  if (rowsFrom === 'outOfBag') {
    await eachOutOfBagBlock(ensemble, dataset, see, answering);
  } else {
    checkDataset(ensemble, dataset);
    const visitRange = (members: readonly Predictions[], range: RowRange) =>
      see(members, targetBlock(dataset, null, range), null);
    await eachBlock(ensemble, dataset.x, dataset.rows, null, visitRange, answering);
  }
  return collector.finish();
}

/** Makes known rows of the blocks of a pass over all rows of a dataset. */
export interface KnownRowsCollector {
  addBlock: BlockVisitor;
  /** Null when no row counts for any member. */
  finish(): KnownRows | null;
}

/** A collector for a pass that is somebody else's: see {@link predictKnownRows}. */
export function createKnownRows(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  rowsFrom: KnownRows['rowsFrom'],
  keepsMembers: boolean,
  options: CombineOptions,
): KnownRowsCollector {
  const { task, plan } = ensemble;
  const aggregator = aggregatorFor(ensemble, options);
  const combine = ensembleCombiner(ensemble, { ...options, aggregator, calibrated: false });
  const candidates = rowsFrom === 'outOfBag' ? drawEnsembleRows(plan, dataset).all : null;
  const places: number[] = [];
  const combined: CombinedPredictions[] = [];
  const members: Predictions[][] = ensemble.members.map(() => []);
  const masks: Uint8Array[] = [];
  const isFewer = rowsFrom === 'outOfBag' && task.kind === 'classification';
  const fewer = isFewer ? createFewerMembers(ensemble, options) : null;
  let seen = 0;
  return {
    addBlock(own, targets, mask) {
      const block = combine(own, mask);
      const kept: number[] = [];
      for (let row = 0; row < targets.rows; row++) {
        if (Number.isNaN(block.mean[row * block.outputs]!)) continue;
        kept.push(row);
        places.push(candidates === null ? seen + row : candidates[seen + row]!);
      }
      seen += targets.rows;
      if (kept.length === 0) return;
      const labels = block.labels && Int32Array.from(kept, (row) => block.labels![row]!);
      combined.push({ ...block, ...rowsOf(block, kept), labels });
      if (keepsMembers) {
        for (const [at, predictions] of own.entries()) members[at]!.push(rowsOf(predictions, kept));
      }
      if (mask === null) return;
      const columns = keptColumns(mask, targets.rows, kept);
      masks.push(columns);
      fewer?.addRows(own, columns, kept);
    },
    finish() {
      const rows = places.length;
      if (rows === 0) return null;
      const index = Uint32Array.from(places);
      const { rowWeights, groups } = dataset;
      return {
        ...{ task, rowsFrom, rows, index },
        outputs: combined[0]!.outputs,
        truth: targetBlock(dataset, index, { start: 0, end: rows }),
        weights: rowWeights && Float32Array.from(index, (row) => rowWeights[row]!),
        groups: groups && Int32Array.from(index, (row) => groups[row]!),
        combined: concatenate(combined, rows),
        members: keepsMembers ? members.map((blocks) => joined(blocks, rows)) : [],
        mask: rowsFrom === 'heldOut' ? null : joinedColumns(masks, ensemble.members.length, rows),
        fewer: fewer?.finish() ?? null,
      };
    },
  };
}

/** Some rows of predictions, copied: blocks are views that the next one overwrites. */
function rowsOf(predictions: Predictions, kept: readonly number[]): Predictions {
  const { outputs } = predictions;
  const pick = <Own extends Values>(values: Own): Own => {
    const own = new (values.constructor as new (length: number) => Own)(kept.length * outputs);
    kept.forEach((row, at) => {
      for (let output = 0; output < outputs; output++)
        own[at * outputs + output] = values[row * outputs + output]!;
    });
    return own;
  };
  return {
    ...{ rows: kept.length, outputs },
    mean: pick(predictions.mean),
    logProbabilities: predictions.logProbabilities && pick(predictions.logProbabilities),
    variance: predictions.variance && pick(predictions.variance),
    ...quantilesPart(predictions.quantiles && pickQuantiles(predictions.quantiles, predictions.rows, kept)),
  };
}

function joined(blocks: readonly Predictions[], rows: number): Predictions {
  const whole = concatenate(
    blocks.map((block) => ({ ...block, labels: null, flooredCount: 0, varianceKind: null })),
    rows,
  );
  const { outputs, mean, logProbabilities, variance, quantiles } = whole;
  return { rows, outputs, mean, logProbabilities, variance, ...quantilesPart(quantiles) };
}

/** Columns of u8[k, rows]. */
function keptColumns(mask: Uint8Array, rows: number, kept: readonly number[]): Uint8Array {
  const members = mask.length / rows;
  const own = new Uint8Array(members * kept.length);
  for (let member = 0; member < members; member++) {
    kept.forEach((row, at) => {
      own[member * kept.length + at] = mask[member * rows + row]!;
    });
  }
  return own;
}

/** Blocks u8[k, rows of the block] side by side. */
function joinedColumns(blocks: readonly Uint8Array[], members: number, rows: number): Uint8Array {
  const whole = new Uint8Array(members * rows);
  let start = 0;
  for (const block of blocks) {
    const own = block.length / members;
    for (let member = 0; member < members; member++) {
      whole.set(block.subarray(member * own, (member + 1) * own), member * rows + start);
    }
    start += own;
  }
  return whole;
}
