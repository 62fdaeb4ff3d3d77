// Making a plan: what `trainEnsemble` would train, as a folder that any number of hosts can train from.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../blobs/blob-store.js';
import { openFileStore } from '../blobs/file-store.js';
import { putBytes } from '../blobs/pieces.js';
import { requireDataset } from '../data/dataset/check-dataset.js';
import type { Dataset } from '../data/dataset/dataset.js';
import { datasetBytes } from '../data/dataset-bytes.js';
import { failOption, TuttiError } from '../errors.js';
import { writeNewSynced } from '../files/atomic-file.js';
import { makeFolder, requireFolderPath } from '../files/folder.js';
import { isPlain, packPlain } from '../files/plain-data.js';
import { isTemporary, removeStale } from '../files/temporary-file.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { asGiven, checkOptions, type OptionTable, option } from '../option-names.js';
import type { MemberRunner } from '../training/session/runner.js';
import { TRAINING_SETTINGS } from '../training/session/training-settings.js';
import { planWork } from '../training/train-ensemble.js';
import { keptTraining } from '../training/train-plan.js';
import { VERSION } from '../version.js';
import { JOBS_FOLDER } from './job-files/job.js';
import { BLOBS_FOLDER, strandsOf } from './open-plan.js';
import { PLAN_FILE, planFileBytes, readPlanFile, requireWritable, withHash } from './plan-file.js';
import type { PlanRecord } from './plan-record.js';
import { copyModules, MODULES_FOLDER } from './planned-modules.js';
import { failPlan, folderError } from './problem.js';
import { type PlanSummary, summaryOf } from './read-plan.js';
import { RESULTS_FOLDER } from './result-file.js';
import { STATES_FOLDER } from './strand-state.js';

export interface WritePlanOptions extends LongCallOptions {
  /** Rows to test on, which `collectPlan` gives back. @default none */
  readonly test?: Dataset | null;
  /** What the caller wants to find there again: plain data (what JSON can say). @default null */
  readonly note?: unknown;
  /** Of which `isolate` is heeded, where modules of the user's are tried. @default on threads */
  readonly runner?: MemberRunner;
}

const OPTIONS = {
  ...LONG_CALL_OPTIONS,
  test: option.orNull(option.object),
  note: option.any,
  runner: TRAINING_SETTINGS.runner,
} satisfies OptionTable<WritePlanOptions>;

/** All that tutti makes in the folder of a plan. */
const OWN_NAMES = [PLAN_FILE, BLOBS_FOLDER, MODULES_FOLDER, RESULTS_FOLDER, STATES_FOLDER, JOBS_FOLDER];

/** Writes what `trainEnsemble` would train, and the rows it would train it on, into a folder. */
export async function writePlan(
  folder: string,
  dataset: Dataset,
  options: TrainingOptions = {},
  settings: WritePlanOptions = {},
): Promise<PlanSummary> {
  checkOptions('writePlan', settings, OPTIONS);
  requireFolderPath(folder);
  const { test = null, note = null, signal, runner } = settings;
  signal?.throwIfAborted();
  requireDataset(dataset);
  if (test !== null) requireTest(dataset, test);
  requirePlain(note);
  const given = asGiven(options);
  const how = { ...(signal === undefined ? {} : { signal }), ...(runner === undefined ? {} : { runner }) };
  const work = await planWork(dataset, given, how);
  await prepareFolder(folder);
  try {
    const training = { ...keptTraining(work, {}, note), version: VERSION };
    const { hash } = withHash(training);
    await requireNoOther(folder, hash);
    const record: PlanRecord = {
      ...training,
      datasets: await storeDatasets(folder, dataset, test, signal),
      modules: await copyModules(folder, work.plan),
    };
    const bytes = planFileBytes(record);
    requireWritable(folder, bytes);
    // Last, so that whoever finds it finds all that it names.
    await writeNewSynced(join(folder, PLAN_FILE), bytes);
    const plan = { ...record, hash };
    return await summaryOf({ folder, plan, strands: strandsOf(plan) });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TuttiError) throw error;
    throw folderError(folder, 'written', error);
  }
}

function requireTest({ task, features }: Dataset, test: Dataset): void {
  requireDataset(test, 'test');
  const names = (own: Dataset['task']) =>
    (own.kind === 'classification' ? own.classes : own.targets).join('\n');
  if (test.features === features && test.task.kind === task.kind && names(test.task) === names(task)) return;
  const message = `Expected \`test\` to have the ${features} features and the task of the dataset, got another of ${test.features} features`;
  throw new TuttiError('ERR_SHAPE', message, { option: 'test' });
}

function requirePlain(note: unknown): void {
  try {
    if (isPlain(packPlain(note))) return;
  } catch {
    // As below.
  }
  failOption('note', 'plain data (what JSON can say)', note);
}

/** @throws ERR_PLAN for a folder that holds anything that tutti did not make, and for a file in its place. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    const names = await readdir(folder);
    if (names.some(isTemporary)) await removeStale(folder);
    // Where a plan is already, what lies beside it may be for it: packages that its modules import.
    if (names.includes(PLAN_FILE)) return;
    const foreign = names.find((name) => !OWN_NAMES.includes(name) && !isTemporary(name));
    if (foreign !== undefined)
      failPlan(folder, `would go into a folder that holds other files, such as ${foreign}`);
  } catch (error) {
    if (error instanceof TuttiError) throw error;
    // As wrong at any other time, unlike a disk that is full.
    if (['EEXIST', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)))
      failPlan(folder, 'would go where a file is: name a folder that is empty, or not there yet', error);
    throw folderError(folder, 'written', error);
  }
}

async function storeDatasets(
  folder: string,
  train: Dataset,
  test: Dataset | null,
  signal: AbortSignal | undefined,
): Promise<PlanRecord['datasets']> {
  const store = openFileStore(join(folder, BLOBS_FOLDER));
  const put = (dataset: Dataset): Promise<Digest> =>
    putBytes(store, datasetBytes(dataset), signal === undefined ? {} : { signal });
  try {
    return { train: await put(train), test: test === null ? null : await put(test) };
  } finally {
    await store.close();
  }
}

/** @throws ERR_PLAN for a folder that has another plan. One that has the same members keeps what is trained of them. */
async function requireNoOther(folder: string, hash: string): Promise<void> {
  const isThere = (await readdir(folder)).includes(PLAN_FILE);
  if (!isThere) return;
  const other = await readPlanFile(folder).catch(() => null);
  if (other?.hash === hash) return;
  const what =
    other === null ? 'a plan that cannot be read' : `another plan, of ${other.plan.members.length} members`;
  failPlan(folder, `holds ${what}: name another folder`);
}
