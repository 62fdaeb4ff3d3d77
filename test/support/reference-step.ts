// The gradient of one training step of a member in double precision: the batch with its draws, what attacks and
// tangents add to it, and the composed objective. Shared by members that train alone and tied ones.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import { encodeRows, encodeTargets } from '../../src/data/dataset/encoding.js';
import type { LayerShape } from '../../src/model/layers.js';
import type { EnsemblePlan, NetworkMemberSpec } from '../../src/model/spec.js';
import { type Example, judgedBy, type Layer } from './reference-network.js';
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

/** Whom the rows of a step are mixed with, and the share of those. */
export interface Partners {
  readonly rows: Uint32Array;
  readonly share: number;
}

export type PartnersOf = (epoch: number, step: number) => Partners;

interface Mixed extends Partners {
  readonly truth: 'own' | 'partner';
}

export function createReferenceStep(
  dataset: Dataset,
  plan: EnsemblePlan,
  spec: NetworkMemberSpec,
  layers: readonly Layer[],
  columns: Uint32Array | null,
  partnersOf: PartnersOf | null = null,
): ReferenceStep {
  const shapes: readonly LayerShape[] = layers.map(({ shape }) => shape);
  const perturb = createPerturbations({ dataset, plan, spec, columns });
  const { activityPenalty, labelSmoothing, tangents, adversarial } = spec;
  const objective = {
    ...{ activityPenalty, labelSmoothing, tangentStrength: tangents?.strength ?? 0 },
    cleanShare: adversarial?.cleanShare ?? 1,
  };
  const judged = judgedBy(spec, dataset.encoding.targets);
  const examples = (rows: Uint32Array, epoch: number, step: number, mixed: Mixed | null = null) => {
    const plain = Array.from(rows, (row, place) => {
      const example = exampleAt(dataset, row, columns);
      if (mixed === null) return example;
      const other = exampleAt(dataset, mixed.rows[place]!, columns);
      const x = example.x.map((value, i) => value + mixed.share * (other.x[i]! - value));
      return { ...(mixed.truth === 'own' ? example : other), x };
    });
    return perturb(layers, rows, withNoise(plan.seed, spec, shapes, plain, epoch, step));
  };
  const gradientOf = (rows: Uint32Array, epoch: number, step: number, mixed: Mixed | null = null) =>
    objectiveGradient(layers, judged, examples(rows, epoch, step, mixed), objective);
  return {
    examples,
    objective,
    gradient(rows, epoch, step) {
      if (partnersOf === null) return gradientOf(rows, epoch, step);
      const partners = partnersOf(epoch, step);
      const [own, other] = (['own', 'partner'] as const).map((truth) =>
        gradientOf(rows, epoch, step, { ...partners, truth }),
      ) as [ReturnType<typeof gradientOf>, ReturnType<typeof gradientOf>];
      const blend = (a: number, b: number) => (1 - partners.share) * a + partners.share * b;
      const gradients = own.gradients.map(({ w, b }, layer) => ({
        w: w.map((value, i) => blend(value, other.gradients[layer]!.w[i]!)),
        b: b.map((value, i) => blend(value, other.gradients[layer]!.b[i]!)),
      }));
      return { loss: blend(own.loss, other.loss), total: blend(own.total, other.total), gradients };
    },
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
