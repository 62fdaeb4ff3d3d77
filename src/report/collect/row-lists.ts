// The rows to look at: those predicted worst, those members disagree on most, and those whose label may be wrong.

import { hardRows, type NotedRow } from '../../explain/hard-rows.js';
import { type SuspectRows, suspectRows } from '../../explain/suspect-rows.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { RowList } from '../page/page-data.js';
import { counted, figure, percent } from '../words.js';

const SHOWN = 8;

/**
 * @param places each row's place in its source, from 0; null where it is its place in the dataset.
 * @param weights averaging weights of the members; null: equal ones.
 */
export function rowListsOf(
  known: KnownRows,
  places: Uint32Array | null,
  weights: readonly number[] | null,
): RowList[] {
  const classes = known.task.kind === 'classification';
  const placeOf = (row: number) => String((places?.[row] ?? row) + 1);
  const { highestLoss, mostDisagreement } = hardRows(known, { most: SHOWN, weights });
  const head = classes
    ? ['row', 'true', 'predicted', 'probability of the true']
    : ['row', 'true', 'predicted'];
  const cells = ({ row, truth, predicted, probability }: NotedRow) => [
    placeOf(row),
    textOf(truth),
    textOf(predicted),
    ...(probability === null ? [] : [percent(probability, 1)]),
  ];
  const lists: RowList[] = [
    {
      ...{ id: 'losses', title: 'Highest loss', columns: [...head, classes ? 'log-loss' : 'squared error'] },
      says: classes
        ? 'Rows whose true class got the least probability: hard cases, or wrong labels.'
        : 'Rows whose prediction lies farthest from the truth.',
      rows: highestLoss.map((row) => [...cells(row), figure(row.loss)]),
    },
  ];
  if (mostDisagreement !== null && known.members.length > 1) {
    const what = classes ? 'mutual information, nats' : 'variance of members';
    lists.push({
      ...{ id: 'disagreement', title: 'Members disagree', columns: [...head, what] },
      says: 'Rows on which members differ most: more data like them would teach the ensemble most.',
      rows: mostDisagreement.map((row) => [...cells(row), figure(row.disagreement)]),
    });
  }
  const suspects = suspectList(suspectRows(known), placeOf);
  return suspects === null ? lists : [...lists, suspects];
}

function textOf(value: NotedRow['truth']): string {
  return typeof value === 'string'
    ? value
    : value
        .slice(0, 3)
        .map((own) => figure(own))
        .join(', ');
}

function suspectList(suspects: SuspectRows, placeOf: (row: number) => string): RowList | null {
  if (suspects.rows.length === 0) return null;
  const more = (total: number) =>
    total > SHOWN ? ` The most suspicious of ${counted(total, 'row')} are shown.` : '';
  const common = { id: 'suspects', title: 'Suspected errors in the data' };
  if (suspects.kind === 'classes') {
    return {
      ...common,
      says: `Labels that the ensemble does not believe, by confident learning; about ${percent(suspects.estimatedShare, 1)} of the labels are wrong by its estimate.${more(suspects.rows.length)}`,
      columns: ['row', 'label', 'suggested', 'probability of the label', 'of the suggested'],
      rows: suspects.rows
        .slice(0, SHOWN)
        .map(({ row, given, suggested, givenProbability, suggestedProbability }) => [
          ...[placeOf(row), given, suggested, percent(givenProbability, 1), percent(suggestedProbability, 1)],
        ]),
    };
  }
  return {
    ...common,
    says: `Values whose residual is larger than the largest of so many would be by chance.${more(suspects.rows.length)}`,
    columns: ['row', 'target', 'given', 'predicted', 'residual in deviations'],
    rows: suspects.rows
      .slice(0, SHOWN)
      .map(({ row, target, given, predicted, studentised }) => [
        ...[placeOf(row), target, figure(given), figure(predicted), figure(studentised, 3)],
      ]),
  };
}
