// What `tutti train` does once its options are settled and its threads are starting: load, train, save,
// measure, print. A module of its own, so that loading it overlaps with the threads' start.

import type { Dataset } from '../../../data/dataset/dataset.js';
import { type LoadedData, loadTraining } from '../../../data/load.js';
import { transformTable } from '../../../data/preprocessing/preprocessing.js';
import { givesVariances } from '../../../model/losses.js';
import type { Pool } from '../../../pool/pool.js';
import { randomSeed, trainEnsemble } from '../../../training/train-ensemble.js';
import { aggregatorOf, checkAggregator, checkClip } from '../../options/averaging-flags.js';
import { DATA_ROWS, namedColumns, readTable } from '../../options/data-flags.js';
import { inFlags, type OptionOrigins } from '../../options/option-origins.js';
import type { TrainSettings } from '../../options/train-settings.js';
import { note, print } from '../../terminal/terminal.js';
import { reportRun } from './report-run.js';
import type { Shown, Start, TrainingRequest } from './requests.js';
import { trainAndSave } from './train-and-save.js';
import { headerLines, trainJson } from './train-text.js';

/**
 * Trains on a file.
 * @returns the exit status.
 */
export async function runTraining(
  file: string,
  settings: TrainSettings,
  pool: Pool,
  origins: OptionOrigins,
): Promise<number> {
  const { data, test, out, aggregator, clip, intervals, allowFailures } = settings;
  const { seed = randomSeed(), loss } = settings.training;
  const request: TrainingRequest = {
    ...{ file, data, test, out, aggregator, clip, intervals, allowFailures, seed },
    seedDrawn: settings.training.seed === undefined,
    gaussian: givesVariances(loss),
  };
  const options = { ...settings.training, seed };
  return carryOut(request, (rows, how) => trainEnsemble(rows, options, how), { pool, origins, ...settings });
}

/** What a request is carried out with. */
interface Surroundings extends Shown {
  readonly pool: Pool;
  readonly origins: OptionOrigins;
}

/**
 * Carries out a training from its data to what is printed; what is wrong with its data is found before the first member
 * is trained.
 * @returns the exit status.
 */
export async function carryOut(
  request: TrainingRequest,
  start: Start,
  { pool, origins, ...shown }: Surroundings,
): Promise<number> {
  const data = loadFor(request, origins);
  if (!shown.quiet) {
    const say = shown.json ? note : print;
    for (const line of shown.notes) note(line);
    if (request.test !== undefined && data.test!.rowsHash === data.train.rowsHash) note(TRAINED_ON);
    for (const line of headerLines(data, request, pool.threads)) say(line);
  }
  const { file, test = null, out, clip, intervals, allowFailures } = request;
  const run = await trainAndSave((how) => start(data.train, how), pool, { quiet: shown.quiet, out });
  return reportRun(run, data, {
    ...{ out, allowFailures, membersBefore: 0 },
    aggregator: aggregatorOf(request),
    figures: { ...intervals, ...clip, runner: pool },
    jsonOf: shown.json ? (outcome) => trainJson({ ...outcome, file, test, data }) : null,
  });
}

const TRAINED_ON = 'The test rows are those trained on: their figures are better than on new rows.';

/** The rows to train on, and those to test on. @throws whatever is wrong with them. */
function loadFor(request: TrainingRequest, origins: OptionOrigins): LoadedData {
  const table = readTable(request.file, { ...request.data }, origins);
  const { testShare = 0 } = request.data;
  // The same seed decides which rows are held out, where any are.
  const split = testShare > 0 ? { seed: request.seed } : {};
  const loaded = loadTraining(table, { ...namedColumns(table, request.data), ...split });
  checkClip(request.clip, loaded.task);
  checkAggregator(aggregatorOf(request), loaded.task, request.gaussian);
  return {
    ...loaded,
    test: testOf(loaded, request, origins),
    notes: loaded.notes.map((text) => inFlags(text, DATA_ROWS, origins.columns)),
  };
}

/** The rows to test on: those of the file that is stated, or those held out. */
function testOf(
  { test, preprocessing }: LoadedData,
  { test: file, data: { delimiter, encoding } }: TrainingRequest,
  origins: OptionOrigins,
): Dataset | null {
  if (file === undefined) return test;
  return transformTable(preprocessing, readTable(file, { delimiter, encoding }, origins));
}
