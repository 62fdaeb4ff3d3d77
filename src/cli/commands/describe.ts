// `tutti describe`: what each column of a file is taken for and why, before anything is trained.

import {
  type ColumnDescription,
  type DescribeOptions,
  describeTable,
  type TableDescription,
} from '../../data/columns/describe.js';
import { alignLeft, type TextRow } from '../../report/text-table.js';
import { counted, figure } from '../../report/words.js';
import { type CommandDefinition, DATA_FILE, type GivenOptions, JSON_ROW } from '../options/command.js';
import {
  COLUMN_ROWS,
  FILE_ROWS,
  MAX_CATEGORIES_ROW,
  namedColumns,
  readTable,
  TARGET_ROW,
} from '../options/data-flags.js';
import { inFlags, type OptionOrigins } from '../options/option-origins.js';
import { imageRows } from '../options/training-flags.js';
import { paletteOf, print, printJson } from '../terminal/terminal.js';

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: [TARGET_ROW, ...COLUMN_ROWS, MAX_CATEGORIES_ROW, ...FILE_ROWS, JSON_ROW],
  examples: [
    'tutti describe prices.csv --target price',
    'tutti describe export.csv --delimiter ";" --decimal , --missing "?,unknown" --json',
  ],
  run: ([file], given, origins) => describe(file!, given, origins),
};

async function describe(
  file: string,
  { json, ...given }: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const table = await readTable(file, given, origins, 'kept');
  const description = inUsersFlags(
    describeTable(table, namedColumns(table, given) as DescribeOptions),
    origins.columns,
  );
  if (json === true) {
    printJson(description);
    return 0;
  }
  const { rows, columns, features, task, taskReason } = description;
  const palette = paletteOf(process.stdout);
  const made = `${counted(features, 'feature')} from ${counted(columns.length, 'column')}`;
  print(`${table.source}: ${counted(rows, 'row')}, ${made}`);
  if (task !== null) print(`${task} (${taskReason})`);
  const [head, ...lines] = alignLeft([HEAD, ...columns.map(rowOf)]);
  print('');
  print(palette.bold(head!));
  for (const line of lines) print(line);
  const remarks = [
    ...description.notes,
    ...columns.flatMap(({ notes, problem }) => [...notes, ...(problem === null ? [] : [problem])]),
  ];
  if (remarks.length > 0) print('');
  for (const remark of remarks) print(remark);
  return 0;
}

/** The same with options by their flags. */
function inUsersFlags(description: TableDescription, names: ReadonlySet<string>): TableDescription {
  const words = (text: string) => inFlags(text, WORDED_ROWS, names);
  const columns = description.columns.map((column) => ({
    ...column,
    why: words(column.why),
    notes: column.notes.map(words),
    problem: column.problem === null ? null : words(column.problem),
  }));
  return { ...description, columns, notes: description.notes.map(words) };
}

/** Options that notes name. */
const WORDED_ROWS = [...COLUMN_ROWS, MAX_CATEGORIES_ROW, ...FILE_ROWS, ...imageRows()];

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
