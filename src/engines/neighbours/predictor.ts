// Predicts with a nearest-neighbour member: finds the nearest stored rows and lets them vote, or averages their
// targets. On the calling thread and in double precision, so its predictions are the same everywhere.

import { type FeatureScale, outputCount, type TargetScale } from '../../data/dataset/dataset.js';
import { decodeRows, decodeTarget } from '../../data/dataset/encoding.js';
import { log } from '../../math/functions.js';
import type { Predictions } from '../../predictions/predictions.js';
import { pickColumns } from '../shared/pick-columns.js';
import {
  type EnginePredictor,
  type MemberPredictor,
  oneByOne,
  type PredictorContext,
  type StoredMember,
} from '../shared/predictor.js';
import { createNeighbourSearch, type Neighbours } from './nearest-neighbours.js';
import type { NeighboursMemberSpec } from './spec.js';
import { readStoredRows } from './stored-rows.js';

/** Loads members, whose weights are stored rows; see stored-rows.ts. */
export function createPredictor(
  context: PredictorContext,
  members: readonly StoredMember<NeighboursMemberSpec>[],
): Promise<EnginePredictor> {
  return oneByOne(members, (member) => loadMember(context, member));
}

/**
 * Loads a member.
 *
 * Classes: P(c) = (votes for c + s/C) / (votes + s), with s the vote smoothing and C the number of classes, so no
 * probability is 0. Votes are 1 each, or the nearest distance divided by the neighbour's, scaled to sum to k.
 *
 * Distances between images are taken in the images' own units, all others between features as they are encoded.
 */
function loadMember(
  { features, task, encoding }: PredictorContext,
  member: StoredMember<NeighboursMemberSpec>,
): MemberPredictor {
  const { spec, parameters } = member;
  const columns = member.columns?.length ?? features;
  const { stored, targets } = readStoredRows(spec, features, task, parameters);
  const units = spec.distance.image === null ? null : encoding.features;
  const search = createNeighbourSearch(inUnits(stored, units), columns, spec.neighbours, spec.distance);
  const predict = (x: Float32Array, count: number): Predictions => {
    const found = search(inUnits(pickColumns(x, features, member.columns, count), units));
    return task.kind === 'classification'
      ? voteForClasses(found, spec, targets, count, outputCount(task))
      : averageTargets(found, spec, targets, count, encoding.targets);
  };
  return { predict };
}

/** Features back in the user's units, in single precision; x itself for no scale. */
function inUnits(x: Float32Array, scale: FeatureScale | null): Float32Array {
  return scale === null ? x : Float32Array.from(decodeRows(x, scale));
}

/** The weights of one row's votes, which sum to k. */
function writeVotes(
  spec: NeighboursMemberSpec,
  distances: Float64Array,
  at: number,
  votes: Float64Array,
): void {
  const k = spec.neighbours;
  if (spec.votes === 'equal') {
    votes.fill(1);
    return;
  }
  const nearest = distances[at]!;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    // Rows at distance 0 share all the votes; a ratio, so that units do not matter.
    votes[i] = distances[at + i] === nearest ? 1 : nearest / distances[at + i]!;
    sum += votes[i]!;
  }
  for (let i = 0; i < k; i++) votes[i]! *= k / sum;
}

function voteForClasses(
  { rows, distances }: Neighbours,
  spec: NeighboursMemberSpec,
  labels: Float32Array,
  count: number,
  classes: number,
): Predictions {
  const { neighbours: k, voteSmoothing } = spec;
  const mean = new Float32Array(count * classes);
  const logProbabilities = new Float32Array(count * classes);
  const votes = new Float64Array(k);
  const sums = new Float64Array(classes);
  for (let row = 0; row < count; row++) {
    writeVotes(spec, distances, row * k, votes);
    sums.fill(voteSmoothing / classes);
    for (let i = 0; i < k; i++) sums[labels[rows[row * k + i]!]!]! += votes[i]!;
    for (let c = 0; c < classes; c++) {
      const probability = sums[c]! / (k + voteSmoothing);
      mean[row * classes + c] = probability;
      logProbabilities[row * classes + c] = log(probability);
    }
  }
  return { rows: count, outputs: classes, mean, logProbabilities, variance: null };
}

function averageTargets(
  { rows, distances }: Neighbours,
  spec: NeighboursMemberSpec,
  targets: Float32Array,
  count: number,
  scale: TargetScale,
): Predictions {
  const k = spec.neighbours;
  const outputs = scale.mean.length;
  const mean = new Float64Array(count * outputs);
  const votes = new Float64Array(k);
  for (let row = 0; row < count; row++) {
    writeVotes(spec, distances, row * k, votes);
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += votes[i]! * targets[rows[row * k + i]! * outputs + output]!;
      mean[row * outputs + output] =
        scale.map === undefined
          ? scale.mean[output]! + (scale.std[output]! * sum) / k
          : decodeTarget(scale, output, sum / k);
    }
  }
  return { rows: count, outputs, mean, logProbabilities: null, variance: null };
}
