// An ensemble in words and numbers that any program can read: what it is given, how that is encoded, what its layers are and
// how their outputs become one answer. Formats put the weights beside it in their own way. docs/reference/exported-ensembles.md
// is its definition for whoever reads it.

import type { CalibrationMethod } from '../../calibration/calibration.js';
import type { Task } from '../../data/dataset/dataset.js';
import type { FeatureColumn } from '../../data/dataset/preprocessing-types.js';
import { USUAL_MISSING } from '../../data/table/column.js';
import { dateWords } from '../../data/table/date-format.js';
import type { Activation } from '../../model/layer-types.js';
import type {
  PortableHead,
  PortableLayer,
  PortableNetwork,
  WeightedLayer,
} from '../../model/portable-network.js';
import type { WindowGeometry } from '../../model/windows.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { type DescribedInputs, describeInputs, type WriteNumbers } from './described-inputs.js';
import {
  type DescribedNeighbours,
  type DescribedTrees,
  describeNeighbours,
  describeTrees,
} from './described-members.js';
import type { ExportedEnsemble } from './exported-ensemble.js';
import type { PortableMember } from './portable-members.js';

/** What a raw column is, in the order of the features that they become. */
export type DescribedColumn =
  | {
      readonly kind: 'number';
      readonly column: string;
      /** What a missing cell becomes; null: it is an error. */
      readonly fill: number | null;
      /** One more feature behind it, 1 where the cell is missing; absent: none. */
      readonly indicator?: true;
      /** What the number counts, where cells are no plain numbers: dates, `kg`. */
      readonly counts?: string;
      /** Its only value in training, which every cell is taken for. */
      readonly constant?: number;
    }
  | {
      readonly kind: 'category';
      readonly column: string;
      /** One 0/1 feature for each. */
      readonly categories: readonly string[];
      readonly fill: string | null;
      /** One more feature, the last, 1 where the cell is missing, which is then not filled; absent: none. */
      readonly indicator?: true;
      /** Texts that are a missing cell where they are no category. */
      readonly missing: readonly string[];
      /** One more feature, 1 for every text that is none of them. */
      readonly others: boolean;
      /** What its features are for such a text without `others`; absent: as `unseen` says. */
      readonly shares?: readonly number[];
      /** What such a text is without it: an error, or all features 0. */
      readonly unseen: 'error' | 'none';
    };

export type DescribedLayer<Weights> =
  | (Weights & { readonly kind: 'dense'; readonly activation: Activation })
  | (Weights & {
      readonly kind: 'conv2d';
      readonly activation: Activation;
      readonly stride: readonly number[];
      /** Zeros around the image: above, left, below, right. */
      readonly padding: readonly number[];
    })
  | (Weights & { readonly kind: 'layerNorm'; readonly activation: Activation; readonly epsilon: number })
  | { readonly kind: 'add'; readonly skip: number }
  | {
      readonly kind: 'maxPool' | 'averagePool';
      readonly size: readonly number[];
      readonly stride: readonly number[];
    };

/** What is said of a member of any kind. */
interface DescribedShare {
  /** Its place in the plan. */
  readonly member: number;
  /** Its share in the average. */
  readonly weight: number;
}

export type DescribedMember<Weights, Numbers> =
  | DescribedNetwork<Weights, Numbers>
  | (DescribedShare & DescribedTrees)
  | (DescribedShare & DescribedNeighbours<Numbers>);

/** A network, the one kind that does not say so: there was none beside it. */
export interface DescribedNetwork<Weights, Numbers> extends DescribedShare {
  /** The features that it sees, from 0; null: all. */
  readonly features: readonly number[] | null;
  /** What becomes of these before the first layer; absent: nothing. */
  readonly embedded?: DescribedInputs<Numbers>;
  /** Channels, height and width of the image that they are; null: none. */
  readonly image: readonly number[] | null;
  readonly layers: readonly DescribedLayer<Weights>[];
  readonly head: PortableHead;
}

export interface DescribedEnsemble<Weights, Numbers> {
  readonly format: 'tutti-ensemble';
  readonly version: 1;
  readonly task: Task;
  /** Null for an ensemble trained on arrays: it is given the features themselves. */
  readonly inputs: readonly DescribedColumn[] | null;
  readonly features: number;
  /** How features become what members see; null: as they are. */
  readonly encoding: {
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly softClip: readonly (number | null)[] | null;
    /** Absent: `kneed`. */
    readonly clipShape?: 'smooth' | undefined;
    /** Of each feature those that it is encoded by; absent, or null: it is standardised. */
    readonly quantiles?: readonly (readonly number[] | null)[] | undefined;
  } | null;
  readonly aggregator: Aggregator;
  readonly calibration: { readonly method: CalibrationMethod; readonly parameters: readonly number[] } | null;
  /** From which probability of the second class on it is predicted; null: the likelier one is. */
  readonly threshold: number | null;
  /** What each member's means are kept within; null: nothing. */
  readonly clip: { readonly low: readonly number[]; readonly high: readonly number[] } | null;
  readonly members: readonly DescribedMember<Weights, Numbers>[];
}

