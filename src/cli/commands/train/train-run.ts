// What `tutti train` does once its options are settled and its threads are starting: load, train, save,
// measure, print. A module of its own, so that loading it overlaps with the threads' start.

import type { Dataset } from '../../../data/dataset/dataset.js';
import { type LoadedData, loadTraining } from '../../../data/load.js';
import { transformTable } from '../../../data/preprocessing/preprocessing.js';
import { readModule } from '../../../engines/user-modules/user-module.js';
import type { LivePage } from '../../../live/live-page.js';
import { givesVariances } from '../../../model/losses.js';
import { withPreset } from '../../../model/options/presets.js';
import type { ModuleSpec } from '../../../model/spec.js';
import type { Pool } from '../../../pool/pool.js';
import { modulePathOf } from '../../../training/options/member-engine.js';
import { memberOptions, type TrainingOptions } from '../../../training/options/options.js';
import { randomSeed, trainEnsemble } from '../../../training/train-ensemble.js';
import { rememberModules } from '../../files/trusted-modules.js';
import { aggregatorOf, checkAggregator, checkClip, clipOf } from '../../options/averaging-flags.js';
import { checkCalibration } from '../../options/calibration-flags.js';
import { DATA_ROWS, namedColumns, readTable } from '../../options/data-flags.js';
import { intervalsOf } from '../../options/figure-flags.js';
import { inFlags, type OptionOrigins } from '../../options/option-origins.js';
import type { TrainSettings } from '../../options/train-settings.js';
import { imageRows } from '../../options/training-flags.js';
import type { TrainingPlace } from '../../options/training-place.js';
import { note, print } from '../../terminal/terminal.js';
import { keptRun, noteOfTraining } from './kept-run.js';
import { reportRun } from './report-run.js';
import type { KeptRun, Shown, Start, TrainingRequest } from './requests.js';
import { openRunLog, recorded } from './run-log.js';
import { trainAndSave } from './train-and-save.js';
import { headerLines, type TrainOutcome, trainJson } from './train-text.js';

/** What a run has: threads of this machine, and who trains its members. */
export interface Workshop {
  readonly pool: Pool;
  readonly place: TrainingPlace;
}

/**
 * Trains on a file.
 * @returns the exit status.
 */
export async function runTraining(
  file: string,
  settings: TrainSettings,
  { pool, place }: Workshop,
  origins: OptionOrigins,
  live: LivePage | null,
): Promise<number> {
  const { checkpoint, threads, isolate } = settings;
  const request = requestOf(file, settings);
  const options = { ...settings.training, seed: request.seed };
  const shared = { ...settings, command: 'train', pool, place, origins, live, membersBefore: 0 } as const;
  if (checkpoint === undefined) {
    const start: Start = (rows, how) => trainEnsemble(rows, options, how);
    return carryOut(request, start, { ...shared, kept: null });
  }
  // Whoever trains with modules has said that they may run: also when the training is gone on with.
  await rememberModules(await modulesNamed(settings.training));
  const note = noteOfTraining(request, { threads, isolate });
  const start: Start = (rows, how) =>
    trainEnsemble(rows, options, { ...how, checkpoint: { ...checkpoint, note } });
  const kept = keptRun(checkpoint.folder, file, settings.cluster);
  return carryOut(request, start, { ...shared, kept });
}

/** What the user wants of a training, with a seed where there was none. */
export function requestOf(file: string, settings: TrainSettings): TrainingRequest {
  const { data, test, out, log, aggregator, calibrate, allowFailures } = settings;
  const { seed = randomSeed(), onDivergence } = settings.training;
  return {
    ...{ file, data, test, out, log, aggregator, calibrate, allowFailures, seed },
    ...settings.clip,
    ...settings.intervals,
    failures: { ...settings.failures, onDivergence },
    seedDrawn: settings.training.seed === undefined,
    gaussian: memberOptions(settings.training).every((own) =>
      givesVariances(withPreset(own, 'regression').loss),
    ),
  };
}

/** @throws ERR_MODULE when one cannot be read. */
export function modulesNamed(options: TrainingOptions): Promise<readonly ModuleSpec[]> {
  const paths = memberOptions(options).flatMap((own) => modulePathOf(own) ?? []);
  return Promise.all([...new Set(paths)].map((path) => readModule(path, null)));
}

