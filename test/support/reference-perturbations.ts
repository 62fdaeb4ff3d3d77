// What adversarial training and tangent propagation add to the examples of a step, in double precision: the
// inputs an attack makes at the current weights, and the tangent vectors of each row.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import { encodedTangents } from '../../src/data/dataset/dataset-hash.js';
import { drawCandidates } from '../../src/ensemble/member-rows.js';
import type { EnsemblePlan, NetworkMemberSpec } from '../../src/model/spec.js';
import { imageTangents } from '../../src/techniques/image-tangents.js';
import { seen } from './datasets.js';
import { judgedBy, type Layer } from './reference-network.js';
import { attackExample, type ReferenceBall, type RegularizedExample } from './reference-objective.js';

export interface PerturbationContext {
  readonly dataset: Dataset;
  readonly plan: EnsemblePlan;
  readonly spec: NetworkMemberSpec;
  readonly columns: Uint32Array | null;
}

/** Completes the examples of a step; `rows` are their numbers in the dataset. */
export function createPerturbations(context: PerturbationContext) {
  const { spec } = context;
  const ball = spec.adversarial === null ? null : ballOf(context);
  const tangents = spec.tangents === null ? null : tangentTable(context);
  return (layers: readonly Layer[], rows: Uint32Array, batch: readonly RegularizedExample[]) =>
    batch.map((example, at): RegularizedExample => {
      const { adversarial, labelSmoothing } = spec;
      return {
        ...example,
        ...(tangents !== null && { tangents: tangents(rows[at]!) }),
        ...(ball !== null && {
          adversarial: attackExample(
            layers,
            judgedBy(spec, context.dataset.encoding.targets),
            example,
            adversarial!,
            ball,
            labelSmoothing,
          ),
        }),
      };
    });
}

function chosen(columns: Uint32Array | null, values: readonly number[]): number[] {
  return columns === null ? [...values] : Array.from(columns, (column) => values[column]!);
}

function ballOf({ dataset, plan, spec, columns }: PerturbationContext): ReferenceBall {
  const { candidates } = drawCandidates(plan, dataset);
  const { epsilon, scale, bounds } = spec.adversarial!;
  const { features } = dataset;
  const x = seen(dataset);
  const featureScale = dataset.encoding.features;
  const each = (of: (values: number[], mean: number, std: number) => number) =>
    chosen(
      columns,
      Array.from({ length: features }, (_, i) => {
        const values = Array.from(candidates, (row) => x[row * features + i]!);
        return of(values, featureScale?.mean[i] ?? 0, featureScale?.std[i] ?? 1);
      }),
    );
  return {
    radius: each((values, _mean, std) =>
      scale === 'range' ? epsilon * (Math.max(...values) - Math.min(...values)) : epsilon / std,
    ),
    low: each((values, mean, std) => (bounds === null ? Math.min(...values) : (bounds[0] - mean) / std)),
    high: each((values, mean, std) => (bounds === null ? Math.max(...values) : (bounds[1] - mean) / std)),
  };
}

/** The member's tangent vectors of a row. */
function tangentTable({ dataset, spec, columns }: PerturbationContext): (row: number) => number[][] {
  const { rows, features } = dataset;
  const x = seen(dataset);
  const featureScale = dataset.encoding.features;
  const sources = spec.tangents!.sources;
  const kinds = sources.filter((source) => source !== 'given');
  const vectors = (table: Float32Array, row: number) => {
    const count = table.length / (rows * features);
    return Array.from({ length: count }, (_, t) => {
      const at = (row * count + t) * features;
      return chosen(columns, Array.from(table.subarray(at, at + features)));
    });
  };
  const images =
    kinds.length === 0 ? null : imageTangents(x, spec.network.image!, { kinds, scale: featureScale });
  return (row) => [
    ...(sources.includes('given') ? vectors(encodedTangents(dataset), row) : []),
    ...(images === null ? [] : vectors(images, row)),
  ];
}
