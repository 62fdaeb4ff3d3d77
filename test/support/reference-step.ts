// The gradient of one training step of a member in double precision: the batch with its draws, what attacks and
// tangents add to it, and the composed objective. Shared by members that train alone and tied ones.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import { encodeRows, encodeTargets } from '../../src/data/dataset/encoding.js';
import type { LayerShape } from '../../src/model/layers.js';
import type { EnsemblePlan, NetworkMemberSpec } from '../../src/model/spec.js';
import type { Example, Layer } from './reference-network.js';
import { withNoise } from './reference-noise.js';
import { type Objective, objectiveGradient, type RegularizedExample } from './reference-objective.js';
import { createPerturbations } from './reference-perturbations.js';

export interface ReferenceStep {
  /** The examples of a step, with their masks, noise, tangents and, at the current weights, attacks. */
  examples(rows: Uint32Array, epoch: number, step: number): RegularizedExample[];
  /** Loss without penalties, and the gradient of the objective. */
  gradient(rows: Uint32Array, epoch: number, step: number): ReturnType<typeof objectiveGradient>;
  readonly objective: Objective;
}

export function createReferenceStep(
  dataset: Dataset,
  plan: EnsemblePlan,
  spec: NetworkMemberSpec,
  layers: readonly Layer[],
  columns: Uint32Array | null,
): ReferenceStep {
  const shapes: readonly LayerShape[] = layers.map(({ shape }) => shape);
  const perturb = createPerturbations({ dataset, plan, spec, columns });
  const { activityPenalty, labelSmoothing, tangents, adversarial } = spec;
  const objective = {
    ...{ activityPenalty, labelSmoothing, tangentStrength: tangents?.strength ?? 0 },
    cleanShare: adversarial?.cleanShare ?? 1,
  };
  const examples = (rows: Uint32Array, epoch: number, step: number) => {
    const plain = Array.from(rows, (row) => exampleAt(dataset, row, columns));
    return perturb(layers, rows, withNoise(plan.seed, spec, shapes, plain, epoch, step));
  };
  return {
    examples,
    objective,
    gradient: (rows, epoch, step) => objectiveGradient(layers, spec, examples(rows, epoch, step), objective),
  };
}

export function exampleAt(dataset: Dataset, row: number, columns: Uint32Array | null): Example {
  const { features, task } = dataset;
  const targets = task.kind === 'regression' ? task.targets.length : 0;
  const { x, encoding } = dataset;
  const all = Array.from(encodeRows(x, features, encoding.features, { start: row, end: row + 1 }));
  const truth = dataset.targets.subarray(row * targets, (row + 1) * targets);
  return {
    x: columns === null ? all : Array.from(columns, (column) => all[column]!),
    label: dataset.labels[row] ?? 0,
    y: Array.from(encodeTargets(truth, encoding.targets)),
    weight: dataset.rowWeights?.[row] ?? 1,
  };
}
