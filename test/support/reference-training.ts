// Trains one member by the reference network: the same draws, order and schedule as the wasm engine,
// computed in double precision.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import { initialParameters } from '../../src/engines/wasm/parameters.js';
import { drawCandidates, drawMember } from '../../src/ensemble/member-rows.js';
import { symmetricBeta } from '../../src/math/beta.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { decayFactor, scheduleFactor } from '../../src/model/learning-rate.js';
import { layerShapes } from '../../src/model/network.js';
import { networkSpecs } from '../../src/model/network-members.js';
import { cycleOf } from '../../src/model/snapshots.js';
import type { EnsemblePlan, NetworkMemberSpec } from '../../src/model/spec.js';
import { createOptimizer, flatten, layersOf } from './reference-network.js';
import { createReferenceStep, type PartnersOf } from './reference-step.js';

export { exampleAt } from './reference-step.js';

/** Canonical weights before and after, and the mean training loss of each epoch. */
export function trainReference(dataset: Dataset, plan: EnsemblePlan, member: number) {
  const spec = networkSpecs(plan)[member]!;
  const shapes = layerShapes(spec, dataset.features, dataset.task);
  const init = initialParameters(shapes, spec.network.init, streamKey(plan.seed, 'init', spec.streams.init));
  const layers = layersOf(shapes, init);
  const draw = drawMember(plan.seed, spec, dataset, dataset.features, drawCandidates(plan, dataset));
  const steps = Math.ceil(draw.inBag.length / spec.batchSize);
  const partners = spec.mixup === undefined ? null : partnersOf(plan, spec, draw.inBag);
  const { gradient } = createReferenceStep(dataset, plan, spec, layers, draw.columns, partners);
  const average = averageOf(spec, steps);
  const total = steps * spec.epochs;
  const update = createOptimizer(spec.optimizer, spec.normPenalty, layers, {
    bias: spec.rateFactors?.bias ?? 1,
    decay: (step) => (spec.decaySchedule === undefined ? 1 : decayFactor(step, total)),
  });
  const losses: number[] = [];
  for (let epoch = 1; epoch <= cycleOf(spec).last; epoch++) {
    const order = draw.inBag.slice();
    shuffleInPlace(order, new RandomStream(streamKey(plan.seed, 'order', spec.streams.order, epoch)));
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      const rows = order.subarray(step * spec.batchSize, (step + 1) * spec.batchSize);
      const { loss, gradients } = gradient(rows, epoch, step);
      const factor = scheduleFactor(spec.schedule, (epoch - 1) * steps + step, steps, spec.epochs);
      clip(gradients, spec.gradientClip);
      update(gradients, spec.optimizer.learningRate * factor);
      sum += loss * rows.length;
      average?.afterStep(flatten(layers), (epoch - 1) * steps + step + 1);
    }
    losses.push(sum / order.length);
  }
  return { initial: init, weights: average?.value() ?? flatten(layers), losses };
}

/** Whom batches are mixed with: the resample in another order. */
function partnersOf(plan: EnsemblePlan, spec: NetworkMemberSpec, inBag: Uint32Array): PartnersOf {
  const { streams, batchSize, mixup } = spec;
  return (epoch, step) => {
    const order = inBag.slice();
    shuffleInPlace(order, new RandomStream(streamKey(plan.seed, 'mixup', streams.order, epoch)));
    const stream = new RandomStream(streamKey(plan.seed, 'mixup', streams.masks, epoch, step + 1));
    const rows = order.subarray(step * batchSize, (step + 1) * batchSize);
    return { rows, share: symmetricBeta(stream, mixup!) };
  };
}

/** The average of all weights so far that the spec asks for, from a list of them all. */
function averageOf({ weightAverage, epochs }: NetworkMemberSpec, stepsPerEpoch: number) {
  if (weightAverage === undefined) return null;
  const { kind, decay = 0, trajectoryStart } = weightAverage;
  const before = Math.min(epochs - 1, Math.floor(trajectoryStart * epochs)) * stepsPerEpoch;
  const taken: (readonly number[])[] = [];
  let last: readonly number[] = [];
  return {
    afterStep(weights: ArrayLike<number>, done: number) {
      last = Array.from(weights);
      if (done > before && (kind === 'ema' || done % stepsPerEpoch === 0)) taken.push(last);
    },
    value(): Float64Array {
      // Each one's share in the end: what it was given, and what those after it left of that.
      const shares = taken.map((_, n) => Math.max(kind === 'ema' ? 1 - decay : 0, 1 / (n + 1)));
      const mean = new Float64Array(last.length);
      taken.forEach((weights, n) => {
        const left = shares.slice(n + 1).reduce((product, share) => product * (1 - share), shares[n]!);
        for (let i = 0; i < mean.length; i++) mean[i]! += left * weights[i]!;
      });
      return taken.length === 0 ? Float64Array.from(last) : mean;
    },
  };
}

/** Shortens a gradient that is longer than a limit. */
function clip(
  gradients: readonly Readonly<Record<'w' | 'b', Float64Array>>[],
  limit = Number.POSITIVE_INFINITY,
) {
  const parts = gradients.flatMap(({ w, b }) => [w, b]);
  const norm = Math.hypot(...parts.map((part) => Math.hypot(...part)));
  for (const part of parts) for (let i = 0; i < part.length; i++) part[i]! *= Math.min(1, limit / norm);
}
