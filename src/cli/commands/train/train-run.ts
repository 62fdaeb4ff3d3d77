// What `tutti train` does once its options are settled and its threads are starting: load, train, save,
// measure, print. A module of its own, so that loading it overlaps with the threads' start.

import type { SavedEnsemble } from '../../../bundle/save.js';
import { type LoadedData, loadTraining } from '../../../data/load.js';
import type { Ensemble } from '../../../ensemble/ensemble.js';
import type { Pool } from '../../../pool/pool.js';
import { randomSeed, trainEnsemble } from '../../../training/train-ensemble.js';
import { rememberModules } from '../../files/trusted-modules.js';
import { DATA_ROWS, namedColumns, readTable } from '../../options/data-rows.js';
import { aggregatorOf, checkClip, checkMean } from '../../options/means.js';
import { inFlags, type OptionOrigins } from '../../options/option-origins.js';
import type { TrainSettings } from '../../options/train-settings.js';
import { reportFailure } from '../../terminal/failure.js';
import { listenForInterrupt } from '../../terminal/interrupt.js';
import { createProgressDisplay } from '../../terminal/progress.js';
import { note, paletteOf, print, printJson } from '../../terminal/terminal.js';
import { failureLines, headerLines, keptLine, summaryLines, trainJson } from './train-text.js';

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
  const data = { ...loaded, notes: loaded.notes.map((text) => inFlags(text, DATA_ROWS, origins.columns)) };
  checkClip(settings.clip, data.task);
  checkMean(aggregatorOf(settings.mean), data.task, settings.training.loss === 'gaussianNll');
  if (!settings.quiet) {
    const say = settings.json ? note : print;
    for (const line of settings.notes) note(line);
    for (const line of headerLines(file, data, seed, settings, pool.threads)) say(line);
  }
  return await trainOn(file, data, { ...settings, training: { ...settings.training, seed } }, pool);
}

async function trainOn(file: string, data: LoadedData, settings: TrainSettings, pool: Pool): Promise<number> {
  const { ensemble, interruptStatus, saved, saveError } = await trainAndSave(data, settings, pool);
  const interrupted = interruptStatus !== null;
  const { measureTraining } = await import('./train-measure.js');
  const { mean, clip, intervals } = settings;
  const how = { ...intervals, ...clip };
  const measured = interrupted ? null : await measureTraining(ensemble, data, aggregatorOf(mean), how);
  const outcome = { file, data, ensemble, saved, measured, interrupted, out: settings.out };
  for (const line of failureLines(ensemble)) note(`${paletteOf(process.stderr).yellow('tutti:')} ${line}`);
  if (interrupted) note(keptLine(outcome));
  if (settings.json) printJson(trainJson(outcome));
  else if (!interrupted) for (const line of summaryLines(outcome, paletteOf(process.stdout))) print(line);
  // Said last: what was measured is worth as much without a file.
  const unsaved = saveError === null ? 0 : reportFailure(saveError);
  if (interrupted) return interruptStatus;
  if (unsaved !== 0) return unsaved;
  return ensemble.failures.length > 0 && !settings.allowFailures ? 1 : 0;
}

interface TrainedAndSaved {
  readonly ensemble: Ensemble;
  /** Null where the training came to its end. */
  readonly interruptStatus: number | null;
  readonly saved: SavedEnsemble | null;
  /** Why it could not be saved. */
  readonly saveError: unknown;
}

/** Saved before anything is measured: what took long must not depend on what comes after. */
async function trainAndSave(
  data: LoadedData,
  { training, quiet, out }: TrainSettings,
  runner: Pool,
): Promise<TrainedAndSaved> {
  const display = await createProgressDisplay(quiet);
  const interrupt = listenForInterrupt(() => {
    display.stop();
    if (!quiet) note('Stopping; Ctrl-C again ends at once.');
  });
  const { signal } = interrupt;
  try {
    const run = trainEnsemble(data.train, training, {
      ...{ runner, signal, preprocessing: data.preprocessing, onInterrupt: 'keep' },
      onProgress: (progress) => {
        if (!signal.aborted) display.update(progress);
      },
    });
    // What comes after the training is loaded while the threads work.
    const after = [import('../../../bundle/save.js'), import('./train-measure.js')] as const;
    const [ensemble, { saveEnsemble }] = await Promise.all([run, ...after]);
    display.stop();
    const nothing = out === undefined || ensemble.members.length === 0;
    const interruptStatus = ensemble.complete ? null : interrupt.status();
    const unsaved = { ensemble, interruptStatus, saved: null, saveError: null };
    if (nothing) return unsaved;
    try {
      const saved = await saveEnsemble(ensemble, out);
      await rememberModules(ensemble.allowedModules ?? []);
      return { ...unsaved, saved };
    } catch (saveError) {
      return { ...unsaved, saveError };
    }
  } finally {
    display.stop();
    interrupt.release();
  }
}
