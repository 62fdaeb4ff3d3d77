// Carries out a plan: checks what every training is given, opens a session with whoever runs it, has its runs trained, and
// closes the session. What is trained when, retries and failures are in coordinator/.

import type { KeptTraining } from '../checkpoint/kept-training.js';
import { requireDataset } from '../data/dataset/check-dataset.js';
import type { Dataset } from '../data/dataset/dataset.js';
import type { Preprocessing } from '../data/preprocessing/preprocessing.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption, TuttiError } from '../errors.js';
import { givesVariances, type Loss } from '../model/losses.js';
import type { EnsemblePlan, MemberStreams } from '../model/spec.js';
import { isSameData } from '../same-data.js';
import type { PolicyOptions } from './coordinator/failure-policy.js';
import { TrainingRun } from './coordinator/training-run.js';
import type { TrainingWork } from './coordinator/training-work.js';
import { DEFAULTS } from './options/option-defaults.js';
import { listRuns, type RestingRun, type Run, trainedPlan } from './plan/runs.js';
import { listStrands, openRuns } from './plan/strands.js';
import { listGroups } from './plan/tying.js';
import {
  type CheckpointOptions,
  type CheckpointPace,
  checkSettings,
  type TrainingSettings,
  throwIfRejected,
} from './session/training-settings.js';
import { createInlineRunner } from './thread/inline-runner.js';

/**
 * Trains what is planned.
 * @param caller the public function, for messages.
 * @param plan makes the work.
 */
export async function carryOut(
  caller: string,
  dataset: Dataset,
  settings: TrainingSettings,
  plan: () => Promise<TrainingWork>,
): Promise<TrainedEnsemble> {
  const started = performance.now();
  checkSettings(caller, settings);
  throwIfRejected(settings);
  requireDataset(dataset);
  requireOwnPreprocessing(dataset, settings.preprocessing ?? null);
  const runner = settings.runner ?? createInlineRunner();
  if (settings.onEpochEnd !== undefined && runner.callbacks === false)
    failOption('onEpochEnd', 'absent on a cluster, whose hosts cannot ask for it', settings.onEpochEnd);
  // At once, and before anything is awaited: a pool that is closed next waits for this training too.
  const session = runner.open();
  try {
    await checkNote(settings.checkpoint);
    const planned = await plan();
    requireStraightTargets(planned.plan, dataset);
    const work = await keptIn(settings.checkpoint, planned);
    try {
      const trained = await new TrainingRun(work, session, settings, started).finish();
      const apart = runner.isolate === 'process' && trained.allowedModules !== undefined;
      return apart ? { ...trained, isolate: 'process' } : trained;
    } finally {
      await work.keeping?.journal.close();
    }
  } finally {
    session.close();
  }
}

/** Variances of what is bent say nothing of the user's units, and what is bent is no count. @throws ERR_OPTION */
function requireStraightTargets({ members }: EnsemblePlan, { encoding }: Dataset): void {
  const kind = encoding.targets.map?.kind;
  const bad = members.find(
    (spec) => 'loss' in spec && (givesVariances(spec.loss as Loss) || spec.loss === 'poisson'),
  );
  if (kind !== undefined && bad !== undefined)
    failOption(
      'targetScaling',
      'standard for members of `loss` gaussianNll, which predict variances, or poisson and multilabel, which take numbers as they are',
      kind,
    );
}

// What checkpoints need is loaded for those who keep one, since most trainings do not.

async function checkNote(checkpoint: CheckpointOptions | undefined): Promise<void> {
  if (checkpoint === undefined) return;
  const { requireNote } = await import('../checkpoint/training-file.js');
  requireNote(checkpoint.note ?? null);
}

