// Predicting with a trained ensemble, on the calling thread and without a pool.
// Rows go through in fixed blocks, so memory does not grow with members × rows.

import { setImmediate } from 'node:timers/promises';
import { outputCount, type Scale } from '../data/dataset.js';
import { featureScaleOf } from '../data/feature-scale.js';
import { drawFeatureSubset } from '../data/resample.js';
import { createNeighboursPredictor, type PredictRows } from '../engines/neighbours/predictor.js';
import { createPredictor, type PredictableMember, type Predictor } from '../engines/wasm/predictor.js';
import { TuttiError } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { compileKernels } from '../kernels/kernels.js';
import { blockRanges, blockRowsFor, type RowRange } from '../measure/blocks.js';
import type { CombinedPredictions } from '../measure/combine.js';
import type { Predictions } from '../measure/predictions.js';
import { requireNetwork } from '../model/network.js';
import { type Aggregator, combiner } from './aggregate/aggregate.js';
import { averagingWeights } from './averaging-weights.js';
import type { Ensemble, TrainedMember } from './ensemble.js';

export interface CombineOptions {
  /** @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** One per trained member, in plan order. @default those the members carry, else equal */
  readonly weights?: readonly number[];
  /** Floor of probabilities that do not come from logits. @default 1e-6 */
  readonly tolerance?: number;
}

/**
 * Predicts rows.
 * @param x f32[rows, features] in the units of the training dataset's arrays; for an ensemble trained on a
 * file, the output of its preprocessing.
 * @throws ERR_SHAPE when x is not a whole number of rows; ERR_OPTION for weights that do not fit;
 * ERR_ARITHMETIC when this host cannot do the ensemble's arithmetic.
 */
export async function predictEnsemble(
  ensemble: Ensemble,
  x: Float32Array,
  options: CombineOptions = {},
): Promise<CombinedPredictions> {
  const rows = checkRows(ensemble, x);
  const combine = combiner(
    options.aggregator ?? 'arithmeticMean',
    ensemble.task,
    combineSettings(ensemble, options),
  );
  const blocks: CombinedPredictions[] = [];
  await eachBlock(ensemble, standardise(x, ensemble.featureScale), rows, null, (members) => {
    blocks.push(combine(members));
  });
  return concatenate(blocks, rows);
}

/** An aggregator's settings: those given, and the weights that the members carry where none are. */
export function combineSettings(
  ensemble: Ensemble,
  { weights = averagingWeights(ensemble) ?? undefined, tolerance }: CombineOptions,
): { weights?: readonly number[]; tolerance?: number } {
  return { ...(weights === undefined ? {} : { weights }), ...(tolerance === undefined ? {} : { tolerance }) };
}

/**
 * Visits every block of rows with each member's predictions in the user's units. They are views that the
 * next block overwrites. Between blocks the event loop gets its turn, so that signals and timers work.
 * @param index rows to visit, or null for all.
 */
export async function eachBlock(
  ensemble: Ensemble,
  x: Float32Array,
  rows: number,
  index: Uint32Array | null,
  visit: (members: readonly Predictions[], range: RowRange) => void,
): Promise<void> {
  const blockRows = blockRowsFor(ensemble.members.length, outputCount(ensemble.task));
  const predictor = blockPredictorOf(ensemble, blockRows);
  for (const range of blockRanges(rows, blockRows)) {
    visit(predictor.predictBlock(x, range, index), range);
    await setImmediate();
  }
}

/** Loads members of every engine, ready to predict. */
function blockPredictorOf(ensemble: Ensemble, blockRows: number): Pick<Predictor, 'predictBlock'> {
  const { plan, members, features, task, targetScale } = ensemble;
  const specOf = (member: TrainedMember) => plan.members[member.index]!;
  const networks = members.filter((member) => specOf(member).engine === 'wasm');
  if (networks.length === members.length) return predictorOf(ensemble, blockRows);
  const own = networks.length === 0 ? null : predictorOf({ ...ensemble, members: networks }, blockRows);
  const scale = featureScaleOf(ensemble);
  const others = members.map((member): PredictRows | null => {
    const spec = specOf(member);
    if (spec.engine === 'wasm') return null;
    const columns = drawFeatureSubset(spec.featureShare, plan.seed, spec.streams.resample, features);
    const stored = { spec, weights: member.weights, columns };
    return createNeighboursPredictor(stored, features, task, targetScale, scale);
  });
  return {
    predictBlock(x, range, index) {
      const ofNetworks = own?.predictBlock(x, range, index).values();
      return others.map((predict) => predict?.(x, range, index) ?? ofNetworks!.next().value!);
    },
  };
}

/**
 * Loads the members of an ensemble of networks, ready to predict.
 * @throws ERR_OPTION when a member is of another kind.
 */
export function predictorOf(ensemble: Ensemble, blockRows?: number): Predictor {
  const { plan, features, task, targetScale } = ensemble;
  const module = compileKernels(resolveArithmetic(plan.arithmetic));
  return createPredictor(module, networkMembers(ensemble), features, task, targetScale, blockRows);
}

/**
 * The members of an ensemble of networks as the engine takes them.
 * @throws ERR_OPTION when a member is of another kind; ERR_BUNDLE when there is none.
 */
export function networkMembers({ plan, members, features }: Ensemble): PredictableMember[] {
  if (members.length === 0)
    throw new TuttiError('ERR_BUNDLE', 'This ensemble has no finished members to predict with');
  return members.map(({ index, weights, unitFactors = null }) => {
    const spec = requireNetwork(plan.members[index]!, index);
    const columns = drawFeatureSubset(spec.featureShare, plan.seed, spec.streams.resample, features);
    return { spec, weights, columns, factors: unitFactors };
  });
}

/** x in the units the networks were trained on. */
export function standardise(x: Float32Array, scale: Scale | null): Float32Array {
  if (scale === null) return x;
  const { mean, std } = scale;
  return x.map((value, at) => (value - mean[at % mean.length]!) / std[at % mean.length]!);
}

/** @throws ERR_SHAPE when x is not a whole number of rows. */
export function checkRows({ features }: Ensemble, x: Float32Array): number {
  const rows = x.length / features;
  if (Number.isInteger(rows)) return rows;
  throw new TuttiError(
    'ERR_SHAPE',
    `Expected x to be whole rows of ${features} features, got ${x.length} numbers`,
    { features, length: x.length },
  );
}

/** Consecutive blocks as one. @throws ERR_SHAPE when there are none. */
export function concatenate(blocks: readonly CombinedPredictions[], rows: number): CombinedPredictions {
  const first = blocks[0];
  if (first === undefined)
    throw new TuttiError('ERR_SHAPE', 'Expected at least one row to predict, got none');
  const join = (part: (block: CombinedPredictions) => Float32Array | null): Float32Array | null => {
    if (part(first) === null) return null;
    const all = new Float32Array(rows * first.outputs);
    let next = 0;
    for (const block of blocks) {
      all.set(part(block)!, next);
      next += part(block)!.length;
    }
    return all;
  };
  const labels =
    first.labels === null ? null : Int32Array.from(blocks.flatMap((block) => [...block.labels!]));
  return {
    rows,
    outputs: first.outputs,
    mean: join((block) => block.mean)!,
    logProbabilities: join((block) => block.logProbabilities),
    variance: join((block) => block.variance),
    labels,
    flooredCount: blocks.reduce((sum, block) => sum + block.flooredCount, 0),
    varianceKind: first.varianceKind,
  };
}
