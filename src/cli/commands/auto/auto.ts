// `tutti auto`: an ensemble searched for within a time, or a number of members, measured and perhaps saved. Options of members
// narrow the search: a value, or a range, in the place of what is searched by default.

import { AUTO_OPTIONS, type AutoOptions, checkAutoOptions } from '../../../auto/auto-options.js';
import { DECIDED, SEARCHED } from '../../../auto/search-space.js';
import { failOption } from '../../../errors.js';
import { createPool } from '../../../pool/pool.js';
import type { SearchedOptions } from '../../../training/options/search-options.js';
import { checkOutput } from '../../files/input-files.js';
import { CHECKPOINT_ROWS } from '../../options/checkpoint-flags.js';
import { type CommandDefinition, DATA_FILE, type GivenOptions } from '../../options/command.js';
import { LOG_ROWS } from '../../options/log-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import type { OptionRow } from '../../options/option-row.js';
import { poolOptions } from '../../options/pool-flags.js';
import { rowsIn } from '../../options/rows.js';
import { resolveTrainSettings, trainRows } from '../../options/train-settings.js';
import { CLUSTER_ROWS } from '../../options/training-place.js';
import { UI_ROWS } from '../../options/ui-flags.js';
import { endWithProcess } from '../../terminal/ending.js';

const search = rowsIn('ensemble');

const AUTO_ROWS: readonly OptionRow[] = [
  search.text('time', 'how long until the ensemble is to be there: 30, 30s, 5m, 1h', {
    argument: 'time',
    defaultText: '60s, or none with --members',
    common: true,
  }),
  search.of(AUTO_OPTIONS, 'members', { argument: 'n', short: 'k', common: true }),
  search.of(AUTO_OPTIONS, 'folds', { argument: 'n' }),
  search.of(AUTO_OPTIONS, 'size', { argument: 'n' }),
  search.of(AUTO_OPTIONS, 'wavePatience', { argument: 'n' }),
];

/** What the search decides, and what is about trainings that are kept, watched or recorded as they go. */
const WITHOUT = new Set<string>([
  ...DECIDED,
  ...['members', 'grid', 'validationShare', 'deadline', 'onDivergence', 'reseeds'],
  ...[...LOG_ROWS, ...CHECKPOINT_ROWS, ...UI_ROWS, ...CLUSTER_ROWS].map(({ name }) => name),
]);

const ROWS: readonly OptionRow[] = [
  ...AUTO_ROWS,
  ...trainRows()
    .filter(({ name }) => !WITHOUT.has(name))
    .map((row) => (SEARCHED.includes(row.name) ? { ...row, defaultText: 'searched for' } : row)),
];

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: ROWS,
  examples: [
    'tutti auto prices.csv --target price --time 5m --out prices.tutti',
    'tutti auto digits.csv --target digit --members 64 --seed 1 --test-share 0.3',
    "tutti auto patients.csv --target outcome --time 2m --learning-rate log:1e-4..1e-2 --hidden 'choice:64|128,128'",
  ],
  run: ([file], given, origins) => auto(file!, given, origins),
};

async function auto(file: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const { time, size, wavePatience, ...rest } = given;
  const settings = await resolveTrainSettings(rest, origins, ROWS);
  const { members, folds, seed, arithmetic, ...searched } = settings.training;
  const options: AutoOptions = {
    ...(time === undefined ? {} : { time: secondsOf(String(time)) }),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(wavePatience === undefined ? {} : { wavePatience: Number(wavePatience) }),
    ...(members === undefined ? {} : { members: Number(members) }),
    ...(folds === undefined ? {} : { folds: Number(folds) }),
    ...(arithmetic === undefined ? {} : { arithmetic }),
    search: searched as SearchedOptions,
  };
  checkAutoOptions(options);
  const test = settings.test === undefined ? [] : [settings.test];
  if (file === '-' && settings.test === '-')
    failOption('test', 'a file, as standard input is trained on', '-');
  await checkOutput(settings.out, [file, ...test]);
  const pool = endWithProcess(createPool(poolOptions(settings, Number(members ?? Number.POSITIVE_INFINITY))));
  const { runAuto } = await import('./auto-run.js');
  return runAuto(file, settings, options, seed, pool, origins);
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** `90`, `90s`, `1.5m`, `2h` → seconds. @throws ERR_OPTION */
function secondsOf(text: string): number {
  const [, number, unit = 's'] = /^(\d+\.?\d*|\.\d+)\s*(s|m|h)?$/.exec(text.trim()) ?? [];
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS];
  return seconds > 0 ? seconds : failOption('time', 'a time such as 30, 30s, 5m or 1h', text);
}
