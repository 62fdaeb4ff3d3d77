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
import { trainAndSave } from './train-and-save.js';
import { headerLines, trainJson } from './train-text.js';

/**
 * Trains on a file; what is wrong with its data is found before the first member is trained.
 * @returns the exit status.
 */
export async function runTraining(
  file: string,
  settings: TrainSettings,
  pool: Pool,
  origins: OptionOrigins,
): Promise<number> {
  const seed = settings.training.seed ?? randomSeed();
  const table = readTable(file, { ...settings.data }, origins);
  const { testShare = 0 } = settings.data;
  // The same seed decides which rows are held out, where any are.
  const options = { ...namedColumns(table, settings.data), ...(testShare > 0 ? { seed } : {}) };
  const loaded = loadTraining(table, options);
  const test = testOf(loaded, settings, origins);
  const data = {
    ...loaded,
    test,
    notes: loaded.notes.map((text) => inFlags(text, DATA_ROWS, origins.columns)),
  };
  checkClip(settings.clip, data.task);
  checkAggregator(aggregatorOf(settings), data.task, givesVariances(settings.training.loss));
  if (!settings.quiet) {
    const say = settings.json ? note : print;
    for (const line of settings.notes) note(line);
    if (settings.test !== undefined && test!.rowsHash === data.train.rowsHash) note(TRAINED_ON);
    for (const line of headerLines(data, seed, settings, pool.threads)) say(line);
  }
  return await trainOn(file, data, { ...settings, training: { ...settings.training, seed } }, pool);
}

const TRAINED_ON = 'The test rows are those trained on: their figures are better than on new rows.';

/** The rows to test on: those of the file that is stated, or those held out. */
function testOf(
  { test, preprocessing }: LoadedData,
  { test: file, data: { delimiter, encoding } }: TrainSettings,
  origins: OptionOrigins,
): Dataset | null {
  if (file === undefined) return test;
  return transformTable(preprocessing, readTable(file, { delimiter, encoding }, origins));
}

async function trainOn(file: string, data: LoadedData, settings: TrainSettings, pool: Pool): Promise<number> {
  const { train, preprocessing } = data;
  const run = await trainAndSave(
    (how) => trainEnsemble(train, settings.training, { ...how, preprocessing }),
    pool,
    settings,
  );
  const { out, clip, intervals, allowFailures } = settings;
  return reportRun(run, data, {
    out,
    allowFailures,
    aggregator: aggregatorOf(settings),
    figures: { ...intervals, ...clip, runner: pool },
    jsonOf: settings.json
      ? (outcome) => trainJson({ ...outcome, file, test: settings.test ?? null, data })
      : null,
  });
}
