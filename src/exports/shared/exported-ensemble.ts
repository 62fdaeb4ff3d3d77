// An ensemble of networks without anything of tutti's own: its networks, how they are averaged, calibrated and clipped.
// What each format writes is made from this.

import type { Calibration } from '../../calibration/calibration.js';
import type { Encoding, Task } from '../../data/dataset/dataset.js';
import type { ColumnRanges } from '../../data/dataset/training-facts.js';
import type { Preprocessing } from '../../data/preprocessing/preprocessing.js';
import { engineOf } from '../../engines/registry.js';
import { isOfMasks, type TrainedEnsemble } from '../../ensemble/ensemble.js';
import { clipRange } from '../../ensemble/predict/answer-rules.js';
import { averagingWeights } from '../../ensemble/predict/averaging-weights.js';
import { aggregatorFor, ensembleCombiner } from '../../ensemble/predict/ensemble-combiner.js';
import { requireMembers } from '../../ensemble/predict/stored-members.js';
import { failOption } from '../../errors.js';
import { isNetwork } from '../../model/network-members.js';
import { type PortableNetwork, portableNetwork } from '../../model/portable-network.js';
import { type Aggregator, aggregators } from '../../predictions/aggregate/aggregators.js';
import { normaliseWeights } from '../../predictions/aggregate/shares.js';

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
  /** Columns of the networks' input. */
  readonly features: number;
  /** How features in the user's units become what networks see. */
  readonly encoding: Encoding;
  /** How raw columns become features; null for an ensemble trained on arrays. */
  readonly preprocessing: Preprocessing | null;
  /** Those whose weight is not 0, in plan order. */
  readonly networks: readonly PortableNetwork[];
  /** One per network, each > 0, Σ = 1. */
  readonly weights: readonly number[];
  readonly aggregator: Aggregator;
  /** What is done to combined probabilities; null for nothing. */
  readonly calibration: Calibration | null;
  /** The range that each member's predictions of targets are kept within; null for none. */
  readonly clip: ColumnRanges | null;
  /** Whether every network predicts variances. */
  readonly givesVariances: boolean;
}

/**
 * @throws ERR_OPTION naming a member that is no network, for masks of a dropout net, and as predicting does; ERR_BUNDLE for an
 * ensemble without members.
 */
export function exportedEnsemble(
  ensemble: TrainedEnsemble,
  options: ExportCombineOptions = {},
): ExportedEnsemble {
  requireMembers(ensemble, 'to export');
  requireNetworks(ensemble);
  const { task, features, encoding, preprocessing } = ensemble;
  // It refuses what contradicts the calibration.
  ensembleCombiner(ensemble, options);
  const aggregator = aggregatorFor(ensemble, options);
  const weights = normaliseWeights(averagingWeights(ensemble), ensemble.members.length);
  const counted = ensemble.members.filter((_, at) => weights[at]! > 0);
  const networks = counted.map((member) => portableNetwork(ensemble, member));
  const givesVariances = networks.every(({ head }) => head.kind === 'gaussian');
  const expected = aggregators.get(aggregator).misfit(task.kind, givesVariances);
  if (expected !== null) failOption('aggregator', expected, aggregator);
  return {
    ...{ task, features, encoding, preprocessing, networks },
    weights: Array.from(weights).filter((weight) => weight > 0),
    aggregator,
    calibration: options.calibrated === false ? null : ensemble.calibration,
    clip: clipRange(ensemble, options.clip),
    givesVariances,
  };
}

/** Only networks have layers that other programs know. */
function requireNetworks(ensemble: TrainedEnsemble): void {
  if (isOfMasks(ensemble))
    failOption('ensemble', 'one that was trained, to be exported', 'masks of a dropout net');
  for (const { index } of ensemble.members) {
    const spec = ensemble.plan.members[index]!;
    if (isNetwork(spec)) continue;
    const got = `member ${index}, ${engineOf(spec).kind(spec)}`;
    failOption('ensemble', 'one of networks of this library, to be exported in this format', got);
  }
}
