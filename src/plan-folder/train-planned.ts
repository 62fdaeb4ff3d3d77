// Training members of a plan, anywhere and any number of times: whole strands, by the ordinary coordinator, each written when it
// is done. What is there already is not trained again.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../data/dataset/dataset.js';
import type { FailedMember } from '../ensemble/ensemble.js';
import { failOption, TuttiError } from '../errors.js';
import { requireFolderPath } from '../files/folder.js';
import { removeStale } from '../files/temporary-file.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { isRepeated } from '../training/coordinator/failure-policy.js';
import type { TrainingWork } from '../training/coordinator/training-work.js';
import {
  type CheckpointPace,
  isolationOf,
  PACE,
  requireOnePace,
  TRAINING_SETTINGS,
  type TrainingSettings,
} from '../training/session/training-settings.js';
import { carryOut, workOf } from '../training/train-plan.js';
import { VERSION } from '../version.js';
import { listResults, type OpenedPlan, openPlan, type PlannedStrand, plannedDataset } from './open-plan.js';
import { locatedPlan } from './planned-modules.js';
import { readStrands, type StrandStanding } from './planned-results.js';
import { failPlan, folderError } from './problem.js';
import { RESULTS_FOLDER } from './result-file.js';
import { ResultJournal } from './result-journal.js';
import { readRestingStrand } from './strand-state.js';

/** How members of a plan are trained. */
export interface TrainPlannedSettings
  extends Omit<
    TrainingSettings,
    'checkpoint' | 'preprocessing' | 'onFailure' | 'onEpochEnd' | 'onInterrupt'
  > {
  /** Their places in the plan; with a member come all that it is trained together with. @default all of them */
  readonly members?: readonly number[];
  /**
   * Paths of modules whose code may run: whoever made the plan chose what it names. Each must be, by its SHA-256, one that the
   * plan uses, such as its copy in the folder. @default none
   */
  readonly allowModules?: readonly string[];
  /** How often members in training are kept, so that one that is interrupted goes on. @default every 10 seconds */
  readonly pace?: CheckpointPace;
}

const { onFailure: _failure, onEpochEnd: _end, onInterrupt: _interrupt, ...COMMON } = TRAINING_SETTINGS;
const { checkpoint: _checkpoint, preprocessing: _preprocessing, ...SETTINGS } = COMMON;

const TRAIN_PLANNED_SETTINGS = {
  ...SETTINGS,
  members: { expected: 'a list of places in the plan, integers ≥ 0', holds: isPlaces },
  allowModules: option.texts,
  /** Checked by itself. */
  pace: option.any,
} satisfies OptionTable<TrainPlannedSettings>;

function isPlaces(value: unknown): boolean {
  return Array.isArray(value) && value.every((place) => Number.isSafeInteger(place) && place >= 0);
}

/** What came of it. */
export interface TrainedPart {
  /** Members that were asked for, and those that they are trained together with. */
  readonly members: readonly number[];
  /** Of these, what was there already, and what is there now beside it; those that failed for good among either. */
  readonly before: readonly number[];
  readonly trained: readonly number[];
  /** Members that failed for good: their results say so. */
  readonly failures: readonly FailedMember[];
  /** Members that failed in a way that may not come again; training them tries again. */
  readonly again: readonly FailedMember[];
  /** Files of results that could not be read, and have been replaced. */
  readonly replaced: readonly string[];
}

/** Trains members of a plan on the calling thread, unless the settings name a runner. */
export async function trainPlanned(
  folder: string,
  settings: TrainPlannedSettings = {},
): Promise<TrainedPart> {
  checkOptions('trainPlanned', settings, TRAIN_PLANNED_SETTINGS);
  requireFolderPath(folder);
  const { members: places, allowModules = [], pace = {}, ...how } = settings;
  checkOptions('pace', pace, PACE);
  requireOnePace(pace);
  const { signal } = settings;
  signal?.throwIfAborted();
  const opened = await openPlan(folder, signal);
  requireSameVersion(opened);
  const asked = strandsOfMembers(opened, places);
  const standing = await standingOf(opened, asked, signal);
  const outcomes = new Map(standing.there);
  if (standing.open.length > 0) {
    await removeStale(join(folder, RESULTS_FOLDER));
    // First, since what takes its place may well have the same name.
    for (const file of [...standing.broken.values()].flat()) await dropBroken(folder, file);
    const dataset = await plannedDataset(opened, signal);
    const plan = async () => workOn(opened, dataset, standing.open, outcomes, { allowModules, pace, how });
    await carryOut('trainPlanned', dataset, how, plan).catch(unlessAllFailed);
  }
  return partOf(asked, standing, outcomes);
}

/** Results of another version would be of another ensemble. */
function requireSameVersion({ folder, plan: { version } }: OpenedPlan): void {
  if (version === VERSION) return;
  failPlan(folder, `was made by tutti ${version}, and is trained by that alone: this is ${VERSION}`);
}

