// Predicting with a dropout net in each of the ways there are: by the weight scaling rule, or by a mean over
// masks, sampled or all of them. Masks go through in chunks, so that 2¹⁶ of them take no more memory.

import { encodeRows } from '../../data/dataset/encoding.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { ANSWER_OPTIONS, type AnswerOptions, answerRules } from '../../ensemble/predict/answer-rules.js';
import { type Inputs, inputsOf } from '../../ensemble/predict/inputs.js';
import { predictorOf } from '../../ensemble/predict/network-predictor.js';
import { concatenate, predictEnsemble } from '../../ensemble/predict/predict.js';
import { betweenBlocks } from '../../long-calls.js';
import type { UnitFactors } from '../../model/layer-types.js';
import {
  checkOptions,
  type OptionTable,
  type OptionUses,
  option,
  pickOptions,
  requireUses,
} from '../../option-names.js';
import { combiner } from '../../predictions/aggregate/aggregate.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { blockRanges } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import {
  type DropoutNet,
  dropoutNet,
  enumerateMasks,
  MASK_OPTIONS,
  type MaskOptions,
  ofMasks,
  sampleMasks,
} from './masks.js';

/** Aggregators of which a mean of means is the mean over all, so that masks can go through in chunks. */
export const MASK_MEANS = ['arithmeticMean', 'geometricMean'] as const satisfies readonly Aggregator[];

export type MaskWay = 'weightScaling' | (typeof MASK_MEANS)[number];

export interface PredictMasksOptions extends MaskOptions, AnswerOptions {
  /** @default 'weightScaling' */
  readonly way?: MaskWay;
  /** How many sampled masks a mean is over, or `all` 2ⁿ weighted by their probability. @default 50 */
  readonly masks?: number | 'all';
}

const PREDICT_MASKS_OPTIONS = {
  ...MASK_OPTIONS,
  ...ANSWER_OPTIONS,
  way: option.oneOf('weightScaling', ...MASK_MEANS),
  masks: option.either(option.integer(1), option.oneOf('all')),
} satisfies OptionTable<PredictMasksOptions>;

const averages = ({ way = 'weightScaling' }: PredictMasksOptions) => way !== 'weightScaling';

const PREDICT_MASKS_USES = {
  masks: { says: '`way` is arithmeticMean or geometricMean', holds: averages },
  seed: {
    says: '`way` is arithmeticMean or geometricMean over sampled `masks`',
    holds: (options) => averages(options) && options.masks !== 'all',
  },
} satisfies OptionUses<PredictMasksOptions>;

/** The usual number of sampled masks: the book finds 10 to 20 enough for good performance. */
export const DEFAULT_MASKS = 50;

/** Masks whose predictions are combined at once. */
const CHUNK_MASKS = 256;

/**
 * Predicts rows with one dropout net of an ensemble.
 * @param x [rows, features] in the user's units, or a dataset, as for `predictEnsemble`.
 * @throws ERR_OPTION for a member without dropout, for `all` masks of too many units, for the geometric mean
 * of regressions without a variance head; ERR_SHAPE when x is not a whole number of rows.
 *
 * **Source:** Goodfellow, Bengio, Courville, Deep Learning, 7.12, eq. 7.52 (arithmetic), 7.53–7.55 (geometric)
 * and p. 260 (weight scaling).
 */
export async function predictWithMasks(
  ensemble: TrainedEnsemble,
  x: Inputs,
  options: PredictMasksOptions = {},
): Promise<CombinedPredictions> {
  checkOptions('predictWithMasks', options, PREDICT_MASKS_OPTIONS);
  requireUses(options, PREDICT_MASKS_USES);
  const { way = 'weightScaling', masks = DEFAULT_MASKS, seed, member } = options;
  const answers = pickOptions(options, ANSWER_OPTIONS);
  answers.signal?.throwIfAborted();
  const net = dropoutNet(ensemble, member);
  if (way === 'weightScaling') return predictEnsemble(net.alone, x, answers);
  const chunks = masks === 'all' ? chunksOfAll(net) : chunksOf(net, masks, seed);
  return predictChunks(net, x, way, chunks, answers);
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
  inputs: Inputs,
  way: Exclude<MaskWay, 'weightScaling'>,
  { largest, chunks }: MaskChunks,
  answers: AnswerOptions,
): Promise<CombinedPredictions> {
  const { alone } = net;
  const { features, encoding } = alone;
  const { x, rows } = inputsOf(alone, inputs);
  const any = sampleMasks(net, 1);
  const masked = ofMasks(
    net,
    Array.from({ length: largest }, () => any[0]!),
  );
  const predictor = predictorOf(masked);
  const rules = answerRules(masked, answers);
  const combine = (members: readonly Predictions[], weights: readonly number[]) =>
    combiner(way, alone.task, { weights })(members);
  const blocks: CombinedPredictions[] = [];
  try {
    for (const range of blockRanges(rows)) {
      const own = encodeRows(x, features, encoding.features, range);
      const parts: CombinedPredictions[] = [];
      const shares: number[] = [];
      for (const { factors, weights } of chunks()) {
        factors.forEach((mask, position) => {
          predictor.setFactors(position, mask);
        });
        const predictions = predictor.predict(own, range.end - range.start).slice(0, factors.length);
        rules.apply(predictions, range, null);
        parts.push(combine(predictions, weights));
        shares.push(weights.reduce((sum, weight) => sum + weight, 0));
        await betweenBlocks(answers.signal);
      }
      const [first] = parts;
      blocks.push(
        parts.length === 1 ? first! : { ...combine(parts, shares), varianceKind: first!.varianceKind },
      );
    }
  } finally {
    predictor.dispose();
  }
  return concatenate(blocks, rows);
}
