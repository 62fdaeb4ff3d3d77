// Where an ensemble does badly, for people: slices, suspected labels, and the rows that are hardest.

import type { Diagnosis } from '../explain/diagnose.js';
import type { NotedRow } from '../explain/hard-rows.js';
import type { SuspectRows } from '../explain/suspect-rows.js';
import type { WorstSlices } from '../explain/worst-slices.js';
import { metrics } from '../measure/metrics/metrics.js';
import type { Palette } from './palette.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure, percent } from './words.js';

/** @param placeOf how the user finds a row of the dataset: `line 12`. @param most rows of each list. */
export function diagnosisLines(
  { rowsFrom, rows, slices, suspects, highestLoss, mostDisagreement }: Diagnosis,
  name: string,
  placeOf: (row: number) => string,
  most: number,
  palette: Palette,
): string[] {
  const whose = rowsFrom === 'outOfBag' ? 'out of bag' : 'held out';
  const { title } = metrics.get(slices.metric);
  const loss = slices.metric === 'rmse' ? 'squared error' : title;
  return [
    palette.bold(`${name}: ${counted(rows, 'row')} ${whose}, ${title} ${figure(slices.score)}`),
    '',
    ...sliceLines(slices, title, palette),
    '',
    ...suspectLines(suspects, rows, placeOf, most, palette),
    '',
    ...noteLines('Rows with the highest loss', highestLoss, loss, placeOf, most, palette),
    ...(mostDisagreement === null || mostDisagreement.length === 0
      ? []
      : [
          '',
          ...noteLines('Rows that members disagree on most', mostDisagreement, loss, placeOf, most, palette),
        ]),
  ];
}

function sliceLines(
  { slices, lookedAt, level, minRows }: WorstSlices,
  title: string,
  palette: Palette,
): string[] {
  const of = `of ${counted(lookedAt, 'slice')} of at least ${minRows} rows`;
  const chance = `${percent(1 - level, 0)} by chance for any of them`;
  if (slices.length === 0) return [`No slice ${of} is worse than the rest beyond chance (${chance})`];
  const classes = slices[0]!.errorRate !== null;
  const [head, ...lines] = alignColumns([
    [
      'slice',
      'rows',
      title,
      `${percent(level, 0)} interval`,
      'the rest',
      ...(classes ? ['wrong'] : []),
      'chance',
    ],
    ...slices.map(({ label, rows, score, interval, rest, errorRate, chanceOfAny }) => [
      ...[
        label,
        `${rows}`,
        figure(score),
        `${figure(interval.low)} – ${figure(interval.high)}`,
        figure(rest),
      ],
      ...(errorRate === null ? [] : [percent(errorRate, 1)]),
      figure(chanceOfAny, 2),
    ]),
  ]);
  return [
    palette.bold(`Slices that are worse than the rest, ${of} (${chance})`),
    palette.dim(head!),
    ...lines,
  ];
}

function suspectLines(
  suspects: SuspectRows,
  all: number,
  placeOf: (row: number) => string,
  most: number,
  palette: Palette,
): string[] {
  const { rows } = suspects;
  if (rows.length === 0)
    return [suspects.kind === 'classes' ? 'No label is suspected' : 'No value is suspected'];
  const what =
    suspects.kind === 'classes'
      ? `${counted(rows.length, 'suspected label')} (about ${percent(suspects.estimatedShare, 1)} of ${all} rows are wrong)`
      : counted(rows.length, 'suspected value');
  const table: TextRow[] =
    suspects.kind === 'classes'
      ? [
          ['row', 'given', 'probability', 'suggested', 'probability'],
          ...suspects.rows
            .slice(0, most)
            .map((own) => [
              ...[placeOf(own.row), own.given, figure(own.givenProbability, 3)],
              ...[own.suggested, figure(own.suggestedProbability, 3)],
            ]),
        ]
      : [
          ['row', 'target', 'given', 'predicted', 'deviations off'],
          ...suspects.rows
            .slice(0, most)
            .map((own) => [
              ...[placeOf(own.row), own.target, figure(own.given), figure(own.predicted)],
              figure(own.studentised, 3),
            ]),
        ];
  const [head, ...lines] = alignColumns(table);
  return [palette.bold(what), palette.dim(head!), ...lines];
}

function noteLines(
  title: string,
  rows: readonly NotedRow[],
  loss: string,
  placeOf: (row: number) => string,
  most: number,
  palette: Palette,
): string[] {
  const [head, ...lines] = alignColumns([
    ['row', 'truth', 'predicted', loss, 'disagreement'],
    ...rows
      .slice(0, most)
      .map((own) => [
        ...[placeOf(own.row), valueText(own.truth), valueText(own.predicted)],
        ...[figure(own.loss), figure(own.disagreement, 3)],
      ]),
  ]);
  return [palette.bold(title), palette.dim(head!), ...lines];
}

function valueText(value: string | readonly number[]): string {
  return typeof value === 'string' ? value : value.map((own) => figure(own)).join(', ');
}
