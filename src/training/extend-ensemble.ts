// Adding members to an ensemble that is there, loaded from a file perhaps, and training those that it lacks.

import type { Dataset } from '../data/dataset/dataset.js';
import {
  isOfMasks,
  isWeighed,
  requireEnsemble,
  requireIndependent,
  type TrainedEnsemble,
  totalMs,
} from '../ensemble/ensemble.js';
import { hasPartsOfRuns } from '../ensemble/pick-members.js';
import { failOption, TuttiError } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { unlessAborted } from '../long-calls.js';
import { extendPlan } from '../model/extend-plan.js';
import { isNetwork } from '../model/network-members.js';
import { checkOptions, type OptionTable, option, requireUses } from '../option-names.js';
import { IF_RESEEDING } from './options/option-defaults.js';
import { locateModules } from './plan/resolve-modules.js';
import { requireMemoryOfResults } from './plan/training-need.js';
import { isolationOf, type TrainingSettings, throwIfRejected } from './session/training-settings.js';
import { carryOut, workOf } from './train-plan.js';

export interface ExtendOptions {
  /** How many members the ensemble has then, an integer ≥ those that are trained. */
  readonly members: number;
  /** Seconds that threads may have a new member in hand, each time it begins, > 0. @default no limit */
  readonly deadline?: number;
  /** What becomes of a new member that diverges: `reseed` begins it again with other streams. @default as `onFailure` says */
  readonly onDivergence?: 'drop' | 'fail' | 'reseed';
  /** How often it begins again, an integer ≥ 1. @default 2 */
  readonly reseeds?: number;
}

export const EXTEND_OPTIONS = {
  members: option.required(option.integer(1)),
  deadline: option.number('a number of seconds > 0', (value) => value > 0),
  onDivergence: option.oneOf('drop', 'fail', 'reseed'),
  reseeds: option.integer(1),
} satisfies OptionTable<ExtendOptions>;

/** Trains what an ensemble lacks of so many members, on the calling thread unless the settings name a runner. */
export async function extendEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: ExtendOptions,
  settings: TrainingSettings = {},
): Promise<TrainedEnsemble> {
  checkOptions('extendEnsemble', options, EXTEND_OPTIONS);
  requireUses(options, { reseeds: IF_RESEEDING });
  requireExtensible(ensemble);
  const { members, ...policy } = options;
  if (ensemble.complete && members === ensemble.members.length) return ensemble;
  const extended = await carryOut('extendEnsemble', dataset, settings, async () => {
    requireSameDataset(ensemble, dataset);
    // Before a million specs are made.
    requireMemoryOfResults(ensemble.plan.members, members - ensemble.members.length, dataset);
    const plan = extendPlan(
      ensemble.plan,
      members,
      ensemble.members.map(({ index }) => index),
    );
    resolveArithmetic(plan.arithmetic);
    const located = await unlessAborted(
      locateModules(plan, ensemble.allowedModules, isolationOf(settings)),
      settings.signal,
    );
    throwIfRejected(settings);
    const { members: kept, executors, trainedOn } = ensemble;
    return workOf(dataset, located, policy, { kept, executors, trainedOn });
  });
  const { allowedModules } = ensemble;
  return {
    ...extended,
    ...(allowedModules === undefined ? {} : { allowedModules }),
    // Of the same rows; calibration and conformity were of other members.
    baseline: ensemble.baseline,
    wallMs: totalMs([ensemble, extended]),
  };
}

/** Members that carry weights were weighed against each other, and masks were never trained. */
function requireExtensible(ensemble: TrainedEnsemble): void {
  requireEnsemble(ensemble);
  const fail = (expected: string, got: string) => failOption('ensemble', expected, got);
  requireIndependent(ensemble);
  if (ensemble.plan.members.some(({ streams }) => streams.seed !== undefined)) {
    fail('one of a single training (extend before joining)', 'one that joins several');
  }
  if (ensemble.plan.members.some((spec) => isNetwork(spec) && spec.teacher !== undefined)) {
    fail('one that was trained on a dataset (extend the ensemble it was distilled from)', 'a distilled net');
  }
  if (isOfMasks(ensemble)) fail('one that was trained', 'masks of a net');
  if (hasPartsOfRuns(ensemble.plan.members))
    fail('one with all members of its runs (extend before others are left out)', 'one with a part of them');
  if (isWeighed(ensemble)) {
    fail('one without averaging weights (withAveragingWeights with null takes them off)', 'one with weights');
  }
}

function requireSameDataset({ datasetHash }: TrainedEnsemble, { hash, rows, features }: Dataset): void {
  if (hash === datasetHash) return;
  const got = `another of ${rows} rows × ${features} features`;
  const message = `Expected the dataset that the ensemble was trained on, with its weights and scales, got ${got}`;
  throw new TuttiError('ERR_DATA', message, { rows, hash, datasetHash });
}
