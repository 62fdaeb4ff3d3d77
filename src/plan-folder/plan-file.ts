// The file that makes a folder a plan: what is trained, on what, and where that lies in the folder. It is written once, whole,
// when all that it names is there.
//
//     PLAN/plan       this file, in the format of sealed-file.ts
//     PLAN/blobs      the datasets, by their SHA-256
//     PLAN/modules    the modules of the user's, as they were
//     PLAN/results    what is trained: a file for each strand, by the first of its members and a hash
//     PLAN/states     where members in training rest that were interrupted
//     PLAN/jobs       the files by which schedulers train it, a folder for each

import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { requirePlanFits } from '../bundle/plan-bytes.js';
import { openSource } from '../bundle/source.js';
import {
  MAX_METADATA_BYTES,
  magicOf,
  readSealed,
  sealedStart,
  UnreadableError,
} from '../checkpoint/sealed-file.js';
import { engineOf } from '../engines/registry.js';
import { TuttiError } from '../errors.js';
import { packArrays } from '../files/plain-data.js';
import { sortedJson, sortedPlain } from '../files/sorted-plain.js';
import { check, issueText } from '../schema-check.js';
import type { HashedPlan, PlanRecord } from './plan-record.js';
import { failPlan, folderError } from './problem.js';

export const PLAN_FILE = 'plan';
const MAGIC = magicOf('P');

/** Whatever order its keys came in: the same plan is the same bytes. */
export function planFileBytes(record: PlanRecord): Uint8Array {
  return sealedStart(MAGIC, packArrays(sortedPlain(record), 'plan'));
}

/** @throws ERR_PLAN when there is none, or it is not as tutti wrote it; ERR_STORE when the folder cannot be read. */
export async function readPlanFile(folder: string, signal?: AbortSignal): Promise<HashedPlan> {
  const path = join(folder, PLAN_FILE);
  await access(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      failPlan(folder, 'holds no plan: `tutti plan` makes one');
    throw folderError(folder, 'read', error);
  });
  try {
    const source = await openSource(path, signal);
    try {
      const { metadata } = await readSealed(source, MAGIC);
      return withHash(await checked(metadata));
    } finally {
      await source.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UnreadableError)
      failPlan(folder, `cannot be read: ${join(folder, PLAN_FILE)} ${error.message}`, error);
    if (error instanceof TuttiError && error.code === 'ERR_FILE') throw folderError(folder, 'read', error);
    throw error;
  }
}

async function checked(metadata: unknown): Promise<PlanRecord> {
  // Here and not above, since zod takes as long to load as all the rest.
  const { planRecordSchema } = await import('./plan-schema.js');
  const { data, issue } = check(planRecordSchema, metadata);
  if (issue !== null) throw new UnreadableError(`is damaged: it is wrong at ${issueText(issue)}`);
  try {
    requirePlanFits(data.plan, data);
  } catch (error) {
    throw new UnreadableError(`is damaged: ${(error as Error).message}`);
  }
  return data;
}

/** @throws ERR_PLAN when its description is too long to be read again. */
export function requireWritable(folder: string, bytes: Uint8Array): void {
  if (bytes.length <= MAX_METADATA_BYTES) return;
  failPlan(folder, `cannot hold a training whose description takes ${bytes.length} bytes`);
}

/**
 * With what its results are known by: SHA-256 over all that determines a member's bytes. Where modules lie, how long members
 * may take and what the caller noted is no part of it.
 */
export function withHash<Planned extends Pick<PlanRecord, 'plan' | 'datasetHash' | 'policy' | 'version'>>(
  record: Planned,
): Planned & { readonly hash: string } {
  const { plan, datasetHash, policy, version } = record;
  const { onDivergence, reseeds } = policy;
  const members = plan.members.map((spec) => engineOf(spec).hashed(spec));
  const text = sortedJson({
    ...plan,
    members,
    datasetHash,
    reseeds: onDivergence === 'reseed' ? reseeds : null,
    version,
  });
  return { ...record, hash: createHash('sha256').update(`tutti plan 1\n${text}`).digest('hex') };
}
