// What an ensemble is: what made it, of what, and how to make it again.

import { contentHash } from '../../bundle/content-hash.js';
import type { Environment } from '../../bundle/environment.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { aggregatorFor } from '../../ensemble/predict/predict.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { optionsOfPlan } from '../../training/options/options-of-plan.js';
import { VERSION } from '../../version.js';
import type { EnsembleFacts } from '../page/page-data.js';

export interface FactOptions {
  /** What the report calls the ensemble. @default 'ensemble' */
  readonly title?: string;
  /** Of its file, where it has one. */
  readonly file?: { readonly bytes: number; readonly environment: Environment };
  /** How the report is made again. */
  readonly commands?: readonly string[];
  readonly aggregator?: Aggregator;
  readonly calibrated?: boolean;
}

export function factsOf(ensemble: TrainedEnsemble, options: FactOptions): EnsembleFacts {
  const { plan, task, members, trainedOn, executors, datasetHash } = ensemble;
  const { title = 'ensemble', file, commands = [], ...combining } = options;
  const { tutti, node, platform, arch } = file?.environment ?? {
    ...{ tutti: VERSION, node: process.versions.node, platform: process.platform, arch: process.arch },
  };
  return {
    ...{
      name: title,
      aggregator: aggregatorFor(ensemble, combining),
      commands,
      executors,
      datasetHash,
      tutti,
      node,
    },
    task: { kind: task.kind, names: task.kind === 'classification' ? task.classes : task.targets },
    ...{
      planned: plan.members.length,
      members: members.length,
      seed: plan.seed,
      arithmetic: plan.arithmetic,
    },
    contentHash: contentHash(ensemble),
    split: trainedOn?.split ?? null,
    calibration: calibrationOf(ensemble),
    bytes: file?.bytes ?? null,
    options: optionsOfPlan(plan, ensemble) as EnsembleFacts['options'],
    weights: members.reduce((sum, { parameters }) => sum + parameters.length, 0),
    platform: `${platform} ${arch}`,
  };
}

function calibrationOf({ calibration }: TrainedEnsemble): EnsembleFacts['calibration'] {
  if (calibration === null || calibration.method === null || calibration.figures === null) return null;
  const { method, rows, figures } = calibration;
  const { folds, before, after } = figures;
  const of = ({ logLoss, ece }: typeof before) => ({ logLoss, ece });
  return { method, rows, folds, before: of(before), after: of(after) };
}
