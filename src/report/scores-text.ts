// Every score of an ensemble with its interval, as lines: one for each score, a column for each set of rows; and which
// classes were taken for which.

import type { Metric } from '../measure/metrics/metric.js';
import { metrics } from '../measure/metrics/metrics.js';
import type { RowScore, RowScores } from '../measure/scores/row-scores.js';
import type { NamedMeasurement } from './named-measurement.js';
import type { Palette } from './palette.js';
import { metricText } from './score-columns.js';
import { alignColumns, type TextRow } from './text-table.js';
import { figure, levelText } from './words.js';

/** Classes whose confusion fits a screen. */
const MOST_CLASSES = 12;

/** The parts of the Brier score, which have one line together. */
const PARTS = ['reliability', 'resolution', 'uncertainty', 'binningResidual'];

/** The scores of sets of rows side by side; nothing where none were taken. */
export function scoresLines(all: readonly NamedMeasurement[], palette: Palette): string[] {
  const measured = all.flatMap(({ name, measurement: { scores } }) =>
    scores === null ? [] : [{ name, scores }],
  );
  const first = measured[0]?.scores;
  if (first === undefined) return [];
  const shown = first.scores.filter(({ name }) => metrics.has(name) && !PARTS.includes(name));
  const rows = shown.flatMap(({ name, title }): TextRow[] => {
    const own = measured.map(({ scores }) => scoreOf(scores, name));
    if (own.every((score) => score === null || score.value === null)) return [];
    const row: TextRow = [title, ...own.map((score) => scoreText(metrics.get(name), score))];
    return name === 'squaredError' ? [row, ...partsRow(measured.map(({ scores }) => scores))] : [row];
  });
  const level = measured.find(({ scores }) => scores.level !== null)?.scores.level ?? null;
  const weighted = measured.some(({ scores }) => scores.weighted) ? ', rows by their weights' : '';
  const interval = level === null ? '' : ` [${levelText(level)} interval]`;
  const head = [`Scores${weighted}${interval}`, ...measured.map(({ name }) => name)];
  const [heading, ...lines] = alignColumns([head, ...rows], '   ');
  return [palette.bold(heading!), ...lines.map((line) => `  ${line}`), ...lackLines(first)];
}

function scoreOf({ scores }: RowScores, name: string): RowScore | null {
  return scores.find((score) => score.name === name) ?? null;
}

function scoreText(metric: Metric, score: RowScore | null): string {
  if (score === null || score.value === null) return '–';
  const value = metricText(metric, score.value);
  if (score.interval === null) return value;
  const { low, high } = score.interval;
  const ends =
    metric.written === 'share'
      ? [low, high].map((end) => (100 * end).toFixed(1))
      : [low, high].map((end) => figure(end, 3));
  return `${value} [${ends.join(', ')}]`;
}

/** `0.0322 − 0.6728 + 0.8999 + 0.0001`, of what the Brier score is made. */
function partsRow(all: readonly RowScores[]): TextRow[] {
  const cells = all.map((scores) => {
    const parts = PARTS.map((name) => scoreOf(scores, name)?.value ?? null);
    const [reliability, resolution, uncertainty, rest] = parts;
    if (parts.includes(null)) return '–';
    const last = `${rest! < 0 ? '−' : '+'} ${figure(Math.abs(rest!), 3)}`;
    return `${figure(reliability, 3)} − ${figure(resolution, 3)} + ${figure(uncertainty, 3)} ${last}`;
  });
  return cells.every((cell) => cell === '–')
    ? []
    : [['  reliability − resolution + uncertainty + within bins', ...cells]];
}

/** Scores without a value, by why they have none. */
function lackLines({ scores }: RowScores): string[] {
  const reasons = new Map<string, string[]>();
  for (const { title, lacks } of scores) {
    if (lacks !== undefined) reasons.set(lacks, [...(reasons.get(lacks) ?? []), title]);
  }
  return [...reasons].map(([lacks, titles]) => `  No ${titles.join(', ')}: ${lacks}`);
}

/** Which classes were taken for which, of few classes; nothing of numbers. @param classes their names, in their order */
export function confusionLines(
  { confusion }: RowScores,
  classes: readonly string[],
  palette: Palette,
): string[] {
  if (confusion === null || confusion.length > MOST_CLASSES || classes.length !== confusion.length) return [];
  const rows: TextRow[] = [
    ['Taken for', ...classes],
    ...confusion.map(
      (cells, label): TextRow => [
        classes[label]!,
        ...cells.map((cell) => figure(cell, 6).replace(/\.0+$/, '')),
      ],
    ),
  ];
  const [head, ...lines] = alignColumns(rows);
  return [palette.bold(head!), ...lines];
}
