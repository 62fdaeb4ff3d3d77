// Predicting with a dropout net in each of the ways there are: by the weight scaling rule, or by a mean over
// masks, sampled or all of them. Masks go through in chunks, so that 2¹⁶ of them take no more memory.

import { setImmediate } from 'node:timers/promises';
import type { UnitFactors } from '../engines/wasm/dropout.js';
import { blockRanges } from '../measure/blocks.js';
import type { CombinedPredictions } from '../measure/combine.js';
import type { Predictions } from '../measure/predictions.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { combiner } from './aggregate/aggregate.js';
import type { Ensemble } from './ensemble.js';
import {
  type DropoutNet,
  dropoutNet,
  enumerateMasks,
  MASK_OPTIONS,
  type MaskOptions,
  ofMasks,
  sampleMasks,
} from './masks.js';
import { predictorOf } from './network-predictor.js';
import { checkRows, concatenate, predictEnsemble, standardise } from './predict.js';

export type MaskWay = 'weightScaling' | 'arithmeticMean' | 'geometricMean';

export interface PredictMasksOptions extends MaskOptions {
  /** @default 'weightScaling' */
  readonly way?: MaskWay;
  /** How many sampled masks a mean is over, or `all` 2ⁿ weighted by their probability. @default 50 */
  readonly masks?: number | 'all';
}

const PREDICT_MASKS_OPTIONS = {
  ...MASK_OPTIONS,
  way: option.oneOf('weightScaling', 'arithmeticMean', 'geometricMean'),
  masks: option.either(option.integer(1), option.oneOf('all')),
} satisfies OptionTable<PredictMasksOptions>;

/** The usual number of sampled masks: the book finds 10 to 20 enough for good performance. */
export const DEFAULT_MASKS = 50;

/** Masks whose predictions are combined at once. */
const CHUNK_MASKS = 256;

/**
 * Predicts rows with one dropout net of an ensemble.
 * @param x f32[rows, features] as for `predictEnsemble`.
 * @throws ERR_OPTION for a member without dropout, for `all` masks of too many units, for the geometric mean
 * of regressions without a variance head; ERR_SHAPE when x is not a whole number of rows.
 *
 * **Source:** Goodfellow, Bengio, Courville, Deep Learning, 7.12, eq. 7.52 (arithmetic), 7.53–7.55 (geometric)
 * and p. 260 (weight scaling).
 */
export async function predictWithMasks(
  ensemble: Ensemble,
  x: Float32Array,
  options: PredictMasksOptions = {},
): Promise<CombinedPredictions> {
  checkOptions('predictWithMasks', options, PREDICT_MASKS_OPTIONS);
  const { way = 'weightScaling', masks = DEFAULT_MASKS, seed, member } = options;
  const net = dropoutNet(ensemble, member);
  if (way === 'weightScaling') return predictEnsemble(net.alone, x);
  return predictChunks(net, x, way, masks === 'all' ? chunksOfAll(net) : chunksOf(net, masks, seed));
}

/** Masks predicted together; their weights need not sum to 1. */
interface MaskChunk {
  readonly factors: readonly UnitFactors[];
  readonly weights: readonly number[];
}

interface MaskChunks {
  /** Masks in the largest chunk. */
  readonly largest: number;
  chunks(): Iterable<MaskChunk>;
}

function chunksOf(net: DropoutNet, masks: number, seed: number | undefined): MaskChunks {
  const all = sampleMasks(net, masks, seed);
  return {
    largest: Math.min(CHUNK_MASKS, masks),
    *chunks() {
      for (const { start, end } of blockRanges(masks, CHUNK_MASKS)) {
        const factors = all.slice(start, end);
        yield { factors, weights: factors.map(() => 1) };
      }
    },
  };
}

function chunksOfAll(net: DropoutNet): MaskChunks {
  const all = enumerateMasks(net);
  return {
    largest: Math.min(CHUNK_MASKS, all.count),
    *chunks() {
      for (const { start, end } of blockRanges(all.count, CHUNK_MASKS)) {
        const { factors, probabilities } = all.range(start, end);
        yield { factors, weights: probabilities };
      }
    },
  };
}

/**
 * A mean of means, each with its chunk's weight, is the mean over all: for the geometric mean too, since a
 * chunk's renormalisation is a constant of the row, which the last one cancels.
 */
async function predictChunks(
  net: DropoutNet,
  x: Float32Array,
  way: Exclude<MaskWay, 'weightScaling'>,
  { largest, chunks }: MaskChunks,
): Promise<CombinedPredictions> {
  const { alone } = net;
  const rows = checkRows(alone, x);
  const inputs = standardise(x, alone.featureScale);
  const any = sampleMasks(net, 1);
  const predictor = predictorOf(
    ofMasks(
      net,
      Array.from({ length: largest }, () => any[0]!),
    ),
  );
  const combine = (members: readonly Predictions[], weights: readonly number[]) =>
    combiner(way, alone.task, { weights })(members);
  const blocks: CombinedPredictions[] = [];
  for (const range of blockRanges(rows)) {
    const parts: CombinedPredictions[] = [];
    const shares: number[] = [];
    for (const { factors, weights } of chunks()) {
      factors.forEach((mask, position) => {
        predictor.setFactors(position, mask);
      });
      const predictions = predictor.predictBlock(inputs, range, null);
      parts.push(combine(predictions.slice(0, factors.length), weights));
      shares.push(weights.reduce((sum, weight) => sum + weight, 0));
      await setImmediate();
    }
    const [first] = parts;
    blocks.push(
      parts.length === 1 ? first! : { ...combine(parts, shares), varianceKind: first!.varianceKind },
    );
  }
  return concatenate(blocks, rows);
}