function strandsOfMembers(
  { strands, plan }: OpenedPlan,
  places: readonly number[] | undefined,
): readonly PlannedStrand[] {
  if (places === undefined) return strands;
  const planned = plan.plan.members.length;
  const beyond = places.find((place) => place >= planned);
  if (beyond !== undefined)
    failOption('members', `places in a plan of ${planned} members, 0 to ${planned - 1}`, beyond);
  const wanted = new Set(places);
  return strands.filter(({ members }) => members.some((index) => wanted.has(index)));
}

interface Standing {
  /** The members that failed for good, of each strand that there is a result of. */
  readonly there: ReadonlyMap<number, readonly FailedMember[]>;
  readonly open: readonly PlannedStrand[];
  readonly broken: ReadonlyMap<number, readonly string[]>;
}

/** What there is of strands for good, and what is left to train. */
async function standingOf(
  opened: OpenedPlan,
  strands: readonly PlannedStrand[],
  signal: AbortSignal | undefined,
): Promise<Standing> {
  const names = await listResults(opened.folder);
  const there = new Map<number, readonly FailedMember[]>();
  const open: PlannedStrand[] = [];
  const broken = new Map<number, string[]>();
  const forGood = new Map(
    [...names].map(([key, own]) => [key, own.filter(({ hash }) => hash !== null)] as const),
  );
  const failuresOf = (strand: PlannedStrand, { result, broken: files }: StrandStanding) => ({
    ...{ strand, files: files.map(({ file }) => file) },
    failures: result === null ? null : [...result.failures.values()],
  });
  for (const { strand, files, failures } of await readStrands(opened, strands, forGood, failuresOf, signal)) {
    if (files.length > 0) broken.set(strand.key, files);
    if (failures === null) open.push(strand);
    else there.set(strand.key, failures);
  }
  return { there, open, broken };
}

/** What is left to train of a plan, and the journal to which it is told. @param outcomes get the failures of each strand that is written. */
async function workOn(
  opened: OpenedPlan,
  dataset: Dataset,
  open: readonly PlannedStrand[],
  outcomes: Map<number, readonly FailedMember[]>,
  {
    allowModules,
    pace,
    how,
  }: Required<Pick<TrainPlannedSettings, 'allowModules' | 'pace'>> & { readonly how: TrainingSettings },
): Promise<TrainingWork> {
  const { plan } = opened;
  const { signal } = how;
  resolveArithmetic(plan.plan.arithmetic);
  const located = await locatedPlan(opened, allowModules, isolationOf(how), signal);
  const resting = await restingStrands(opened, open, signal);
  const parts = [...resting.values()].map(({ outcome }) => outcome);
  const keys = new Set(open.map(({ key }) => key));
  const journal = new ResultJournal(
    opened,
    new Map([...resting].map(([key, { outcome }]) => [key, outcome])),
    (key, { failures }) => outcomes.set(key, [...failures.values()]),
  );
  const { onDivergence } = plan.policy;
  // Which failures end a training is decided where all of them are known.
  const policy = { ...plan.policy, onDivergence: onDivergence === 'fail' ? ('drop' as const) : onDivergence };
  return workOf(dataset, located, policy, {
    only: (key) => keys.has(key),
    kept: parts.flatMap(({ members }) => [...members.values()]),
    failures: parts.flatMap(({ failures }) =>
      [...failures.values()].filter(({ error }) => !isRepeated(error.code)),
    ),
    streams: new Map(parts.flatMap(({ streams }) => [...streams])),
    states: new Map([...resting].map(([key, { runs }]) => [key, runs])),
    trainedOn: plan.trainedOn,
    keeping: { journal, pace },
  });
}

async function restingStrands(
  opened: OpenedPlan,
  open: readonly PlannedStrand[],
  signal: AbortSignal | undefined,
) {
  const resting = new Map<number, NonNullable<Awaited<ReturnType<typeof readRestingStrand>>>>();
  for (const strand of open) {
    const rests = await readRestingStrand(opened, strand, signal);
    if (rests !== null) resting.set(strand.key, rests);
  }
  return resting;
}

/** That every member failed is no error of theirs to whom it was told. */
function unlessAllFailed(error: unknown): void {
  if (!(error instanceof TuttiError && error.code === 'ERR_MEMBERS_FAILED')) throw error;
}

/** A file that is no result makes way for one that is. */
async function dropBroken(folder: string, file: string): Promise<void> {
  await rm(join(folder, file), { force: true, recursive: true }).catch((error) => {
    throw folderError(folder, 'written', error);
  });
}

function partOf(
  asked: readonly PlannedStrand[],
  { there, broken }: Standing,
  outcomes: ReadonlyMap<number, readonly FailedMember[]>,
): TrainedPart {
  const membersOf = (strands: readonly PlannedStrand[]) =>
    strands.flatMap(({ members }) => members).sort((a, b) => a - b);
  const failures = asked.flatMap(({ key }) => outcomes.get(key) ?? []).sort((a, b) => a.index - b.index);
  const again = failures.filter(({ error }) => isRepeated(error.code));
  return {
    members: membersOf(asked),
    before: membersOf(asked.filter(({ key }) => there.has(key))),
    trained: membersOf(asked.filter(({ key }) => outcomes.has(key) && !there.has(key))),
    failures: failures.filter(({ error }) => !isRepeated(error.code)),
    again,
    replaced: [...broken.values()].flat(),
  };
}
