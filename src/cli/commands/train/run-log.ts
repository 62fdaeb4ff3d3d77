// The records of a run of `train`, `extend` or `resume`: opened before its first member, ended however it ends.

import type { Dataset } from '../../../data/dataset/dataset.js';
import type { LoadedData } from '../../../data/load.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import type { KnownRowsOptions } from '../../../ensemble/evaluate/known-rows.js';
import { visible } from '../../../plain-text.js';
import type { EndStatus } from '../../../records/lines.js';
import type { LoggedTraining, TrainingLog } from '../../../records/training-log.js';
import type { EnsembleReport } from '../../../report/ensemble-report.js';
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

/** What a run came to. */
interface Ended {
  readonly status: EndStatus;
  readonly ensemble: TrainedEnsemble;
  readonly report: EnsembleReport | null;
}

/** Records what a run came to; of two classes with the curves of the rows it was measured on. */
export async function endRunLog(
  log: TrainingLog,
  { status, ensemble, report }: Ended,
  { train, test }: Pick<LoadedData, 'train' | 'test'>,
  combining: KnownRowsOptions,
): Promise<void> {
  const { task } = ensemble;
  if (report === null || task.kind !== 'classification' || task.classes.length !== 2)
    return await log.end(status, ensemble, report);
  const { rowCurves } = await import('../../../records/row-curves.js');
  const { predictKnownRows } = await import('../../../ensemble/evaluate/known-rows.js');
  const { aggregator = 'arithmeticMean', runner } = combining;
  const own = { aggregator, members: false, ...(runner === undefined ? {} : { runner }) };
  const known =
    test === null
      ? await predictKnownRows(ensemble, train, 'outOfBag', own)
      : await predictKnownRows(ensemble, test, 'heldOut', own);
  await log.end(status, ensemble, report, known === null ? null : rowCurves(known));
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
