// All that was trained of a plan, as the one ensemble that one machine would have made of it.

import type { Dataset } from '../data/dataset/dataset.js';
import type { FailedMember, TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { requireFolderPath } from '../files/folder.js';
import { quoted } from '../files/shell-word.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import type { MemberStreams } from '../model/spec.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { atPathsOf } from '../training/plan/resolve-modules.js';
import type { MemberRunner } from '../training/session/runner.js';
import {
  isolationOf,
  TRAINING_SETTINGS,
  type TrainingSettings,
} from '../training/session/training-settings.js';
import { carryOut, workOf } from '../training/train-plan.js';
import { placesText, rangesOf } from './job-files/member-places.js';
import {
  listResults,
  type OpenedPlan,
  openPlan,
  type PlannedStrand,
  plannedDataset,
  plannedTest,
} from './open-plan.js';
import { locatedPlan } from './planned-modules.js';
import {
  type BrokenResult,
  MOST_RANGES,
  rangesText,
  readStrands,
  refuseBroken,
  type StrandStanding,
} from './planned-results.js';
import { failPlan } from './problem.js';

export interface CollectPlanOptions extends LongCallOptions {
  /** Paths of modules whose code may run to predict, as for `trainPlanned`. @default none */
  readonly allowModules?: readonly string[];
  /**
   * What becomes of members that nobody has trained yet: an error that names them, or `leave` them out of an ensemble that is
   * not complete, to which `extendEnsemble` adds them. @default 'reject'
   */
  readonly missing?: 'reject' | 'leave';
  /** Of which `isolate` is heeded, where modules of the user's are tried. @default on threads */
  readonly runner?: MemberRunner;
}

const OPTIONS = {
  ...LONG_CALL_OPTIONS,
  allowModules: option.texts,
  missing: option.oneOf('reject', 'leave'),
  runner: TRAINING_SETTINGS.runner,
} satisfies OptionTable<CollectPlanOptions>;

/** What a plan came to. */
export interface CollectedPlan {
  readonly ensemble: TrainedEnsemble;
  /** The rows that it was trained on, and those to test on; null where the plan has none. */
  readonly train: Dataset;
  readonly test: Dataset | null;
  /** What the caller of `writePlan` left there; null for nothing. */
  readonly note: unknown;
}

/** Collects what was trained of a plan. */
export async function collectPlan(folder: string, options: CollectPlanOptions = {}): Promise<CollectedPlan> {
  checkOptions('collectPlan', options, OPTIONS);
  requireFolderPath(folder);
  const { signal, runner, ...how } = options;
  signal?.throwIfAborted();
  const opened = await openPlan(folder, signal);
  const train = await plannedDataset(opened, signal);
  const test = await plannedTest(opened, signal);
  const settings = {
    ...(signal === undefined ? {} : { signal }),
    ...(runner === undefined ? {} : { runner }),
  };
  return { ensemble: await collectFrom(opened, train, how, settings), train, test, note: opened.plan.note };
}

/**
 * The ensemble of a plan that is open.
 * @param dataset the plan's own. @param settings as for a training, which has nothing left to train.
 * @throws ERR_PLAN when members are missing, or results are damaged; ERR_HOST_DIFFERS; ERR_MODULE; ERR_STORE
 */
export async function collectFrom(
  opened: OpenedPlan,
  dataset: Dataset,
  { allowModules = [], missing = 'reject' }: Pick<CollectPlanOptions, 'allowModules' | 'missing'>,
  settings: TrainingSettings,
): Promise<TrainedEnsemble> {
  const { plan } = opened;
  const { signal } = settings;
  const ensemble = await carryOut('collectPlan', dataset, settings, async () => {
    const { members, failures, streams, executors } = await gather(opened, missing, signal);
    const located = await locatedPlan(opened, allowModules, isolationOf(settings), signal);
    return workOf(dataset, located, plan.policy, {
      ...{ kept: members, failures, streams, executors, trainedOn: plan.trainedOn, only: () => false },
    });
  });
  // Where modules lie now is this process's affair, and in `allowedModules`.
  return { ...ensemble, plan: atPathsOf(ensemble.plan, plan.plan) };
}

interface Gathered {
  readonly members: readonly TrainedMember[];
  readonly failures: readonly FailedMember[];
  readonly streams: ReadonlyMap<number, MemberStreams>;
  readonly executors: readonly string[];
}

/** Reads every result, before any is believed to be all there is. */
async function gather(
  opened: OpenedPlan,
  missing: 'reject' | 'leave',
  signal: AbortSignal | undefined,
): Promise<Gathered> {
  const { folder, strands } = opened;
  const names = await listResults(folder);
  requirePlanned(folder, new Set(strands.map(({ key }) => key)), names.keys());
  const members: TrainedMember[] = [];
  const failures: FailedMember[] = [];
  const streams = new Map<number, MemberStreams>();
  const executors = new Set<string>();
  const absent: number[] = [];
  const damaged: { readonly broken: readonly BrokenResult[]; readonly members: readonly number[] }[] = [];
  const whole = (strand: PlannedStrand, standing: StrandStanding) => ({ strand, ...standing });
  for (const { strand, result, broken } of await readStrands(opened, strands, names, whole, signal)) {
    if (broken.length > 0) damaged.push({ broken, members: strand.members });
    if (result === null) {
      if (broken.length === 0) absent.push(...strand.members);
      continue;
    }
    members.push(...result.members.values());
    failures.push(...result.failures.values());
    for (const [index, own] of result.streams) streams.set(index, own);
    for (const name of result.executors) executors.add(name);
  }
  const all = damaged.flatMap(({ members: own }) => own).sort((a, b) => a - b);
  refuseBroken(
    folder,
    damaged.flatMap(({ broken }) => broken),
    all,
  );
  if (absent.length > 0 && missing === 'reject') failMissing(opened, absent);
  return { members, failures, streams, executors: [...executors] };
}

function requirePlanned(folder: string, planned: ReadonlySet<number>, there: Iterable<number>): void {
  for (const key of there)
    if (!planned.has(key))
      failPlan(
        folder,
        `has results of member ${key}, which it does not begin with: they are of another plan`,
      );
}

function failMissing({ folder, plan }: OpenedPlan, absent: readonly number[]): never {
  const sorted = absent.toSorted((a, b) => a - b);
  // Without places it trains whatever is missing; a line that names hundreds is of no use.
  const which = rangesOf(sorted).length > MOST_RANGES ? '' : ` --members ${placesText(sorted)}`;
  const how = `\`tutti train-members --plan ${quoted(folder)}${which}\``;
  const planned = plan.plan.members.length;
  failPlan(
    folder,
    `lacks ${sorted.length} of its ${planned} members (${rangesText(sorted)}): ${how} trains them`,
  );
}
