// `tutti describe`: what each column of a file is taken for and why, before anything is trained.

import { readCsv } from '../data/csv.js';
import { type ColumnDescription, type DescribeOptions, describeTable } from '../data/describe.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW } from './command.js';
import { COLUMN_ROWS, CSV_ROWS, csvOptions, namedColumns, TARGET_ROW } from './data-rows.js';
import { paletteOf, print, printJson } from './terminal.js';
import { alignLeft, type TextRow } from './text-table.js';
import { counted, figure } from './words.js';

export const command: CommandDefinition = {
  arguments: [{ name: 'file', description: 'CSV file with a header row' }],
  options: [TARGET_ROW, ...COLUMN_ROWS, ...CSV_ROWS, JSON_ROW],
  examples: [
    'tutti describe prices.csv --target price',
    'tutti describe export.csv --delimiter ";" --decimal , --missing "?,unknown" --json',
  ],
  run: ([file], given) => describe(file!, given),
};

async function describe(file: string, { json, ...given }: GivenOptions): Promise<number> {
  const table = readCsv(file, csvOptions(given));
  const description = describeTable(table, namedColumns(table, given) as DescribeOptions);
  if (json === true) {
    printJson(description);
    return 0;
  }
  const { rows, columns, features, task, taskReason } = description;
  const palette = paletteOf(process.stdout);
  const made = `${counted(features, 'feature')} from ${counted(columns.length, 'column')}`;
  print(`${file}: ${counted(rows, 'row')}, ${made}`);
  if (task !== null) print(`${task} (${taskReason})`);
  const [head, ...lines] = alignLeft([HEAD, ...columns.map(rowOf)]);
  print('');
  print(palette.bold(head!));
  for (const line of lines) print(line);
  const remarks = columns.flatMap(({ notes, problem }) => [...notes, ...(problem === null ? [] : [problem])]);
  if (remarks.length > 0) print('');
  for (const remark of remarks) print(remark);
  return 0;
}

const HEAD: TextRow = ['column', 'use', 'taken for', 'different', 'missing', 'range or examples'];

function rowOf(column: ColumnDescription): TextRow {
  const { name, use, why, kind, distinct, missing, missingWords, range, examples, width } = column;
  const words = missingWords.length === 0 ? '' : ` (${missingWords.slice(0, 3).join(' ')})`;
  const made = kind === 'categories' && use === 'feature' ? `${why} (${counted(width, 'feature')})` : why;
  const numbers = kind === 'numbers' && range !== null;
  const shown = numbers ? range.map(short).join(' to ') : examples.join(', ');
  return [name, use, made, String(distinct), `${missing}${words}`, shown];
}

function short(number: number): string {
  return Number.isInteger(number) ? String(number) : figure(number);
}
