// What a checkpoint holds, for whoever wants to know before going on with it.

import { requireFolderPath } from '../files/folder.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import type { EnsemblePlan } from '../model/spec.js';
import { checkOptions } from '../option-names.js';
import { requireTraining } from './checkpoint.js';
import { readJournal } from './journal-reader.js';
import { readStates } from './state-reader.js';
import { readTraining } from './training-file.js';

/** A training that is kept in a folder. */
export interface CheckpointSummary {
  readonly plan: EnsemblePlan;
  /** Of the dataset that it is trained on. */
  readonly datasetHash: string;
  /** Members that are finished, and those that failed, by their places in the plan. */
  readonly finished: readonly number[];
  readonly failed: readonly number[];
  /** Members in training that are kept, by their places in the plan, and the epochs they have behind them. */
  readonly running: readonly { readonly member: number; readonly epoch: number }[];
  /** What the caller of the training left there; null for nothing. */
  readonly note: unknown;
  /**
   * Bytes at the end of the journal that are no whole record, because a process or a machine ended as it wrote them; what
   * they were about is trained again.
   */
  readonly tornBytes: number;
}

/**
 * Reads what a folder holds. It may be in use meanwhile.
 * @throws ERR_CHECKPOINT when it holds no training, or what is damaged; ERR_FILE when it cannot be read.
 */
export async function readCheckpoint(
  folder: string,
  options: LongCallOptions = {},
): Promise<CheckpointSummary> {
  checkOptions('readCheckpoint', options, LONG_CALL_OPTIONS);
  const { signal } = options;
  signal?.throwIfAborted();
  requireFolderPath(folder);
  await requireTraining(folder);
  const training = await readTraining(folder, signal);
  const { plan, datasetHash, note } = training;
  const content = await readJournal(folder, training, signal);
  const { members, failures, tornBytes } = content;
  const failed = [...failures.keys()].filter((index) => !members.has(index));
  const { strands } = await readStates(folder, training, content, signal);
  const running = [...strands.values()].flat().flatMap(({ first, delivered, state: { epoch } }) => {
    const member = first + delivered;
    return members.has(member) || failures.has(member) ? [] : [{ member, epoch }];
  });
  return { plan, datasetHash, finished: [...members.keys()], failed, running, note, tornBytes };
}
