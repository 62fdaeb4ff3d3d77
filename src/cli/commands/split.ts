// `tutti split`: the rows that a training with a test share trains on and those that it holds out, as two files.

import { resolve } from 'node:path';
import { judgeTable } from '../../data/columns/judge-table.js';
import { type LoadOptions, splitJudged } from '../../data/load.js';
import type { Table } from '../../data/table/table.js';
import { failOption } from '../../errors.js';
import type { CsvRow } from '../../files/csv-text.js';
import { counted } from '../../report/words.js';
import { STANDARD_OUTPUT, writeCsv } from '../files/csv-output.js';
import { checkTableOutput } from '../files/input-files.js';
import {
  type CommandDefinition,
  DATA_FILE,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { COLUMN_ROWS, FILE_ROWS, namedColumns, readTable, TARGET_ROW } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { rowsIn } from '../options/rows.js';
import { note, printJson } from '../terminal/terminal.js';

const DEFAULT_SHARE = 0.3;
const DEFAULT_SEED = 0;

const splitting = rowsIn('split');

const ROWS: readonly OptionRow[] = [
  splitting.number('testShare', 'share of the rows to hold out', {
    argument: 'share',
    range: 'a number > 0 and < 1',
    defaultText: `${DEFAULT_SHARE}`,
  }),
  splitting.number('seed', 'the seed of the training', {
    short: 's',
    argument: 'n',
    range: 'an integer ≥ 0',
    defaultText: `${DEFAULT_SEED}`,
  }),
  splitting.path('trainOut', 'where to write the rows to train on, - for standard output'),
  splitting.path('testOut', 'where to write the rows held out, - for standard output'),
];

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: [TARGET_ROW, ...COLUMN_ROWS, ...FILE_ROWS, ...ROWS, JSON_ROW, QUIET_ROW],
  examples: [
    'tutti split prices.csv --target price --test-share 0.3 --seed 1 --train-out train.csv --test-out test.csv',
  ],
  run: ([file], given, origins) => split(file!, given, origins),
};

async function split(file: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const {
    json,
    quiet,
    trainOut,
    testOut,
    testShare = DEFAULT_SHARE,
    seed = DEFAULT_SEED,
    ...columns
  } = given;
  if (columns.target === undefined) failOption('target', 'the name of the column to predict', undefined);
  const outputs = { trainOut: textOf('trainOut', trainOut), testOut: textOf('testOut', testOut) };
  for (const name of ['trainOut', 'testOut'] as const) {
    if (json === true && outputs[name] === STANDARD_OUTPUT) failOption(name, 'a file with `json`', '-');
    await checkTableOutput(outputs[name], [file], name);
  }
  if (resolve(outputs.trainOut) === resolve(outputs.testOut)) {
    failOption('testOut', 'another file than `trainOut`', outputs.testOut);
  }
  const share = testShare as number;
  if (!(share > 0 && share < 1)) failOption('testShare', 'a number > 0 and < 1', share);
  const table = await readTable(file, given, origins);
  const options = namedColumns(table, columns) as unknown as LoadOptions;
  const rows = splitJudged(table, judgeTable(table, options), { testShare: share, seed: seed as number });
  // Both files are written with the delimiter that the file was read with.
  await writeCsv(outputs.trainOut, tableRows(table, rows.train), table.delimiter);
  await writeCsv(outputs.testOut, tableRows(table, rows.test), table.delimiter);
  if (json === true) {
    printJson({
      file,
      seed,
      testShare,
      trainRows: rows.train.length,
      testRows: rows.test.length,
      ...outputs,
    });
  } else if (quiet !== true) {
    noteWritten(outputs.trainOut, rows.train.length);
    noteWritten(outputs.testOut, rows.test.length);
  }
  return 0;
}

function noteWritten(path: string, rows: number): void {
  if (path !== STANDARD_OUTPUT) note(`Wrote ${path}: ${counted(rows, 'row')}`);
}

function textOf(name: string, value: unknown): string {
  return value === undefined ? failOption(name, 'the name of a file', value) : String(value);
}

/** The header and the given rows, every cell with the text that it has in the file. */
function* tableRows({ columns }: Table, rows: Uint32Array): Generator<CsvRow> {
  yield columns.map(({ name }) => name);
  for (const row of rows) yield columns.map((column) => column.text(row));
}
