// A plan as it is taken up again: its file, its strands, the rows that it is trained on, and which of its results are there.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isBlobError } from '../blobs/blob-errors.js';
import type { Digest } from '../blobs/blob-store.js';
import { openFileStore } from '../blobs/file-store.js';
import { getBytes } from '../blobs/pieces.js';
import type { Dataset } from '../data/dataset/dataset.js';
import { datasetFrom } from '../data/dataset-bytes.js';
import { listRuns } from '../training/plan/runs.js';
import { listStrands } from '../training/plan/strands.js';
import { readPlanFile } from './plan-file.js';
import type { HashedPlan } from './plan-record.js';
import { failPlan, folderError } from './problem.js';
import { parseResultName, RESULTS_FOLDER, type ResultName } from './result-file.js';

export const BLOBS_FOLDER = 'blobs';

/** What is trained together, by its members. */
export interface PlannedStrand {
  /** The first of its members. */
  readonly key: number;
  readonly members: readonly number[];
}

export interface OpenedPlan {
  readonly folder: string;
  readonly plan: HashedPlan;
  readonly strands: readonly PlannedStrand[];
}

/** @throws ERR_PLAN when the folder holds none, or what is damaged; ERR_STORE when it cannot be read. */
export async function openPlan(folder: string, signal?: AbortSignal): Promise<OpenedPlan> {
  const plan = await readPlanFile(folder, signal);
  return { folder, plan, strands: strandsOf(plan) };
}

export function strandsOf({ plan }: Pick<HashedPlan, 'plan'>): PlannedStrand[] {
  return listStrands(listRuns(plan)).map(({ key, runs }) => ({
    key,
    members: runs.flatMap(({ memberIndices }) => memberIndices),
  }));
}

/** The rows to train on. @throws ERR_PLAN when they are not there, or are others; ERR_STORE */
export async function plannedDataset({ folder, plan }: OpenedPlan, signal?: AbortSignal): Promise<Dataset> {
  const dataset = await readDataset(folder, plan.datasets.train, signal);
  if (dataset.hash === plan.datasetHash) return dataset;
  return failPlan(
    folder,
    `holds another dataset (${dataset.hash}) than it was made for (${plan.datasetHash})`,
  );
}

/** The rows to test on; null where there are none. @throws as {@link plannedDataset} */
export async function plannedTest(
  { folder, plan }: OpenedPlan,
  signal?: AbortSignal,
): Promise<Dataset | null> {
  return plan.datasets.test === null ? null : await readDataset(folder, plan.datasets.test, signal);
}

async function readDataset(
  folder: string,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<Dataset> {
  const store = openFileStore(join(folder, BLOBS_FOLDER));
  try {
    return await datasetFrom(await getBytes(store, digest, signal === undefined ? {} : { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    if (isBlobError(error)) failPlan(folder, `has lost its dataset: ${error.message}`, error);
    throw error;
  } finally {
    await store.close();
  }
}

/** What is there of each strand, by its key, in the order of names. @throws ERR_STORE when the folder cannot be read. */
export async function listResults(folder: string): Promise<ReadonlyMap<number, readonly ResultName[]>> {
  const names = await readdir(join(folder, RESULTS_FOLDER)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw folderError(folder, 'read', error);
  });
  const results = new Map<number, ResultName[]>();
  for (const name of names.sort()) {
    const parsed = parseResultName(name);
    if (parsed === null) continue;
    const known = results.get(parsed.strand);
    if (known === undefined) results.set(parsed.strand, [parsed]);
    else known.push(parsed);
  }
  return results;
}
