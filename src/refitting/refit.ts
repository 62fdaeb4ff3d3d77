// Trains the members of an ensemble once more on all rows, as they were set and for as long as they were trained, and says
// what that is worth where it can be said: on rows that neither ensemble has seen.

import type { Dataset } from '../data/dataset/dataset.js';
import { splitRows } from '../data/split.js';
import { datasetPart } from '../distillation/dataset-part.js';
import {
  isOfMasks,
  requireEnsemble,
  requireIndependent,
  type TrainedEnsemble,
} from '../ensemble/ensemble.js';
import { pickMembers } from '../ensemble/pick-members.js';
import { checkDataset } from '../ensemble/predict/inputs.js';
import { requireMembers } from '../ensemble/predict/stored-members.js';
import { failOption } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { unlessAborted } from '../long-calls.js';
import { INTERVAL_OPTIONS, INTERVAL_USES, type IntervalOptions } from '../measure/correlation/intervals.js';
import { isNetwork } from '../model/network-members.js';
import { checkOptions, pickOptions, requireUses } from '../option-names.js';
import { compareEnsembles, type EnsembleComparison } from '../studies/comparison/compare-ensembles.js';
import { locateModules } from '../training/plan/resolve-modules.js';
import {
  isolationOf,
  type TrainingSettings,
  throwIfRejected,
} from '../training/session/training-settings.js';
import { carryOut, workOf } from '../training/train-plan.js';
import { REFIT_OPTIONS, type RefitOptions, type Refitted } from './options.js';
import { planAgain, type RefitPlan, refitPlan } from './refit-plan.js';

const NAMES = ['as trained', 'refitted'];
const DEFAULT_CHECK_SHARE = 0.2;

/** As src/api/refitted.ts says of it, on the calling thread where no runner is named. */
export async function refitEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: RefitOptions = {},
): Promise<Refitted> {
  checkOptions('refitEnsemble', options, REFIT_OPTIONS);
  requireUses<IntervalOptions>(options, INTERVAL_USES);
  options.signal?.throwIfAborted();
  requireRefittable(ensemble, dataset);
  const { rows = 'all', heldOut, checkShare = heldOut === undefined ? DEFAULT_CHECK_SHARE : 0 } = options;
  if (heldOut !== undefined) checkDataset(ensemble, heldOut);
  const check = checkShare === 0 ? null : await checkRefit(ensemble, dataset, checkShare, options);
  const planned = refitPlan(ensemble, rows);
  const refitted = await train(ensemble, dataset, planned, options);
  return {
    ensemble: refitted,
    report: {
      ...{ rows: dataset.rows, members: refitted.members.length, onAllRows: planned.onAllRows },
      epochs: refitted.members.map(({ epoch }) => epoch),
      heldOut: heldOut === undefined ? null : await judge(ensemble, refitted, heldOut, options),
      check,
    },
  };
}

/** Trains both ways on some rows, and judges both on the others. */
async function checkRefit(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  share: number,
  options: RefitOptions,
): Promise<EnsembleComparison & { readonly trainedOn: number }> {
  const { rows, labels, groups, times, timeGap = 0 } = dataset;
  const { seed = ensemble.plan.seed } = options;
  const split = splitRows({
    ...{ rows, share, seed, labels, groups },
    ...(times === undefined ? {} : { times, timeGap }),
  });
  const taught = datasetPart(dataset, split.train);
  const before = await train(ensemble, taught, planAgain(ensemble), options);
  const after = await train(before, taught, refitPlan(before, options.rows ?? 'all'), options);
  const judging = datasetPart(dataset, split.test);
  return { ...(await judge(before, after, judging, options)), trainedOn: taught.rows };
}

async function judge(
  before: TrainedEnsemble,
  after: TrainedEnsemble,
  rows: Dataset,
  options: RefitOptions,
): Promise<EnsembleComparison> {
  const { runner, signal } = options;
  return compareEnsembles([before, after], rows, {
    names: NAMES,
    ...(runner && { runner }),
    ...(signal && { signal }),
    ...pickOptions(options, INTERVALS),
    ...(options.replicates === 0 ? {} : { seed: options.seed ?? before.plan.seed }),
  });
}

const INTERVALS = { replicates: INTERVAL_OPTIONS.replicates, level: INTERVAL_OPTIONS.level };

/** Trains a plan, and picks the members that the ensemble has, with its weights. */
async function train(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  { plan, places }: RefitPlan,
  { runner, signal, onProgress }: RefitOptions,
): Promise<TrainedEnsemble> {
  const settings: TrainingSettings = {
    ...(runner && { runner }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    onFailure: 'fail',
  };
  const trained = await carryOut('refitEnsemble', dataset, settings, async () => {
    resolveArithmetic(plan.arithmetic);
    const located = await unlessAborted(
      locateModules(plan, ensemble.allowedModules, isolationOf(settings)),
      settings.signal,
    );
    throwIfRejected(settings);
    return workOf(dataset, located, {});
  });
  const placed = new Map(places.map((place, at) => [place, ensemble.members[at]!.averagingWeight]));
  const picked = pickMembers(trained, places);
  const inOrder = [...places].sort((a, b) => a - b);
  const { allowedModules } = ensemble;
  return {
    ...picked,
    ...(allowedModules === undefined ? {} : { allowedModules }),
    members: picked.members.map((member, at) => {
      const averagingWeight = placed.get(inOrder[at]!);
      return averagingWeight === undefined ? member : { ...member, averagingWeight };
    }),
  };
}

/** @throws ERR_OPTION for what no training leaves, or another training decides. */
function requireRefittable(ensemble: TrainedEnsemble, dataset: Dataset): void {
  requireEnsemble(ensemble);
  requireMembers(ensemble, 'to refit');
  checkDataset(ensemble, dataset);
  const fail = (expected: string, got: string) => failOption('ensemble', expected, got);
  const { members } = ensemble.plan;
  requireIndependent(ensemble);
  if (isOfMasks(ensemble)) fail('one that was trained', 'masks of a net');
  if (members.some(({ streams }) => streams.seed !== undefined))
    fail('one of a single training (refit before joining)', 'one that joins several');
  if (members.some((spec) => isNetwork(spec) && spec.teacher !== undefined))
    fail('one that was trained on a dataset (refit the ensemble, then distill it)', 'a distilled net');
}
