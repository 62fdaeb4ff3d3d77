// An ensemble without anything of tutti's own: its members, how they are averaged, calibrated and clipped.
// What each format writes is made from this.

import type { Calibration } from '../../calibration/calibration.js';
import type { Encoding, Task } from '../../data/dataset/dataset.js';
import type { ColumnRanges } from '../../data/dataset/training-facts.js';
import type { Preprocessing } from '../../data/preprocessing/preprocessing.js';
import type { NeighboursMemberSpec } from '../../engines/neighbours/spec.js';
import { engineOf } from '../../engines/registry.js';
import type { TreesMemberSpec } from '../../engines/trees/spec.js';
import { isOfMasks, type TrainedEnsemble, type TrainedMember } from '../../ensemble/ensemble.js';
import { clipRange } from '../../ensemble/predict/answer-rules.js';
import { averagingWeights } from '../../ensemble/predict/averaging-weights.js';
import { aggregatorFor, ensembleCombiner } from '../../ensemble/predict/ensemble-combiner.js';
import { requireMembers } from '../../ensemble/predict/stored-members.js';
import { failOption } from '../../errors.js';
import { isNetwork } from '../../model/network-members.js';
import { type PortableNetwork, portableNetwork } from '../../model/portable-network.js';
import { type Aggregator, aggregators } from '../../predictions/aggregate/aggregators.js';
import { normaliseWeights } from '../../predictions/aggregate/shares.js';
import {
  isPortableNetwork,
  type PortableMember,
  portableNeighbours,
  portableTrees,
} from './portable-members.js';

/** How members are combined where an ensemble leaves tutti. */
export interface ExportCombineOptions {
  /** @default that which the ensemble is calibrated for, else 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** Whether probabilities and the decision are calibrated, where the ensemble is. @default true */
  readonly calibrated?: boolean;
  /** Regression: whether each member's predictions are kept within the range of the training targets. @default true */
  readonly clip?: boolean;
}

export interface ExportedEnsemble {
  readonly task: Task;
  /** Columns of the members' input. */
  readonly features: number;
  /** How features in the user's units become what members see. */
  readonly encoding: Encoding;
  /** How raw columns become features; null for an ensemble trained on arrays. */
  readonly preprocessing: Preprocessing | null;
  /** Those whose weight is not 0, in plan order. */
  readonly members: readonly PortableMember[];
  /** One per member, each > 0, Σ = 1. */
  readonly weights: readonly number[];
  readonly aggregator: Aggregator;
  /** What is done to combined probabilities; null for nothing. */
  readonly calibration: Calibration | null;
  /** The range that each member's predictions of targets are kept within; null for none. */
  readonly clip: ColumnRanges | null;
  /** Whether every member predicts variances. */
  readonly givesVariances: boolean;
}

/** One of networks alone. */
export interface ExportedNetworks extends Omit<ExportedEnsemble, 'members'> {
  readonly networks: readonly PortableNetwork[];
}

/**
 * @throws ERR_OPTION naming a member that no format has a form for, for masks of a dropout net, and as predicting does;
 * ERR_BUNDLE for an ensemble without members.
 */
export function exportedEnsemble(
  ensemble: TrainedEnsemble,
  options: ExportCombineOptions = {},
): ExportedEnsemble {
  requireMembers(ensemble, 'to export');
  if (isOfMasks(ensemble))
    failOption('ensemble', 'one that was trained, to be exported', 'masks of a dropout net');
  const { task, features, encoding, preprocessing } = ensemble;
  // It refuses what contradicts the calibration.
  ensembleCombiner(ensemble, options);
  const aggregator = aggregatorFor(ensemble, options);
  const weights = normaliseWeights(averagingWeights(ensemble), ensemble.members.length);
  const counted = ensemble.members.filter((_, at) => weights[at]! > 0);
  const members = counted.map((member) => portableMember(ensemble, member));
  const givesVariances = members.every(({ head }) => head.kind === 'gaussian');
  const expected = aggregators.get(aggregator).misfit(task.kind, givesVariances);
  if (expected !== null) failOption('aggregator', expected, aggregator);
  return {
    ...{ task, features, encoding, preprocessing, members },
    weights: Array.from(weights).filter((weight) => weight > 0),
    aggregator,
    calibration: options.calibrated === false ? null : ensemble.calibration,
    clip: clipRange(ensemble, options.clip),
    givesVariances,
  };
}

/**
 * The same for a format that has layers and nothing else.
 * @param format what texts call it.
 * @throws ERR_OPTION as {@link exportedEnsemble}, and naming a member that is no network.
 */
export function exportedNetworks(
  ensemble: TrainedEnsemble,
  options: ExportCombineOptions,
  format: string,
): ExportedNetworks {
  const { members, ...rest } = exportedEnsemble(ensemble, options);
  const networks = members.filter(isPortableNetwork);
  const other = members.find((member) => !isPortableNetwork(member));
  if (other !== undefined) {
    const expected = `one of networks alone, to be exported as ${format} (ONNX and JSON have trees and neighbours too, a single net stands for all)`;
    failOption('ensemble', expected, nameOf(ensemble, other.member));
  }
  return { ...rest, networks };
}

function portableMember(ensemble: TrainedEnsemble, member: TrainedMember): PortableMember {
  const spec = ensemble.plan.members[member.index]!;
  if (isNetwork(spec)) return portableNetwork(ensemble, member);
  if (spec.engine === 'trees') return portableTrees(ensemble, spec as TreesMemberSpec, member);
  if (spec.engine === 'neighbours') {
    const own = spec as NeighboursMemberSpec;
    if (own.distance.kind === 'euclidean') return portableNeighbours(ensemble, own, member);
    const expected = 'one whose neighbours are by Euclidean distance, to be exported';
    return failOption('ensemble', expected, `member ${member.index}, ${own.distance.kind}`);
  }
  const expected = 'one of networks, boosted trees and neighbours, to be exported';
  return failOption('ensemble', expected, nameOf(ensemble, member.index));
}

/** A member, for messages. */
function nameOf({ plan }: TrainedEnsemble, index: number): string {
  const spec = plan.members[index]!;
  return `member ${index}, ${engineOf(spec).kind(spec)}`;
}
