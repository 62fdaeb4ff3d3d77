// The records of a run of `train`, `extend` or `resume`: opened before its first member, ended however it ends.

import type { Dataset } from '../../../data/dataset/dataset.js';
import { visible } from '../../../plain-text.js';
import type { LoggedTraining, TrainingLog } from '../../../records/training-log.js';
import type { LogRequest } from '../../options/log-flags.js';
import { note, paletteOf } from '../../terminal/terminal.js';

/**
 * Opens the records of a run, where it has any.
 * @throws ERR_FILE, ERR_OPTION, ERR_DATA for a folder that cannot have them.
 */
export async function openRunLog(
  request: LogRequest | undefined,
  run: Pick<LoggedTraining, 'command' | 'seed'>,
  { task, rows, features, hash: datasetHash }: Dataset,
): Promise<TrainingLog | null> {
  if (request === undefined) return null;
  const { folder, mlflow } = request;
  const { TrainingLog } = await import('../../../records/training-log.js');
  return TrainingLog.open(folder, {
    training: { ...run, datasetHash, task: task.kind, rows, features },
    mlflow: mlflow && { ...mlflow, token: process.env.MLFLOW_TRACKING_TOKEN },
    warn: (problem) => note(`${paletteOf(process.stderr).yellow('tutti:')} ${visible(problem)}`),
  });
}

/** Carries out what is recorded: when it fails, its records end too, and say so. */
export async function recorded<Result>(log: TrainingLog | null, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } finally {
    // Of a run that ended well they have ended already.
    await log?.end('failed');
  }
}
