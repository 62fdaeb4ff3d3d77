// `tutti diagnose`: where a saved ensemble does badly: slices, suspected labels, and single rows.

import { diagnose as diagnosisOf } from '../../api/explained.js';
import { listedColumns, type Table } from '../../data/table/table.js';
import type { DiagnoseOptions, Diagnosis } from '../../explain/diagnose.js';
import { type RawRow, rawRowOf } from '../../explain/raw-rows.js';
import { SLICE_OPTIONS } from '../../explain/worst-slices.js';
import type { CsvRow } from '../../files/csv-text.js';
import { diagnosisLines } from '../../report/diagnosis-text.js';
import { writeCsv } from '../files/csv-output.js';
import { ALLOW_MODULE_ROW, checkTableOutput, loadForRawRows } from '../files/input-files.js';
import { type KnownPart, knownPart } from '../files/training-part.js';
import { CLIP_ROW, clipOf, WEIGHTS_ROW, weightsOf } from '../options/averaging-flags.js';
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
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';
import { ROWS_ROW } from './importance.js';

const figures = rowsIn('figures');

const ROWS: readonly OptionRow[] = [
  figures.columns('columns', 'columns to cut into slices', { defaultText: 'all that it learned from' }),
  figures.of(SLICE_OPTIONS, 'bins', { argument: 'n' }),
  figures.of(SLICE_OPTIONS, 'minRows', { argument: 'n' }),
  figures.of(SLICE_OPTIONS, 'pairs'),
  figures.of(SLICE_OPTIONS, 'most', { argument: 'n' }),
  ROWS_ROW,
];

const OUT_ROW = rowsIn('output').path(
  'out',
  'CSV file of all suspected rows with their cells, - for standard output',
  {
    short: 'o',
    defaultText: 'not written',
  },
);

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    ...[...ROWS, WEIGHTS_ROW, CLIP_ROW, ...FILE_ROWS],
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, OUT_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti diagnose digits.tutti digits.csv --out suspects.csv',
    'tutti diagnose patients.tutti test.csv --columns age,ward --pairs --json',
  ],
  run: ([bundle, file], given, origins) => diagnose(bundle!, file!, given, origins),
};

const MOST = 10;

async function diagnose(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { out, json, quiet, rows, columns } = given;
  if (out !== undefined) await checkTableOutput(String(out), [bundle, file]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  const table = await readTable(file, given, origins);
  if (quiet !== true) noteMissing(ensemble);
  const part = knownPart(ensemble, preprocessing, table, rows as KnownPart['rowsFrom'] | undefined);
  const raw = { table, rows: part.rows };
  const report = await diagnosisOf(ensemble, part.dataset, {
    ...statedOf(given),
    ...(columns === undefined ? {} : { columns: listedColumns(table, 'columns', columns as string[]) }),
    ...{ rowsFrom: part.rowsFrom, raw, ...weightsOf(given), ...clipOf(given) },
  });
  if (out !== undefined)
    await writeCsv(
      String(out),
      suspectRows(report, table, (row) => rawRowOf(raw, row)),
    );
  if (json === true)
    printJson({ file: table.source, ...withPlaces(report, (row) => rawRowOf(raw, row, [])) });
  else if (out !== '-') {
    const placeOf = (row: number) => placeText(rawRowOf(raw, row, []));
    const most = (given.most as number | undefined) ?? MOST;
    const lines = diagnosisLines(report, table.source, placeOf, most, paletteOf(process.stdout));
    for (const line of lines) print(line);
  }
  if (out !== undefined && out !== '-' && quiet !== true) note(`Wrote ${out}`);
  return 0;
}

function statedOf({ bins, minRows, pairs, most }: GivenOptions): DiagnoseOptions {
  const stated = Object.entries({ bins, minRows, pairs, most }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(stated) as DiagnoseOptions;
}

function placeText({ row, line }: Pick<RawRow, 'row' | 'line'>): string {
  return line === null ? `row ${row}` : `line ${line}`;
}

/** Rows as the file has them, in place of those of the dataset. */
function withPlaces(report: Diagnosis, rawOf: (row: number) => RawRow): object {
  const placed = <Own extends { readonly row: number; readonly at: number }>({ at: _at, ...own }: Own) => {
    const { row, line } = rawOf(own.row);
    return { ...own, row, line };
  };
  const { highestLoss, mostDisagreement, suspects } = report;
  return {
    ...report,
    highestLoss: highestLoss.map(placed),
    mostDisagreement: mostDisagreement?.map(placed) ?? null,
    suspects: { ...suspects, rows: suspects.rows.map((own) => placed(own)) },
  };
}

/** Every suspected row, the most suspicious first, with its cells. */
function* suspectRows(
  { suspects }: Diagnosis,
  table: Table,
  rawOf: (row: number) => RawRow,
): Generator<CsvRow> {
  const names = table.columns.map(({ name }) => name);
  const own =
    suspects.kind === 'classes'
      ? ['given', 'suggested', 'given_probability', 'suggested_probability', 'quality']
      : ['target', 'given', 'predicted', 'studentised', 'chance'];
  yield ['row', 'line', ...own.map((name) => `suspect_${name}`), ...names];
  const figuresOf: readonly { readonly row: number; readonly cells: CsvRow }[] =
    suspects.kind === 'classes'
      ? suspects.rows.map((one) => ({
          row: one.row,
          cells: [one.given, one.suggested, one.givenProbability, one.suggestedProbability, one.quality],
        }))
      : suspects.rows.map((one) => ({
          row: one.row,
          cells: [one.target, one.given, one.predicted, one.studentised, one.chance],
        }));
  for (const { row, cells } of figuresOf) {
    const raw = rawOf(row);
    yield [raw.row, raw.line ?? '', ...cells, ...names.map((name) => raw.cells[name]!)];
  }
}