/** What a request is carried out with. */
export interface Surroundings extends Shown {
  readonly command: 'train' | 'resume' | 'collect';
  readonly pool: Pool;
  readonly place: TrainingPlace;
  readonly origins: OptionOrigins;
  /** Null for a run that is not kept in a checkpoint. */
  readonly kept: KeptRun | null;
  /** Members that are there before the run. */
  readonly membersBefore: number;
  /** Whether all its members were trained elsewhere. @default false */
  readonly collected?: boolean;
  /** The page on which it is watched; null for none. */
  readonly live: LivePage | null;
}

/** Of members that are there nobody is left to train any. */
export type PlacedSurroundings = Omit<Surroundings, 'origins' | 'place'> &
  Partial<Pick<Surroundings, 'place'>>;

/**
 * Carries out a training from its data to what is printed; what is wrong with its data is found before the first member
 * is trained.
 * @returns the exit status.
 */
export async function carryOut(
  request: TrainingRequest,
  start: Start,
  surroundings: Surroundings,
): Promise<number> {
  const data = await loadFor(request, surroundings.origins, surroundings.quiet);
  const header = headerLines(data, request, surroundings.place.says);
  surroundings.live?.describe(data, header);
  return carryOutOn(data, header, request, start, surroundings);
}

/** The same on data that are there. @param header what is said of them. */
export async function carryOutOn(
  data: TrainOutcome['data'],
  header: readonly string[],
  request: TrainingRequest,
  start: Start,
  { command, pool, place, kept, membersBefore, collected = false, live, ...shown }: PlacedSurroundings,
): Promise<number> {
  if (!shown.quiet) {
    const say = shown.json ? note : print;
    for (const line of shown.notes) note(line);
    if (request.test !== undefined && data.test!.rowsHash === data.train.rowsHash) note(TRAINED_ON);
    for (const line of header) say(line);
  }
  const { file, test = null, out, failures, allowFailures } = request;
  // What others trained is not recorded as it goes.
  const log =
    command === 'collect' ? null : await openRunLog(request.log, { command, seed: request.seed }, data.train);
  return recorded(log, async () => {
    const how = { quiet: shown.quiet, out, failures, kept, live, log };
    const run = await trainAndSave((settings) => start(data.train, settings), place?.runner ?? pool, how);
    return reportRun(run, data, {
      ...{ out, failures, allowFailures, kept, membersBefore, collected, live, log, file },
      aggregator: aggregatorOf(request),
      calibrate: request.calibrate ?? null,
      figures: { ...intervalsOf(request, data.test !== null), ...clipOf(request), runner: pool },
      jsonOf: shown.json ? (outcome) => trainJson({ ...outcome, file, test, data }) : null,
    });
  });
}

const TRAINED_ON = 'The test rows are those trained on: their figures are better than on new rows.';

/** The rows to train on, and those to test on. @throws whatever is wrong with them. */
export async function loadFor(
  request: TrainingRequest,
  origins: OptionOrigins,
  quiet: boolean,
): Promise<LoadedData> {
  const table = await readTable(request.file, { ...request.data, quiet }, origins);
  const { testShare = 0 } = request.data;
  // The same seed decides which rows are held out, where any are.
  const split = testShare > 0 ? { seed: request.seed } : {};
  const loaded = loadTraining(table, { ...namedColumns(table, request.data), ...split });
  checkClip(clipOf(request), loaded.task);
  checkAggregator(aggregatorOf(request), loaded.task, request.gaussian);
  if (request.calibrate !== undefined)
    checkCalibration(request.calibrate, loaded.train, aggregatorOf(request));
  const words = (text: string) => inFlags(text, [...DATA_ROWS, ...imageRows()], origins.columns);
  return {
    ...loaded,
    test: await testOf(loaded, request, origins, quiet),
    leftOut: loaded.leftOut.map(({ column, reason }) => ({ column, reason: words(reason) })),
    notes: loaded.notes.map(words),
  };
}

/** The rows to test on: those of the file that is stated, or those held out. */
async function testOf(
  { test, preprocessing }: LoadedData,
  { test: file, data: { delimiter, encoding } }: TrainingRequest,
  origins: OptionOrigins,
  quiet: boolean,
): Promise<Dataset | null> {
  if (file === undefined) return test;
  return transformTable(preprocessing, await readTable(file, { delimiter, encoding, quiet }, origins));
}
