// What `tutti extend` does once its options are settled: load the ensemble and its rows, train, save, measure, print.

import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import { TuttiError } from '../../../errors.js';
import type { LivePage } from '../../../live/live-page.js';
import { createPool } from '../../../pool/pool.js';
import { counted } from '../../../report/words.js';
import { checkOutput, checkOutputBesideModules, loadForRawRows } from '../../files/input-files.js';
import { type TrainingRows, trainingRowsOf } from '../../files/training-part.js';
import {
  aggregatorOf,
  checkAggregator,
  checkClip,
  clipOf,
  hasVariances,
} from '../../options/averaging-flags.js';
import { checkCalibration } from '../../options/calibration-flags.js';
import type { GivenOptions } from '../../options/command.js';
import { readTable } from '../../options/data-flags.js';
import { intervalsOf } from '../../options/figure-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import { type PoolFlags, poolOptions } from '../../options/pool-flags.js';
import { type ClusterFlags, placeOf } from '../../options/training-place.js';
import { endWithProcess } from '../../terminal/ending.js';
import { note } from '../../terminal/terminal.js';
import { reportRun } from './report-run.js';
import type { ExtensionRequest, KeptRun, Shown, Start } from './requests.js';
import { openRunLog, recorded } from './run-log.js';
import { trainAndSave } from './train-and-save.js';
import { keptJson } from './train-text.js';

/** How an ensemble gets its members. */
export interface Extension {
  readonly start: Start;
  /** Members that are there, and those there are to be. */
  readonly membersBefore: number;
  readonly members: number;
}

/** What an extension is carried out with. */
export interface ExtensionSurroundings extends Pick<Shown, 'json' | 'quiet'> {
  readonly command: 'extend' | 'resume';
  /** Of which `allowModules` is heeded. */
  readonly given: GivenOptions;
  readonly on: PoolFlags;
  /** Null for members that are trained here. */
  readonly cluster: ClusterFlags | null;
  readonly origins: OptionOrigins;
  /** Null for a run that is not kept in a checkpoint. */
  readonly kept: KeptRun | null;
  /** The page on which it is watched; null for none. */
  readonly live: LivePage | null;
}

/**
 * Carries out an extension from its files to what is printed.
 * @param begin is told the ensemble that is there.
 * @returns the exit status.
 */
export async function runExtension(
  request: ExtensionRequest,
  begin: (old: TrainedEnsemble) => Extension,
  { command, given, on, cluster, origins, kept, json, quiet, live }: ExtensionSurroundings,
): Promise<number> {
  const { bundle, file, out, failures, allowFailures } = request;
  const clip = clipOf(request);
  await checkOutput(out, [bundle, file]);
  const { ensemble: old, preprocessing } = await loadForRawRows(bundle, { ...given, isolate: on.isolate });
  await checkOutputBesideModules(out, old);
  const aggregator = aggregatorOf(request, old);
  checkClip(clip, old.task.kind);
  checkAggregator(aggregator, old.task.kind, hasVariances(old));
  const table = await readTable(file, { ...request, quiet }, origins);
  const rows = requireRows(trainingRowsOf(old, preprocessing, table, request.classWeights), request);
  if (request.calibrate !== undefined) checkCalibration(request.calibrate, rows.train, aggregator);
  const intervals = intervalsOf(request, rows.test !== null);
  live?.describe(rows, [`${bundle}: ${counted(old.members.length, 'member')}, trained on ${file}`]);
  const { start, members, membersBefore } = begin(old);
  if (old.calibration !== null && members > membersBefore && request.calibrate === undefined && !quiet)
    note(UNCALIBRATED);
  const log = await openRunLog(request.log, { command, seed: old.plan.seed }, rows.train);
  const pool = endWithProcess(createPool(poolOptions(on, members - membersBefore)));
  return recorded(log, async () => {
    const { runner } = await placeOf(cluster, pool, { quiet });
    const keeping = { quiet, out, failures, kept, live, log };
    const run = await trainAndSave((how) => start(rows.train, how), runner, keeping);
    return reportRun(run, rows, {
      ...{ out, aggregator, membersBefore, failures, allowFailures, kept, live, log, file },
      calibrate: request.calibrate ?? null,
      figures: { ...intervals, ...clip, runner: pool },
      jsonOf: json ? (outcome) => ({ ensemble: bundle, file, ...keptJson(outcome) }) : null,
    });
  });
}

const UNCALIBRATED =
  'The calibration was of the members that there were, and is dropped: --calibrate fits one of all';

function requireRows(rows: TrainingRows | null, { file, bundle }: ExtensionRequest): TrainingRows {
  if (rows !== null) return rows;
  const message = `Expected ${file} to hold the rows that ${bundle} was trained on, got others`;
  throw new TuttiError('ERR_DATA', message, { path: file });
}
