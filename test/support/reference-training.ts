// Trains one member by the reference network: the same draws, order and schedule as the wasm engine,
// computed in double precision.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import { initialParameters } from '../../src/engines/wasm/parameters.js';
import { drawCandidates, drawMember } from '../../src/ensemble/member-rows.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { decayFactor, scheduleFactor } from '../../src/model/learning-rate.js';
import { layerShapes } from '../../src/model/network.js';
import { networkSpecs } from '../../src/model/network-members.js';
import { cycleOf } from '../../src/model/snapshots.js';
import type { EnsemblePlan } from '../../src/model/spec.js';
import { createOptimizer, flatten, layersOf } from './reference-network.js';
import { createReferenceStep } from './reference-step.js';

export { exampleAt } from './reference-step.js';

/** Canonical weights before and after, and the mean training loss of each epoch. */
export function trainReference(dataset: Dataset, plan: EnsemblePlan, member: number) {
  const spec = networkSpecs(plan)[member]!;
  const shapes = layerShapes(spec, dataset.features, dataset.task);
  const init = initialParameters(shapes, spec.network.init, streamKey(plan.seed, 'init', spec.streams.init));
  const layers = layersOf(shapes, init);
  const draw = drawMember(plan.seed, spec, dataset, dataset.features, drawCandidates(plan, dataset));
  const { gradient } = createReferenceStep(dataset, plan, spec, layers, draw.columns);
  const steps = Math.ceil(draw.inBag.length / spec.batchSize);
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
      update(gradients, spec.optimizer.learningRate * factor);
      sum += loss * rows.length;
    }
    losses.push(sum / order.length);
  }
  return { initial: init, weights: flatten(layers), losses };
}