/** A training that is to be kept, and is not yet, begins a checkpoint. */
async function keptIn(checkpoint: CheckpointOptions | undefined, work: TrainingWork): Promise<TrainingWork> {
  if (checkpoint === undefined) return work;
  const { newCheckpoint } = await import('../checkpoint/checkpoint.js');
  const { kept: members, executors } = work;
  const { folder, note = null, ...pace } = checkpoint;
  const journal = newCheckpoint(folder, { ...keptTraining(work, pace, note), members, executors });
  return { ...work, keeping: { journal, pace } };
}

/** What is to be trained, as a folder keeps it. */
export function keptTraining(
  { plan, dataset, policy: { deadlineMs, onDivergence }, reseeds = 0, trainedOn }: TrainingWork,
  pace: CheckpointPace,
  note: unknown,
): KeptTraining {
  const { task, features, hash: datasetHash } = dataset;
  const deadline = Number.isFinite(deadlineMs) ? deadlineMs / 1000 : null;
  const policy = { deadline, onDivergence, reseeds: reseeds === 0 ? null : reseeds };
  return { plan, task, features, datasetHash, policy, trainedOn, pace, note };
}

/** What there is of a plan already. @default nothing */
export interface WorkDone
  extends Partial<Pick<TrainingWork, 'kept' | 'failures' | 'executors' | 'trainedOn' | 'keeping'>> {
  /** Streams of members that began again, by their places; those of others are the plan's. */
  readonly streams?: ReadonlyMap<number, MemberStreams>;
  /** Where runs rest, by the strand. */
  readonly states?: ReadonlyMap<number, readonly RestingRun[]>;
  /** Which strands are trained here, by their keys; others are left as they are. @default all */
  readonly only?: (strand: number) => boolean;
}

/** The work of a plan: the runs that have members still to train. */
export function workOf(
  dataset: Dataset,
  plan: EnsemblePlan,
  policy: PolicyOptions,
  done: WorkDone = {},
): TrainingWork {
  const { kept = [], failures = [], executors = [], trainedOn = null, keeping = null, only } = done;
  const settled = new Set([...kept, ...failures].map(({ index }) => index));
  const all = listRuns(plan, done.streams);
  const strands = listStrands(all).map(({ key, runs }) => ({
    key,
    runs: only?.(key) === false ? [] : openRuns(runs, done.states?.get(key), (index) => settled.has(index)),
  }));
  const left = new Set<Run>(strands.flatMap((strand) => strand.runs));
  const runs = all.filter((run) => left.has(run));
  const toTrain = new Set(runs.flatMap(({ memberIndices, delivered }) => memberIndices.slice(delivered)));
  const isSettled = ({ index }: { readonly index: number }) => !toTrain.has(index);
  const { deadline, onDivergence, reseeds } = policy;
  return {
    dataset,
    plan: trainedPlan(
      plan,
      all.filter((run) => !left.has(run)),
    ),
    runs,
    groups: listGroups(all, dataset, plan.seed)
      .map((group) => ({ ...group, runs: group.runs.filter((run) => left.has(run)) }))
      .filter((group) => group.runs.length > 0),
    strands: strands.filter((strand) => strand.runs.length > 0),
    policy: { deadlineMs: 1000 * (deadline ?? Number.POSITIVE_INFINITY), onDivergence: onDivergence ?? null },
    reseeds: onDivergence === 'reseed' ? (reseeds ?? DEFAULTS.reseeds) : 0,
    // Where a run begins anew, those of its members that were there come again, the same.
    kept: kept.filter(isSettled),
    failures: failures.filter(isSettled),
    ...{ executors, trainedOn, keeping },
  };
}

/** How its columns became numbers is the dataset's affair. */
function requireOwnPreprocessing(dataset: Dataset, stated: Preprocessing | null): void {
  if (stated === null || isSameData(stated, dataset.preprocessing)) return;
  const got = dataset.preprocessing === null ? 'one for a dataset of arrays' : 'another';
  const message = `Expected \`preprocessing\` to be that of the dataset, which it carries, got ${got}`;
  throw new TuttiError('ERR_OPTION', message, { option: 'preprocessing' });
}
