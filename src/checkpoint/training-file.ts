// The file that makes a folder a checkpoint: what is trained, and on what. It is written once, whole, before the first
// job.

import { join } from 'node:path';
import { engineOf } from '../engines/registry.js';
import { failOption } from '../errors.js';
import { writeNew } from '../files/atomic-file.js';
import { isPlain, packPlain } from '../files/plain-data.js';
import { check, issueText } from '../schema-check.js';
import type { KeptTraining, SealedTraining } from './kept-training.js';
import { failCheckpoint } from './problem.js';
import { readFileOf } from './read-file-of.js';
import {
  MAX_METADATA_BYTES,
  magicOf,
  readSealed,
  sealedStart,
  sealOf,
  UnreadableError,
} from './sealed-file.js';

export const TRAINING_FILE = 'training';

const MAGIC = magicOf('T');
export const MAX_NOTE_BYTES = 2 ** 20;

/** The bytes of the file, and its seal, which the other files of the folder name. */
export interface TrainingBytes {
  readonly bytes: Uint8Array;
  readonly seal: string;
}

export function trainingBytes(training: KeptTraining): TrainingBytes {
  const metadata = packPlain(training);
  const bytes = sealedStart(MAGIC, metadata);
  return { bytes, seal: sealOf(bytes) };
}

/** @throws ERR_OPTION for a note that is no plain data, or too long. */
export function requireNote(note: unknown): void {
  const expected = `plain data (what JSON can say) of at most ${MAX_NOTE_BYTES} bytes`;
  const bytes = attempt(() => packPlain(note));
  if (bytes === null || bytes.length > MAX_NOTE_BYTES || !isPlain(bytes)) {
    failOption('note', expected, note);
  }
}

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

/**
 * Makes a folder a checkpoint.
 * @returns what is to be awaited for the file to outlive the machine.
 * @throws ERR_CHECKPOINT when its description is too long to be read again; what the disk says.
 */
export async function writeTraining(folder: string, { bytes }: TrainingBytes): Promise<() => Promise<void>> {
  if (bytes.length > MAX_METADATA_BYTES) {
    failCheckpoint(folder, `cannot hold a training whose description takes ${bytes.length} bytes`);
  }
  return writeNew(join(folder, TRAINING_FILE), bytes);
}

/** @throws ERR_CHECKPOINT when it is not as it was written, or was not written by tutti. */
export async function readTraining(folder: string, signal?: AbortSignal): Promise<SealedTraining> {
  return readFileOf(folder, TRAINING_FILE, signal, async (source) => {
    const { metadata, seal } = await readSealed(source, MAGIC);
    // Here and not above, since zod takes as long to load as all the rest.
    const { keptTrainingSchema } = await import('./schema.js');
    const { data, issue } = check(keptTrainingSchema, metadata);
    if (issue !== null) throw new UnreadableError(`is damaged: it is wrong at ${issueText(issue)}`);
    requireFitting(data);
    return { ...data, seal };
  });
}

function requireFitting({ plan, features, task }: KeptTraining): void {
  for (const [index, spec] of plan.members.entries()) {
    const contradiction = engineOf(spec).contradiction(spec, features, task);
    if (contradiction !== null) throw new UnreadableError(`is damaged: member ${index}'s ${contradiction}`);
  }
}
