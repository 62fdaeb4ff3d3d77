// The options of records: the folder that a training's metrics are written to as it goes, and a server that is told them too.

import { failOption } from '../../errors.js';
import { requireUses } from '../../option-names.js';
import { checkMlflowUrl } from '../../records/mlflow.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const run = rowsIn('run');

/** Of runs that nobody files elsewhere. */
const DEFAULT_EXPERIMENT = 'tutti';

/** For the commands that train. */
export const LOG_ROWS: readonly OptionRow[] = [
  run.path('log', 'folder to record metrics in, epoch by epoch: JSON Lines, TensorBoard, DVCLive', {
    argument: 'folder',
    defaultText: 'not recorded',
    common: true,
    aliases: ['logDir', 'logdir', 'logFolder'],
  }),
  run.text('mlflow', 'MLflow server to tell what `log` records; MLFLOW_TRACKING_TOKEN is sent to it', {
    argument: 'url',
    defaultText: 'none',
  }),
  run.text('mlflowExperiment', 'what the runs of `mlflow` are filed under', {
    argument: 'name',
    defaultText: DEFAULT_EXPERIMENT,
  }),
];

/** Where a training is recorded, as the user wants it; plain data. */
export interface LogRequest {
  readonly folder: string;
  readonly mlflow?: { readonly url: string; readonly experiment: string } | undefined;
}

/** @throws ERR_OPTION */
export function logOf(given: GivenOptions): LogRequest | undefined {
  const { log, mlflow, mlflowExperiment: experiment = DEFAULT_EXPERIMENT } = given;
  if (log === '') failOption('log', 'the path of a folder', log);
  requireUses(given, {
    mlflow: { says: '`log` is given', holds: () => log !== undefined },
    mlflowExperiment: { says: '`mlflow` is given', holds: () => mlflow !== undefined },
  });
  if (log === undefined) return undefined;
  if (experiment === '') failOption('mlflowExperiment', 'the name of an experiment', experiment);
  return {
    folder: String(log),
    ...(mlflow === undefined
      ? {}
      : { mlflow: { url: checkMlflowUrl(mlflow), experiment: String(experiment) } }),
  };
}
