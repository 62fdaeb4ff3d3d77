// `tutti importance`: how much each column matters to a saved ensemble.

import { permutationImportance } from '../../api/explained.js';
import { listedColumns, type Table } from '../../data/table/table.js';
import {
  IMPORTANCE_OPTIONS,
  type ImportanceOptions,
  type PermutationImportance,
} from '../../explain/permutation-importance.js';
import type { CsvRow } from '../../files/csv-text.js';
import { importanceLines } from '../../report/importance-text.js';
import { writeCsv } from '../files/csv-output.js';
import { ALLOW_MODULE_ROW, checkTableOutput, loadForRawRows } from '../files/input-files.js';
import { type KnownPart, knownPart, ROWS_FROM } from '../files/training-part.js';
import {
  AGGREGATOR_ROW,
  CLIP_ROW,
  checkAggregator,
  clipOf,
  hasVariances,
  WEIGHTS_ROW,
  weightsOf,
} from '../options/averaging-flags.js';
import {
  type CommandDefinition,
  ENSEMBLE_AND_ROWS,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { stoppable } from '../terminal/stoppable.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const figures = rowsIn('figures');

/** For every command that looks at rows out of bag where the file has them. */
export const ROWS_ROW = figures.choice(
  'rows',
  ROWS_FROM,
  'whether the rows are those of the training, each by the members that never saw it, or new ones',
  { defaultText: 'outOfBag where the file holds the rows of the training' },
);

const ROWS: readonly OptionRow[] = [
  figures.of(IMPORTANCE_OPTIONS, 'metric'),
  figures.of(IMPORTANCE_OPTIONS, 'repeats', { argument: 'n' }),
  figures.of(IMPORTANCE_OPTIONS, 'maxRows', {
    argument: 'n',
    acceptsNone: true,
    range: 'an integer ≥ 2, or none',
  }),
  figures.columns('groups', 'columns to permute together: a,b; may be given several times', {
    aliases: ['group'],
    argument: 'columns',
  }),
  ROWS_ROW,
  figures.of(IMPORTANCE_OPTIONS, 'seed', { argument: 'n' }),
];

const OUT_ROW = rowsIn('output').path('out', 'CSV file of all figures, - for standard output', {
  short: 'o',
  defaultText: 'not written',
});

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    ...[...ROWS, AGGREGATOR_ROW, WEIGHTS_ROW, CLIP_ROW, ...FILE_ROWS],
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, OUT_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti importance prices.tutti prices.csv',
    'tutti importance prices.tutti test.csv --metric mae --repeats 10 --group lat,lon --out importance.csv',
  ],
  run: ([bundle, file], given, origins) => importance(bundle!, file!, given, origins),
};

async function importance(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { out, json, quiet, rows, aggregator } = given;
  if (out !== undefined) await checkTableOutput(String(out), [bundle, file]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  if (aggregator !== undefined) {
    checkAggregator(
      aggregator as NonNullable<ImportanceOptions['aggregator']>,
      ensemble.task.kind,
      hasVariances(ensemble),
    );
  }
  const table = await readTable(file, given, origins);
  if (quiet !== true) noteMissing(ensemble);
  const part = knownPart(ensemble, preprocessing, table, rows as KnownPart['rowsFrom'] | undefined);
  const outcome = await stoppable('importance', quiet === true, (how) =>
    permutationImportance(ensemble, part.dataset, {
      ...optionsOf(given, table),
      ...{ rowsFrom: part.rowsFrom, ...weightsOf(given), ...clipOf(given), ...how },
    }),
  );
  if ('status' in outcome) return outcome.status;
  const report = outcome.result;
  if (out !== undefined) {
    const members = ensemble.members.map(({ index }) => index);
    await writeCsv(String(out), csvRows(report, members));
  }
  if (json === true) printJson({ file: table.source, ...report });
  else if (out !== '-') {
    for (const line of importanceLines(report, table.source, paletteOf(process.stdout))) print(line);
  }
  if (out !== undefined && out !== '-' && quiet !== true) note(`Wrote ${out}`);
  return 0;
}

function optionsOf(
  { metric, repeats, maxRows, groups, seed, aggregator }: GivenOptions,
  table: Table,
): ImportanceOptions {
  const stated = Object.entries({ metric, repeats, seed, aggregator }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ...(Object.fromEntries(stated) as ImportanceOptions),
    ...(maxRows === undefined
      ? {}
      : { maxRows: maxRows === null ? Number.POSITIVE_INFINITY : (maxRows as number) }),
    ...(groups === undefined
      ? {}
      : { groups: (groups as string[]).map((text) => listedColumns(table, 'groups', [text])) }),
  };
}

/** A row for each column, with every repeat and every member. */
function* csvRows(
  { columns, repeats }: PermutationImportance,
  members: readonly number[],
): Generator<CsvRow> {
  yield [
    ...['column', 'importance', 'repeat_spread', 'member_mean', 'member_spread'],
    ...Array.from({ length: repeats }, (_, repeat) => `repeat${repeat + 1}`),
    ...members.map((index) => `member${index}`),
  ];
  for (const column of columns) {
    const { name, importance: own, repeatSpread, memberMean, memberSpread } = column;
    const figures = [own, repeatSpread, memberMean, memberSpread, ...column.repeats, ...column.members];
    yield [name, ...figures.map((value) => value ?? '')];
  }
}
