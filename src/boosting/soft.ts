// Soft gradient boosting: the nets of the sum are trained together, each on what those before it leave of the loss of the same
// batch (src/engines/wasm/boosting.ts). A run does that whose submodels share nothing but the batches, and leaves them with
// last layers so large that their mean is the sum. What logits learn is residuals of at most 1 each, so that the sum of a few nets
// is too timid however right it is: its temperature is fitted to the rows held out.

import { fitCalibration } from '../calibration/fit-calibration.js';
import type { Dataset } from '../data/dataset/dataset.js';
import { datasetPart } from '../distillation/dataset-part.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { predictKnownRows } from '../ensemble/evaluate/known-rows.js';
import { drawCandidates } from '../ensemble/member-rows.js';
import { failOption, TuttiError } from '../errors.js';
import { requireNetwork } from '../model/network-members.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import type { EnsemblePlan, NetworkMemberSpec } from '../model/spec.js';
import type { EpochEvent } from '../training/session/job.js';
import type { TrainingSettings } from '../training/session/training-settings.js';
import { planWork } from '../training/train-ensemble.js';
import { carryOut, workOf } from '../training/train-plan.js';
import { BOOST_OPTIONS, type Boosted, type BoostOptions, SOFT_DEFAULTS as SOFT } from './options.js';
import { networkOptions, summedUp } from './sums.js';

/** @throws ERR_OPTION; the signal's reason, unless what is there when it comes is to be kept. */
export async function boostSoftly(
  dataset: Dataset,
  options: BoostOptions,
): Promise<Boosted<TrainedEnsemble>> {
  const { rounds = SOFT.rounds, shrinkage = SOFT.shrinkage, patience = SOFT.patience } = options;
  const { seed = BOOST_OPTIONS.seed.default, heldOutShare = BOOST_OPTIONS.heldOutShare.default } = options;
  if (rounds < 2 || rounds > 1024) failOption('rounds', 'an integer from 2 to 1024 with `kind` soft', rounds);
  const training: TrainingOptions = {
    ...networkOptions(options, SOFT.epochs),
    ...{ members: 1, seed, resample: 'none' },
    ...{ earlyStopping: 'validation', validationShare: heldOutShare, patience },
    ...{ sharing: 'packed', submodels: rounds },
  };
  const { settings, stopped } = settingsOf(options);
  const trained = await carryOut('boostEnsemble', dataset, settings, async () => {
    const { plan } = await planWork(dataset, training, settings);
    return workOf(dataset, boosted(plan, shrinkage), {});
  });
  // The nets of a run have the same history.
  const [{ history, epoch, inBagRows }] = trained.members as readonly [TrainedMember];
  const { epochs } = requireNetwork(trained.plan.members[0]!, 0);
  const sum = { ...trained, ...summedUp(dataset, inBagRows) };
  return {
    ensemble: await withTemperature(sum, dataset),
    rounds: history.map(({ loss, validationLoss }) => ({ step: 1, loss, heldOutLoss: validationLoss! })),
    kept: epoch,
    endedBy: stopped() ? 'signal' : history.length < epochs ? 'patience' : 'rounds',
  };
}

/** A sum of classes with its temperature, where the rows held out allow one. */
async function withTemperature(sum: TrainedEnsemble, dataset: Dataset): Promise<TrainedEnsemble> {
  if (sum.task.kind === 'regression') return sum;
  const held = drawCandidates(sum.plan, dataset).validation;
  const aggregator = 'geometricMean';
  const known = await predictKnownRows(sum, datasetPart(dataset, held), 'heldOut', {
    ...{ aggregator, calibrated: false, members: false },
  });
  try {
    const calibration = fitCalibration(known!, aggregator, { method: 'temperature', threshold: null });
    return { ...sum, calibration };
  } catch (error) {
    // Too few rows, or rows of one class or group.
    if (error instanceof TuttiError && error.code === 'ERR_DATA') return sum;
    throw error;
  }
}

/** The plan of packed submodels, boosted. */
export function boosted(plan: EnsemblePlan, shrinkage: number): EnsemblePlan {
  const members = plan.members.map((member, place): NetworkMemberSpec => {
    const spec = requireNetwork(member, place);
    const { submodels } = spec.sharing!;
    const sharing = { kind: 'softBoosting', submodels, batch: 'whole', shrinkage } as const;
    return { ...spec, sharing, boosted: spec.snapshot!.index + 1 };
  });
  return { ...plan, members };
}

/** How the run is trained: where it is watched or to be kept, it is asked after every epoch whether to go on. */
function settingsOf({ runner, signal, onInterrupt, onProgress }: BoostOptions): {
  readonly settings: TrainingSettings;
  readonly stopped: () => boolean;
} {
  let best = { epoch: 0, loss: Number.POSITIVE_INFINITY };
  let isStopped = false;
  const onEpochEnd = ({ epoch, epochs, validationLoss = Number.NaN }: EpochEvent) => {
    if (validationLoss < best.loss) best = { epoch, loss: validationLoss };
    onProgress?.({ done: epoch, of: epochs, heldOutLoss: validationLoss, best: best.epoch });
    isStopped = onInterrupt === 'keep' && signal?.aborted === true;
    return isStopped ? { stop: true } : undefined;
  };
  const isWatched = onProgress !== undefined || onInterrupt === 'keep';
  return {
    settings: {
      onFailure: 'fail',
      ...(runner && { runner }),
      ...(signal && onInterrupt !== 'keep' ? { signal } : {}),
      ...(isWatched ? { onEpochEnd } : {}),
    },
    stopped: () => isStopped,
  };
}
