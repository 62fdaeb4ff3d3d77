// A leaderboard as lines for people: the members in their order, and what the contributions say.

import type { Metric } from '../measure/metrics/metric.js';
import { metrics } from '../measure/metrics/metrics.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import type { Leaderboard, LeaderboardMember } from '../studies/leaderboard/leaderboard.js';
import type { Palette } from './palette.js';
import { columnsOf, metricText, valueTexts } from './score-columns.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure, rangeText } from './words.js';

/** @param name what the rows are called. */
export function leaderboardLines(board: Leaderboard, name: string, palette: Palette): string[] {
  const metric = metrics.get(board.metric);
  const { title } = aggregators.get(board.aggregator);
  const count = board.members.length;
  const score = board.score === null ? '–' : metricText(metric, board.score);
  const rows = alignColumns([heads(board, metric), ...board.members.map((own) => cells(board, own, metric))]);
  const [head, ...lines] = rows;
  return [
    palette.bold(
      `${name}, ${counted(board.rows, 'row')}: ${metric.title} ${score} of the ${title} of ${counted(count, 'member')}`,
    ),
    palette.dim(`  ${head}`),
    ...lines.map((line) => `  ${line}`),
    ...explained(board, metric),
  ];
}

/** The other scores that have columns, of one number each. */
function otherColumns({ ensemble, metric }: Leaderboard): readonly Metric[] {
  const task = ensemble?.accuracy === null ? 'regression' : 'classification';
  return columnsOf('scores', task).filter((own) => own.name !== metric && own.values === 'one');
}

function heads(board: Leaderboard, metric: Metric): TextRow {
  const options = board.members.some((own) => own.options.length > 0);
  const timed = board.members.some(({ msPerRow }) => msPerRow !== null);
  return [
    'member',
    ...[metric.title, ...otherColumns(board).map(({ title }) => title)],
    ...['ρ with the rest', 'contribution', 'epochs'],
    ...(timed ? ['µs a row'] : []),
    ...(options ? ['options'] : []),
  ];
}

function cells(board: Leaderboard, own: LeaderboardMember, metric: Metric): TextRow {
  const { score, rho, epochs, msPerRow, options, scores } = own;
  const timed = board.members.some((member) => member.msPerRow !== null);
  return [
    nameOf(board, own),
    score === null ? '–' : metricText(metric, score),
    ...otherColumns(board).map((other) => (scores === null ? '–' : valueTexts(other, scores)[0]!)),
    figure(rho, 3),
    contributionText(own, metric),
    epochs === 0 ? '–' : `${epochs}`,
    ...(timed ? [msPerRow === null ? '–' : figure(1000 * msPerRow, 3)] : []),
    ...(options.length === 0 ? [] : [options.join('; ')]),
  ];
}

/** Its place in the plan, and what it is where members are of several kinds. */
function nameOf({ members }: Leaderboard, { index, kind }: LeaderboardMember): string {
  return members.every((own) => own.kind === kind) ? `${index}` : `${index} ${kind}`;
}

function contributionText({ contribution, standardError }: LeaderboardMember, metric: Metric): string {
  if (contribution === null) return '–';
  const sign = contribution > 0 ? '+' : contribution < 0 ? '−' : '';
  const size = metricText(metric, Math.abs(contribution));
  return `${sign}${size}${standardError === null ? '' : ` ± ${metricText(metric, standardError)}`}`;
}

/** Members that add or cost more than chance in the rows makes of one member alone. */
const STANDARD_ERRORS = 2;

function explained({ members }: Leaderboard, { title }: Metric): string[] {
  if (members.length === 1) {
    return ['One member: there is no rest to correlate with, and nobody is left without it.'];
  }
  const beyond = (sign: number) =>
    members
      .filter(({ contribution, standardError }) => {
        if (contribution === null || standardError === null) return false;
        return sign * contribution > STANDARD_ERRORS * standardError;
      })
      .map(({ index }) => index)
      .sort((a, b) => a - b);
  const [help, harm] = [beyond(1), beyond(-1)];
  const listed = (indices: readonly number[]) =>
    indices.length === 0 ? 'none' : `${counted(indices.length, 'member')} (${rangeText(indices)})`;
  const known = members.some(({ standardError }) => standardError !== null);
  return [
    `contribution: by how much the ensemble's ${title} is worse without the member${known ? ' (± standard error over rows)' : ''}`,
    ...(known
      ? [`By more than two standard errors, of help: ${listed(help)}; of harm: ${listed(harm)}.`]
      : []),
  ];
}
