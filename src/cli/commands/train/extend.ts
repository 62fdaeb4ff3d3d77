// `tutti extend`: a saved ensemble gets more members, or those that an interrupt or a failure left out.

import type { Dataset } from '../../../data/dataset/dataset.js';
import type { ClassWeights } from '../../../data/preprocessing/weights.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import { pickOptions } from '../../../option-names.js';
import { EXTEND_OPTIONS, type ExtendOptions, extendEnsemble } from '../../../training/extend-ensemble.js';
import type { TrainingSettings } from '../../../training/session/training-settings.js';
import { ALLOW_MODULE_ROW } from '../../files/input-files.js';
import { AGGREGATOR_ROW, CLIP_ROW, clipOf } from '../../options/averaging-flags.js';
import { CALIBRATION_ROWS, calibrationOf } from '../../options/calibration-flags.js';
import { CHECKPOINT_ROWS, checkpointOf } from '../../options/checkpoint-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../../options/command.js';
import { CLASS_WEIGHTS_ROW, FILE_ROWS } from '../../options/data-flags.js';
import { DIVERGENCE_ROWS, FAILURE_ROWS, failureSettingsOf } from '../../options/failure-flags.js';
import { INTERVAL_ROWS } from '../../options/figure-flags.js';
import { LOG_ROWS, logOf } from '../../options/log-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import type { OptionRow } from '../../options/option-row.js';
import { POOL_ROWS, poolFlagsOf } from '../../options/pool-flags.js';
import { rowsIn } from '../../options/rows.js';
import { ALLOW_FAILURES_ROW, OUT_ROW } from '../../options/train-settings.js';
import { CLUSTER_ROWS, clusterOf } from '../../options/training-place.js';
import { UI_ROWS, uiOf } from '../../options/ui-flags.js';
import { runExtension } from './extend-run.js';
import { keptRun, noteOfExtension } from './kept-run.js';
import { withLivePage } from './live-run.js';
import type { ExtensionRequest } from './requests.js';

const run = rowsIn('run');

const ROWS: readonly OptionRow[] = [
  run.number('members', 'how many members it has then', {
    short: 'k',
    argument: 'k',
    range: 'an integer ≥ those that are trained',
    defaultText: 'as planned: those missing are trained',
  }),
  ...POOL_ROWS,
  run.number('deadline', 'how long a new member may take, each time it begins', {
    argument: 'seconds',
    range: 'a number > 0',
    defaultText: 'no limit',
  }),
  ...DIVERGENCE_ROWS,
  OUT_ROW,
  ...LOG_ROWS,
  ...CHECKPOINT_ROWS,
  ...CLUSTER_ROWS,
  ...UI_ROWS,
  ...FAILURE_ROWS,
  ALLOW_FAILURES_ROW,
  CLASS_WEIGHTS_ROW,
];

export const command: CommandDefinition = {
  arguments: [
    { name: 'ensemble', description: 'saved ensemble' },
    { name: 'file', description: 'the file it was trained on', rows: true },
  ],
  options: [
    ...[...ROWS, AGGREGATOR_ROW, ...CALIBRATION_ROWS, CLIP_ROW, ...INTERVAL_ROWS, ...FILE_ROWS],
    ...[ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti extend digits.tutti digits.csv --members 32 --out digits-32.tutti',
    'tutti extend interrupted.tutti digits.csv --out whole.tutti',
  ],
  run: ([bundle, file], given, origins) => extend(bundle!, file!, given, origins),
};

async function extend(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const checkpoint = checkpointOf(given);
  const on = poolFlagsOf(given);
  const cluster = clusterOf(given);
  const request = requestOf(bundle, file, given);
  const kept =
    checkpoint === undefined ? {} : { checkpoint: { ...checkpoint, note: noteOfExtension(request, on) } };
  const begin = (old: TrainedEnsemble) => {
    const options = optionsOf(given, old.plan.members.length);
    return {
      start: (rows: Dataset, how: TrainingSettings) =>
        extendEnsemble(old, rows, options, { ...how, ...kept }),
      members: options.members,
      membersBefore: old.members.length,
    };
  };
  const head = { command: 'extend', file: bundle, out: request.out ?? null, kept: checkpoint !== undefined };
  return withLivePage(uiOf(given), head, (live) =>
    runExtension(request, begin, {
      live,
      ...{
        command: 'extend',
        given,
        on,
        cluster,
        origins,
        json: given.json === true,
        quiet: given.quiet === true,
      },
      kept: checkpoint === undefined ? null : keptRun(checkpoint.folder, file, cluster),
    }),
  );
}

function requestOf(bundle: string, file: string, given: GivenOptions): ExtensionRequest {
  return {
    ...{ bundle, file, ...clipOf(given), allowFailures: given.allowFailures === true },
    failures: {
      ...failureSettingsOf(given),
      onDivergence: given.onDivergence as ExtendOptions['onDivergence'],
    },
    out: given.out as string | undefined,
    log: logOf(given),
    aggregator: given.aggregator as string | undefined,
    calibrate: calibrationOf(given),
    level: given.level as number | undefined,
    replicates: given.replicates as number | undefined,
    delimiter: given.delimiter as string | undefined,
    encoding: given.encoding as string | undefined,
    classWeights: given.classWeights as ClassWeights | undefined,
  };
}

function optionsOf(given: GivenOptions, planned: number): ExtendOptions {
  const stated = pickOptions(given, EXTEND_OPTIONS) as Partial<ExtendOptions>;
  return { ...stated, members: stated.members ?? planned };
}
