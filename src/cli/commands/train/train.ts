// `tutti train`: a CSV file becomes an ensemble, measured and perhaps saved. Everything that can be wrong
// with the usage is found before anything is started; what the training itself needs is train-run.ts.

import { failOption } from '../../../errors.js';
import { createPool } from '../../../pool/pool.js';
import { modulePathOf } from '../../../training/options/member-engine.js';
import { memberOptions, runCount } from '../../../training/options/options.js';
import { checkOutput } from '../../files/input-files.js';
import { type CommandDefinition, DATA_FILE, type GivenOptions } from '../../options/command.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import { poolOptions } from '../../options/pool-flags.js';
import { resolveTrainSettings, trainRows } from '../../options/train-settings.js';
import { placeOf } from '../../options/training-place.js';
import { endWithProcess } from '../../terminal/ending.js';
import { withLivePage } from './live-run.js';

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: trainRows(),
  examples: [
    'tutti train digits.csv --target digit --members 16 --hidden 64 --epochs 40 --seed 1 --out digits.tutti',
    'tutti train prices.csv --target price --loss gaussianNll --test-share 0.3 --hidden 64,32',
    'tutti train patients.csv --target outcome --group-column patient --resample grouped --impute median',
    'tutti train digits.csv --target digit --config options.yaml --threads 2 --json',
  ],
  run: ([file], given, origins) => train(file!, given, origins),
};

async function train(file: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const settings = await resolveTrainSettings(given, origins);
  const config = given.config === undefined ? [] : [String(given.config)];
  const modules = memberOptions(settings.training).map(modulePathOf);
  const test = settings.test === undefined ? [] : [settings.test];
  if (file === '-' && settings.test === '-')
    failOption('test', 'a file, as standard input is trained on', '-');
  const inputs = [file, ...test, ...config, ...modules.filter((path) => path !== undefined)];
  await checkOutput(settings.out, inputs);
  const head = { command: 'train', file, out: settings.out ?? null, kept: settings.checkpoint !== undefined };
  return await withLivePage(settings.ui, head, async (live) => {
    // Threads take longer to start than most files to read, so they start before the rest is even loaded.
    const pool = endWithProcess(createPool(poolOptions(settings, runCount(settings.training))));
    const { runTraining } = await import('./train-run.js');
    const place = await placeOf(settings.cluster, pool, settings);
    return await runTraining(file, settings, { pool, place }, origins, live);
  });
}
