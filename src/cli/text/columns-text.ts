// What `tutti train` says about the columns of its file, in short; `tutti describe` says it of each.

import { columnWidth } from '../../data/dataset/feature-columns.js';
import type { LoadedData, LoadOptions } from '../../data/load.js';
import type { Preprocessing } from '../../data/preprocessing/preprocessing.js';
import { queryOfWord } from '../../data/readers/query-source.js';
import { quoted } from '../../files/shell-word.js';
import { counted } from '../../report/words.js';
import { COLUMN_ROWS, FILE_ROWS, TARGET_ROW } from '../options/data-flags.js';
import { flagOf } from '../options/option-row.js';

/** Notes and columns shown one by one; there may be thousands of them. */
const MOST_SHOWN = 8;

/** What the features are made of, unless all are plain numbers; what was left out, and why; the notes. */
export function columnLines({ preprocessing, leftOut, notes }: LoadedData): string[] {
  const shown = notes.slice(0, MOST_SHOWN).map((text) => `Note: ${text}`);
  const more = notes.length - shown.length;
  return [
    ...madeOf(preprocessing.features),
    ...leftOutLine(leftOut),
    ...shown,
    ...(more > 0 ? [`… and ${counted(more, 'more note')}: tutti describe shows them`] : []),
  ];
}

function madeOf(features: Preprocessing['features']): string[] {
  const dates = features.filter((feature) => feature.kind === 'numeric' && feature.format?.kind === 'date');
  const numbers = features.filter((feature) => feature.kind === 'numeric').length - dates.length;
  const categories = features.filter((feature) => feature.kind === 'categorical');
  if (dates.length + categories.length === 0) return [];
  const width = categories.reduce((sum, feature) => sum + columnWidth(feature), 0);
  const parts = [
    ...(numbers === 0 ? [] : [counted(numbers, 'column of numbers', 'columns of numbers')]),
    ...(dates.length === 0 ? [] : [counted(dates.length, 'of dates', 'of dates')]),
    ...(categories.length === 0
      ? []
      : [`${counted(categories.length, 'of categories', 'of categories')} (${counted(width, 'feature')})`]),
  ];
  return [`Columns: ${parts.join(', ')}`];
}

/** Those that the user left out need no reason. */
function leftOutLine(leftOut: LoadedData['leftOut']): string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut
    .slice(0, MOST_SHOWN)
    .map(({ column, reason }) => (reason === 'as stated' ? `\`${column}\`` : `\`${column}\` (${reason})`));
  const more = leftOut.length - shown.length;
  return [`Left out: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

/**
 * The command that writes the rows of a training's test share.
 * @param file what stands for it among the command's words
 */
export function splitCommand(file: string, data: Omit<LoadOptions, 'seed'>, seed: number): string {
  const given = data as Readonly<Record<string, unknown>>;
  const options = [TARGET_ROW, ...COLUMN_ROWS, ...FILE_ROWS].flatMap(({ name }) => {
    const value = given[name];
    if (value === undefined) return [];
    return [flagOf(name), quoted(Array.isArray(value) ? value.join(',') : String(value))];
  });
  const split = ['--test-share', String(data.testShare), '--seed', String(seed)];
  const outputs = ['--train-out', 'train.csv', '--test-out', 'test.csv'];
  return ['tutti split', ...sourceWords(file), ...options, ...split, ...outputs].join(' ');
}

function sourceWords(file: string): string[] {
  const query = queryOfWord(file);
  if (query === null) return [quoted(file)];
  const { sql, database } = query;
  return ['--sql', quoted(sql), ...(database === undefined ? [] : ['--db', quoted(database)])];
}
