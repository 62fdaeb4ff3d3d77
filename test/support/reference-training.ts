// Trains one member by the reference network: the same draws, order and schedule as the wasm engine,
// computed in double precision.

import type { Dataset } from '../../src/data/dataset.js';
import { initialParameters } from '../../src/engines/wasm/parameters.js';
import { drawCandidates, drawMember } from '../../src/ensemble/member-rows.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { layerShapes, networkSpecs } from '../../src/model/network.js';
import { scheduleFactor } from '../../src/model/schedule.js';
import { cycleOf } from '../../src/model/snapshots.js';
import type { EnsemblePlan } from '../../src/model/spec.js';
import { createOptimizer, type Example, flatten, layersOf } from './reference-network.js';
import { withNoise } from './reference-noise.js';
import { objectiveGradient } from './reference-objective.js';
import { createPerturbations } from './reference-perturbations.js';

/** Canonical weights before and after, and the mean training loss of each epoch. */
export function trainReference(dataset: Dataset, plan: EnsemblePlan, member: number) {
  const spec = networkSpecs(plan)[member]!;
  const shapes = layerShapes(spec, dataset.features, dataset.task);
  const init = initialParameters(shapes, spec.network.init, streamKey(plan.seed, 'init', spec.streams.init));
  const layers = layersOf(shapes, init);
  const draw = drawMember(plan.seed, spec, dataset, dataset.features, drawCandidates(plan, dataset));
  const update = createOptimizer(spec.optimizer, spec.normPenalty, layers);
  const perturb = createPerturbations({ dataset, plan, spec, columns: draw.columns });
  const { activityPenalty, labelSmoothing, tangents, adversarial } = spec;
  const objective = {
    ...{ activityPenalty, labelSmoothing, tangentStrength: tangents?.strength ?? 0 },
    cleanShare: adversarial?.cleanShare ?? 1,
  };
  const steps = Math.ceil(draw.inBag.length / spec.batchSize);
  const losses: number[] = [];
  for (let epoch = 1; epoch <= cycleOf(spec).last; epoch++) {
    const order = draw.inBag.slice();
    shuffleInPlace(order, new RandomStream(streamKey(plan.seed, 'order', spec.streams.order, epoch)));
    let total = 0;
    for (let step = 0; step < steps; step++) {
      const rows = order.subarray(step * spec.batchSize, (step + 1) * spec.batchSize);
      const plain = Array.from(rows, (row) => exampleAt(dataset, row, draw.columns));
      const noisy = withNoise(plan.seed, spec, shapes, plain, epoch, step);
      const batch = perturb(layers, rows, noisy);
      const { loss, gradients } = objectiveGradient(layers, spec.loss, batch, objective);
      const factor = scheduleFactor(spec.schedule, (epoch - 1) * steps + step, steps, spec.epochs);
      update(gradients, spec.optimizer.learningRate * factor);
      total += loss * rows.length;
    }
    losses.push(total / order.length);
  }
  return { initial: init, weights: flatten(layers), losses };
}

export function exampleAt(dataset: Dataset, row: number, columns: Uint32Array | null): Example {
  const { features, task } = dataset;
  const targets = task.kind === 'regression' ? task.targets.length : 0;
  const all = Array.from(dataset.x.subarray(row * features, (row + 1) * features));
  return {
    x: columns === null ? all : Array.from(columns, (column) => all[column]!),
    label: dataset.labels[row] ?? 0,
    y: Array.from(dataset.targets.subarray(row * targets, (row + 1) * targets)),
    weight: dataset.rowWeights?.[row] ?? 1,
  };
}