/** @param weightsOf what stands in a layer with parameters for them. @param write what stands for other numbers. */
export function describeEnsemble<Weights extends object, Numbers>(
  ensemble: ExportedEnsemble,
  weightsOf: (layer: WeightedLayer, network: PortableNetwork, at: number) => Weights,
  write: WriteNumbers<Numbers>,
): DescribedEnsemble<Weights, Numbers> {
  const { task, features, encoding, preprocessing, members, weights, aggregator, calibration, clip } =
    ensemble;
  const method = calibration?.method ?? null;
  return {
    ...{ format: 'tutti-ensemble', version: 1, task },
    inputs: preprocessing?.features.map((feature) => describeColumn(feature, preprocessing)) ?? null,
    features,
    encoding: encoding.features,
    aggregator,
    calibration: method && { method, parameters: calibration!.parameters },
    threshold: calibration?.threshold?.value ?? null,
    clip,
    members: members.map((member, at) => describeMember(member, weights[at]!, weightsOf, write)),
  };
}

function describeMember<Weights extends object, Numbers>(
  member: PortableMember,
  weight: number,
  weightsOf: (layer: WeightedLayer, network: PortableNetwork, at: number) => Weights,
  write: WriteNumbers<Numbers>,
): DescribedMember<Weights, Numbers> {
  const share = { member: member.member, weight };
  if ('kind' in member) {
    if (member.kind === 'trees') return { ...share, ...describeTrees(member) };
    return { ...share, ...describeNeighbours(member, write) };
  }
  const { columns, inputs, image, layers, head } = member;
  return {
    ...share,
    features: columns && [...columns],
    ...(inputs === null ? {} : { embedded: describeInputs(inputs, `member.${member.member}`, write) }),
    image: image && [image.channels, image.height, image.width],
    layers: layers.map((layer, place) =>
      describeLayer(layer, () => weightsOf(layer as never, member, place)),
    ),
    head,
  };
}

function describeColumn(
  feature: FeatureColumn,
  { unseen, missing = [] }: NonNullable<ExportedEnsemble['preprocessing']>,
): DescribedColumn {
  const { column } = feature;
  if (feature.kind === 'numeric') {
    const { fill, format, constant, mean } = feature;
    const unit = format?.kind === 'number' ? format.unit : null;
    const counts = format?.kind === 'date' ? dateWords(format) : unit;
    return {
      ...{ kind: 'number', column, fill },
      ...(feature.indicator === true ? { indicator: true } : {}),
      ...(counts === null ? {} : { counts }),
      ...(constant === true ? { constant: mean } : {}),
    };
  }
  const { categories, fill, declared } = feature;
  return {
    ...{ kind: 'category', column, categories, fill },
    ...(feature.indicator === true ? { indicator: true } : {}),
    missing: declared === true ? ['', ...missing] : ['', ...USUAL_MISSING, ...missing],
    others: feature.others !== undefined,
    ...(feature.shares === undefined ? {} : { shares: feature.shares }),
    unseen: unseen === 'error' ? 'error' : 'none',
  };
}

function describeLayer<Weights extends object>(
  layer: PortableLayer,
  weights: () => Weights,
): DescribedLayer<Weights> {
  if (layer.kind === 'dense') return { kind: layer.kind, activation: layer.activation, ...weights() };
  if (layer.kind === 'layerNorm') {
    const { kind, activation, epsilon } = layer;
    return { kind, activation, epsilon, ...weights() };
  }
  if (layer.kind === 'add') return { kind: layer.kind, skip: layer.skip };
  const { geometry } = layer;
  const stride = [geometry.strideY, geometry.strideX];
  if (layer.kind === 'conv2d') {
    const { kind, activation } = layer;
    return { kind, activation, stride, padding: paddingOf(geometry), ...weights() };
  }
  return { kind: layer.kind, size: [geometry.windowHeight, geometry.windowWidth], stride };
}

/** What windows reach beyond the image on each side. */
function paddingOf(geometry: WindowGeometry): number[] {
  const { top, left, height, width, outHeight, outWidth, windowHeight, windowWidth } = geometry;
  const below = (outHeight - 1) * geometry.strideY + windowHeight - top - height;
  const right = (outWidth - 1) * geometry.strideX + windowWidth - left - width;
  return [top, left, Math.max(0, below), Math.max(0, right)];
}

/** The shape of a layer's weight: units of a layer normalisation, inputs × units, or channels × height × width of the window × filters. */
export function weightShapeOf(layer: WeightedLayer): number[] {
  if (layer.kind === 'layerNorm') return [layer.units];
  if (layer.kind === 'dense') return [layer.inputs, layer.units];
  const { channels, windowHeight, windowWidth } = layer.geometry;
  return [channels, windowHeight, windowWidth, layer.filters];
}
