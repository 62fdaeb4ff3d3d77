// `tutti train`: a CSV file becomes an ensemble, measured and perhaps saved. Everything that can be wrong
// with the usage or the input is found before the first member is trained.

import { type SavedEnsemble, saveEnsemble } from '../bundle/save.js';
import { type LoadedData, loadTraining } from '../data/load.js';
import type { Ensemble } from '../ensemble/ensemble.js';
import { randomSeed, trainEnsemble } from '../ensemble/train-ensemble.js';
import { createPool, type Pool } from '../pool/pool.js';
import type { CommandDefinition, GivenOptions } from './command.js';
import { checkOutput } from './input-files.js';
import { listenForInterrupt } from './interrupt.js';
import { aggregatorOf, checkMean } from './means.js';
import { createProgressDisplay } from './progress.js';
import { note, paletteOf, print, printJson } from './terminal.js';
import { measureTraining } from './train-measure.js';
import { resolveTrainSettings, type TrainSettings, threadsFor, trainRows } from './train-settings.js';
import { failureLines, headerLines, keptLine, summaryLines, trainJson } from './train-text.js';

export const command: CommandDefinition = {
  arguments: [{ name: 'file', description: 'CSV file with a header row' }],
  options: trainRows(),
  examples: [
    'tutti train digits.csv --target digit --members 16 --hidden 64 --epochs 40 --seed 1 --out digits.tutti',
    'tutti train prices.csv --target price --loss gaussianNll --test-share 0.3 --hidden 64,32',
    'tutti train patients.csv --target outcome --group-column patient --resample grouped --impute median',
    'tutti train digits.csv --target digit --config options.yaml --threads 2 --json',
  ],
  run: ([file], given) => train(file!, given),
};

async function train(file: string, given: GivenOptions): Promise<number> {
  const settings = await resolveTrainSettings(given);
  await checkOutput(settings.out, [file, ...(given.config === undefined ? [] : [String(given.config)])]);
  const seed = settings.training.seed ?? randomSeed();
  // Threads take longer to start than most files to read, so they start first.
  await using pool = createPool({ threads: threadsFor(settings.threads, settings.training) });
  const data = loadTraining(file, { ...settings.data, seed });
  checkMean(aggregatorOf(settings.mean), data.task, settings.training.loss === 'gaussianNll');
  if (!settings.quiet) {
    const say = settings.json ? note : print;
    for (const line of headerLines(file, data, seed, settings, pool.threads)) say(line);
  }
  return await trainOn(file, data, { ...settings, training: { ...settings.training, seed } }, pool);
}

async function trainOn(file: string, data: LoadedData, settings: TrainSettings, pool: Pool): Promise<number> {
  const { ensemble, interrupted, saved } = await trainAndSave(data, settings, pool);
  const measured = interrupted ? null : await measureTraining(ensemble, data, aggregatorOf(settings.mean));
  const outcome = { file, data, ensemble, saved, measured, interrupted, out: settings.out };
  for (const line of failureLines(ensemble)) note(`${paletteOf(process.stderr).yellow('tutti:')} ${line}`);
  if (interrupted) note(keptLine(outcome));
  if (settings.json) printJson(trainJson(outcome));
  else if (!interrupted) for (const line of summaryLines(outcome, paletteOf(process.stdout))) print(line);
  if (interrupted) return 130;
  return ensemble.failures.length > 0 && !settings.allowFailures ? 1 : 0;
}

/** Saved before anything is measured: what took long must not depend on what comes after. */
async function trainAndSave(
  data: LoadedData,
  { training, quiet, out }: TrainSettings,
  runner: Pool,
): Promise<{ ensemble: Ensemble; interrupted: boolean; saved: SavedEnsemble | null }> {
  const display = await createProgressDisplay(quiet);
  const interrupt = listenForInterrupt(() => {
    display.stop();
    if (!quiet) note('Stopping; Ctrl-C again ends at once.');
  });
  const { signal } = interrupt;
  try {
    const ensemble = await trainEnsemble(data.train, training, {
      ...{ runner, signal, preprocessing: data.preprocessing, onInterrupt: 'keep' },
      onProgress: (progress) => {
        if (!signal.aborted) display.update(progress);
      },
    });
    display.stop();
    const nothing = out === undefined || ensemble.members.length === 0;
    const saved = nothing ? null : await saveEnsemble(ensemble, out);
    return { ensemble, interrupted: signal.aborted && !ensemble.complete, saved };
  } finally {
    display.stop();
    interrupt.release();
  }
}
