// `tutti measure`: the error correlation of predictions from any library.

import { failOption } from '../../errors.js';
import {
  isIndexName,
  type LeftOutColumn,
  measureFile,
  type PredictionsFileOptions,
  readPredictions,
} from '../../measure/foreign/predictions-file.js';
import { combiner } from '../../predictions/aggregate/aggregate.js';
import { measurementJson } from '../../report/measurement-json.js';
import { measurementLines } from '../../report/measurement-text.js';
import { counted } from '../../report/words.js';
import { AGGREGATOR_ROW, aggregatorOf, checkAggregator } from '../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../options/command.js';
import { CELL_ROWS, FILE_ROWS, namedColumns, readTable } from '../options/data-flags.js';
import { CURVES_ROW, INTERVAL_ROWS, intervalsOf } from '../options/figure-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { rowsIn } from '../options/rows.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';

const predictions = rowsIn('predictions');

const ROWS: readonly OptionRow[] = [
  predictions.columns('target', 'column with the true values, or several for regression: a,b', {
    short: 't',
    argument: 'column',
  }),
  predictions.choice('task', ['classification', 'regression'], 'what the target is', {
    defaultText: 'guessed and printed',
  }),
  predictions.columns('drop', 'columns that are no predictions', { aliases: ['ignore'] }),
  predictions.flag('outOfBag', 'an empty cell says that the row was in bag for the member'),
];

export const command: CommandDefinition = {
  arguments: [
    {
      name: 'file',
      rows: true,
      description:
        'data file with a row per example: the target, and for each member a column of values, of predicted ' +
        'labels or of the probability of the second of two classes, or columns <member>_<class> of probabilities',
    },
  ],
  options: [
    ...ROWS,
    AGGREGATOR_ROW,
    ...INTERVAL_ROWS,
    CURVES_ROW,
    ...CELL_ROWS,
    ...FILE_ROWS,
    JSON_ROW,
    QUIET_ROW,
  ],
  examples: [
    'tutti measure member-predictions.csv --target y',
    'tutti measure member-predictions.csv --target species --aggregator geometricMean --json',
  ],
  run: ([file], given, origins) => measure(file!, given, origins),
};

async function measure(path: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  if (given.target === undefined) failOption('target', 'the name of the column of true values', undefined);
  if (given.curves === true && given.outOfBag === true) {
    failOption('curves', 'absent with `outOfBag`, where each row has its own members', true);
  }
  const name = aggregatorOf(given);
  const intervals = intervalsOf(given);
  const table = await readTable(path, given, origins);
  const file = readPredictions(table, namedColumns(table, given) as unknown as PredictionsFileOptions);
  const { task, members, ignored, layout, rows } = file;
  checkAggregator(name, task.kind, false);
  if (given.quiet !== true) {
    const left = ignored.length === 0 ? '' : `; left out: ${ignored.map(leftOutText).join(', ')}`;
    note(`${table.source}: ${counted(rows, 'row')}, ${counted(members.length, 'member')}, ${layout}${left}`);
    for (const member of members.filter(isIndexName))
      note(`\`${member}\` is taken for a member: --drop ${member} leaves it out`);
  }
  const combine = combiner(name, task);
  const curves = given.curves === true ? { [name]: combine } : null;
  const measurement = measureFile(file, { ...intervals, aggregator: { name, combine }, curves });
  const targets = task.kind === 'regression' ? task.targets : [];
  if (given.json === true) printJson({ names: members, ...measurementJson(measurement, targets) });
  else
    for (const line of measurementLines(
      [{ name: table.source, measurement }],
      targets,
      paletteOf(process.stdout),
      { classes: task.kind === 'classification' ? task.classes : [] },
    ))
      print(line);
  return 0;
}

function leftOutText({ column, reason }: LeftOutColumn): string {
  return reason === null ? column : `${column} (${reason})`;
}
