// `tutti sources`: the same ensemble trained with one source of chance at a time, and with all of them, to say
// which of them makes members err differently.

import { loadTraining } from '../../data/load.js';
import { failOption } from '../../errors.js';
import { givesVariances } from '../../model/losses.js';
import { createPool } from '../../pool/pool.js';
import { aggregators } from '../../predictions/aggregate/aggregators.js';
import { biasVarianceLines } from '../../report/bias-variance-text.js';
import type { Palette } from '../../report/palette.js';
import { alignColumns, type TextRow } from '../../report/text-table.js';
import { counted, figure, percent } from '../../report/words.js';
import { compareSources, SOURCES_OPTIONS, type SourceFigures, type Spread } from '../../studies/sources.js';
import { runCount } from '../../training/options/options.js';
import { randomSeed } from '../../training/train-ensemble.js';
import { aggregatorOf, checkAggregator } from '../options/averaging-flags.js';
import { type CommandDefinition, DATA_FILE, type GivenOptions } from '../options/command.js';
import { namedColumns, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { poolOptions } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { resolveTrainSettings, trainRows } from '../options/train-settings.js';
import { placeOf } from '../options/training-place.js';
import { endWithProcess } from '../terminal/ending.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { failureText } from '../text/failure-text.js';

const SEEDS_ROW = rowsIn('run').of(SOURCES_OPTIONS, 'seeds', { argument: 'n' });

const TRAINING_SETS_ROWS = [
  rowsIn('run').of(SOURCES_OPTIONS, 'trainingSets', { argument: 'n' }),
  rowsIn('run').of(SOURCES_OPTIONS, 'trainingShare', { argument: 'share' }),
];

const DEFAULT_MEMBERS = 8;
const DEFAULT_TEST_SHARE = 0.3;

/** Its own defaults, where they are not those of `tutti train`. */
const OWN_DEFAULTS: Readonly<Record<string, number>> = {
  members: DEFAULT_MEMBERS,
  testShare: DEFAULT_TEST_SHARE,
};

/** Of `tutti train`, what makes sense without an ensemble to keep, to clip, and without intervals. */
const TRAIN_ROWS = trainRows()
  .filter(({ name }) => !['test', 'out', 'clip', 'level', 'replicates'].includes(name))
  .map((row) => (row.name in OWN_DEFAULTS ? { ...row, defaultText: String(OWN_DEFAULTS[row.name]) } : row));

const NAMES: Readonly<Record<SourceFigures['source'] | 'trainingSet', string>> = {
  resample: 'resample',
  init: 'initialisation',
  order: 'batch order',
  masks: 'masks and noise',
  all: 'all together',
  trainingSet: 'training set',
};

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: [...TRAIN_ROWS, SEEDS_ROW, ...TRAINING_SETS_ROWS],
  examples: [
    'tutti sources digits.csv --target digit --members 8 --seeds 5',
    'tutti sources digits.csv --target digit --hidden-keep 0.5 --vary init,masks --json',
    'tutti sources digits.csv --target digit --training-sets 10',
  ],
  run: ([file], given, origins) => sources(file!, given, origins),
};

async function sources(file: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const { seeds, trainingSets, trainingShare, ...rest } = given;
  const settings = await resolveTrainSettings(rest, origins, TRAIN_ROWS);
  const { json, quiet, allowFailures } = settings;
  const seed = settings.training.seed ?? randomSeed();
  const members = settings.training.grid === undefined ? { members: DEFAULT_MEMBERS } : {};
  const training = { ...members, ...settings.training, seed };
  const pool = endWithProcess(createPool(poolOptions(settings, runCount(training))));
  const { testShare = DEFAULT_TEST_SHARE } = settings.data;
  if (testShare === 0) failOption('testShare', 'above 0, because sources are measured on held-out rows', 0);
  const table = await readTable(file, { ...settings.data, quiet }, origins);
  const data = loadTraining(table, { ...namedColumns(table, settings.data), testShare, seed });
  const aggregator = aggregatorOf(settings);
  checkAggregator(aggregator, data.task, givesVariances(training.loss));
  const { runner } = await placeOf(settings.cluster, pool, settings);
  const report = await compareSources(data.train, data.test!, training, {
    runner,
    aggregator,
    preprocessing: data.preprocessing,
    ...(seeds === undefined ? {} : { seeds: seeds as number }),
    ...(trainingSets === undefined ? {} : { trainingSets: trainingSets as number }),
    ...(trainingShare === undefined ? {} : { trainingShare: trainingShare as number }),
    onTraining: (source, number) => {
      if (!quiet) note(`${NAMES[source]}, seed ${number}`);
    },
  });
  for (const line of failureLines(report.sources))
    note(`${paletteOf(process.stderr).yellow('tutti:')} ${line}`);
  const status = report.sources.some(({ failures }) => failures.length > 0) && !allowFailures ? 1 : 0;
  if (json) {
    printJson(report);
    return status;
  }
  const what = `${counted(report.planned, 'member')}, ${counted(report.seeds.length, 'seed')} from ${seed}`;
  const rows = counted(report.rows, 'held-out row');
  print(`${table.source}: ${what}, measured on ${rows}; mean ± standard deviation`);
  const measure = report.sources[0]!.errorRate === null ? '' : `wrong, ${aggregators.get(aggregator).title}`;
  for (const line of sourceLines(report.sources, measure, paletteOf(process.stdout))) print(line);
  for (const line of biasVarianceLines(report.biasVariance, paletteOf(process.stdout))) print(line);
  return status;
}

/** Failures shown one by one, as of a training. */
const MOST_FAILURES = 5;

/** Which members failed where: the figures are of the others. */
function failureLines(all: readonly SourceFigures[]): string[] {
  const failed = all.flatMap(({ source, failures }) =>
    failures.map(({ seed, index, error }) => {
      return `${NAMES[source]}, seed ${seed}, member ${index}: ${failureText(error)}`;
    }),
  );
  const more = failed.length - MOST_FAILURES;
  const shown = failed.slice(0, MOST_FAILURES);
  return more > 0 ? [...shown, `… and ${counted(more, 'more member')} failed`] : shown;
}

/** `8`, or where members failed the fewest and the most of all seeds: `6–8`. */
function membersText(members: readonly number[]): string {
  const [least, most] = [Math.min(...members), Math.max(...members)];
  return least === most ? `${least}` : `${least}–${most}`;
}

function sourceLines(all: readonly SourceFigures[], measure: string, palette: Palette): string[] {
  const rows: TextRow[] = [
    [
      'varied',
      'members',
      'v',
      'c',
      'ρ = c/v',
      'v − c',
      'ensemble error',
      ...(measure === '' ? [] : [measure]),
    ],
    ...all.map(({ source, memberCounts, v, c, rho, vMinusC, ensembleError, errorRate }) => [
      ...[NAMES[source], membersText(memberCounts)],
      ...[v, c, rho, vMinusC, ensembleError].map((spread) => spreadText(spread, (value) => figure(value, 3))),
      ...(errorRate === null ? [] : [spreadText(errorRate, (value) => percent(value))]),
    ]),
  ];
  const [head, ...lines] = alignColumns(rows, '   ');
  return [palette.bold(head!), ...lines];
}

function spreadText({ mean, std }: Spread, text: (value: number) => string): string {
  if (mean === null) return '–';
  return std === null ? text(mean) : `${text(mean)} ± ${text(std)}`;
}
