// Sections 10 to 12: rows to look at, and columns.

import { intervalChart } from '../charts/interval-chart.js';
import { lineChart } from '../charts/line-chart.js';
import { SERIES } from '../charts/theme.js';
import { html } from '../page/markup.js';
import type { DependenceData, FeaturesData, ImportanceData, PageData } from '../page/page-data.js';
import { figuresMarkup, lead, type PageFigure, tableMarkup } from '../page/parts.js';
import { counted, shortList } from '../words.js';
import { estimateMarkup, figure, levelText, type ReportSection, whereText } from './section.js';

export function rowsSection({ sets }: PageData): ReportSection | null {
  const [set] = sets;
  if (set === undefined || set.lists.length === 0) return null;
  const tables = set.lists.map(
    ({ title, says, columns, rows }) =>
      html`<h3>${title}</h3><p>${says}</p>${tableMarkup(
        `${title}, ${whereText(set)}`,
        columns.map((name, at) => ({
          title: name,
          number: at > 0 && (at === columns.length - 1 || name.startsWith('probability')),
        })),
        rows.map((cells) => ({ cells })),
      )}`,
  );
  const content = html`${lead(`Rows are numbered from 1 as they lie in ${set.source}.`)}${tables}`;
  return { id: 'rows', title: 'Rows to look at', content, figures: [] };
}

export function featuresSection({ features }: PageData): ReportSection | null {
  const { columns, drift } = features;
  if (columns.length === 0) return null;
  const { importance, dependence } = features;
  const figures = [
    ...(importance === null || importance.columns.length === 0 ? [] : [importanceFigure(importance)]),
    ...dependence.map(dependenceFigure),
    ...(drift.length === 0 ? [] : [driftFigure(drift)]),
  ];
  const numeric = columns.filter(({ kind }) => kind === 'numeric').length;
  const categorical = columns.filter(({ kind }) => kind === 'categorical').length;
  const constant = columns.filter(({ kind }) => kind === 'constant');
  const filled = columns.filter((column) => column.filled);
  const sentences = [
    `${counted(columns.length, 'column')}: ${counted(numeric, 'of numbers', 'of numbers')}, ${counted(categorical, 'of categories', 'of categories')}.`,
    ...(constant.length === 0
      ? []
      : [
          `${counted(constant.length, 'column')} had one value in all training rows and ${constant.length === 1 ? 'says' : 'say'} nothing: ${shortList(
            constant.map(({ name }) => name),
            8,
          )}.`,
        ]),
    ...(filled.length === 0
      ? []
      : [
          `Missing cells are filled in ${shortList(
            filled.map(({ name }) => name),
            8,
          )}.`,
        ]),
  ];
  const content = html`${lead(sentences.join(' '))}${figuresMarkup(figures)}`;
  return { id: 'features', title: 'Columns', content, figures };
}

/** Bars of what the score loses, as far as most members agree. */
function importanceFigure({
  columns,
  title: metric,
  rowsFrom,
  rows,
  repeats,
  of,
}: ImportanceData): PageFigure {
  const where = rowsFrom === 'heldOut' ? 'test rows' : 'training rows, out of bag';
  const title = `Importance of columns, ${where}`;
  const [first] = columns;
  const caption = `How much worse ${metric} becomes when a column’s cells are shuffled among ${counted(rows, 'row')}, mean of ${repeats}${of > columns.length ? `; the first ${columns.length} of ${of}` : ''}. ${first!.name} matters most. Lines: one standard deviation over members either way.`;
  const chartRows = columns.map(({ name, importance, memberSpread }) => ({
    ...{ name, value: importance },
    low: memberSpread === null ? null : importance - memberSpread,
    high: memberSpread === null ? null : importance + memberSpread,
  }));
  const svg = intervalChart({
    title,
    description: caption,
    bars: true,
    x: { label: `${metric}: worse by` },
    rows: chartRows,
  });
  const numbers = {
    head: ['column', 'importance', 'sd_over_repeats', 'mean_of_members', 'sd_over_members'],
    rows: columns.map(({ name, importance, repeatSpread, memberMean, memberSpread }) => [
      name,
      importance,
      repeatSpread,
      memberMean,
      memberSpread,
    ]),
  };
  return { id: 'importance', title, caption, svg, numbers };
}

function dependenceFigure({ column, kind, outputs, values, rows }: DependenceData, at: number): PageFigure {
  const title = `Predictions by ${column}`;
  const caption = `The mean prediction of ${counted(rows, 'row')} with ${column} set to each value, all else as it is (partial dependence). Bands: one standard deviation over members.`;
  const numeric = kind === 'numeric';
  const svg = numeric
    ? lineChart({
        ...{ title, description: caption, x: { label: column } },
        y: { label: outputs.length === 1 ? outputs[0]!.name : 'probability' },
        lines: outputs.map(({ name, points }, series) => ({
          name,
          points,
          tone: SERIES[series]!,
          unnamed: outputs.length === 1,
        })),
      })
    : intervalChart({
        ...{ title, description: caption, x: { label: outputs[0]!.name } },
        rows: outputs[0]!.points.map(({ y, low = null, high = null }, place) => ({
          name: values[place]!,
          value: y,
          low,
          high,
        })),
      });
  const numberRows = outputs.flatMap(({ name, points }) =>
    points.map(({ x, y, low = null, high = null }, place) => [
      name,
      numeric ? x : values[place]!,
      y,
      low,
      high,
    ]),
  );
  const numbers = { head: ['output', column, 'mean', 'low', 'high'], rows: numberRows };
  return { id: `dependence-${at + 1}`, title, caption, svg, numbers };
}

export function slicesSection({ sets }: PageData): ReportSection | null {
  const [set] = sets;
  if (set?.slices == null || set.slices.lookedAt === 0) return null;
  const { metric, score, lookedAt, level, minRows, slices } = set.slices;
  const looked = `${counted(lookedAt, 'slice')} of one column, of at least ${minRows} rows each, were looked at (${whereText(set)}).`;
  if (slices.length === 0) {
    const content = lead(`${looked} None is worse than the rest beyond chance.`);
    return { id: 'slices', title: 'Slices', content, figures: [] };
  }
  const title = `Slices with the worst ${metric}, ${whereText(set)}`;
  const caption = `Rows that have something in common and are predicted worse than the others; the dotted line is all rows, lines are ${levelText(level)} intervals.`;
  const rows = slices.map(({ label, value, low, high }) => ({
    name: label,
    value,
    low,
    high,
    tone: 's2' as const,
  }));
  const svg = intervalChart({ title, description: caption, x: { label: metric }, rows, level: score });
  const numbers = {
    head: ['slice', metric, 'low', 'high', 'rows', 'rest', 'chance'],
    rows: slices.map(({ label, value, low, high, rows: n, rest, chanceOfAny }) => [
      label,
      value,
      low,
      high,
      n,
      rest,
      chanceOfAny,
    ]),
  };
  const figures = [{ id: 'slices', title, caption, svg, numbers }];
  const table = tableMarkup(
    title,
    ['slice', 'rows', metric, 'of all other rows', 'chance of any such'].map((name) => ({ title: name })),
    slices.map((slice) => ({
      cells: [
        slice.label,
        String(slice.rows),
        estimateMarkup(slice, 'number'),
        figure(slice.rest),
        figure(slice.chanceOfAny, 2),
      ],
    })),
  );
  const content = html`${lead(`${looked} ${counted(slices.length, 'slice')} ${slices.length === 1 ? 'is' : 'are'} worse than the rest beyond chance, all of them together held to ${levelText(level)}.`)}${figuresMarkup(figures)}${table}`;
  return { id: 'slices', title: 'Slices', content, figures };
}

function driftFigure(drift: FeaturesData['drift']): PageFigure {
  const title = 'Drift of columns from training to test rows';
  const expected = drift[0]!.expected;
  const moved = drift.filter(({ distance, expected: own }) => distance > own);
  const caption = `The largest distance between a column’s distribution functions, 0 to 1. ${
    moved.length === 0
      ? 'No column lies beyond the dotted line, which chance alone passes once in a hundred.'
      : `${counted(moved.length, 'column')} ${moved.length === 1 ? 'lies' : 'lie'} beyond the dotted line, which chance alone passes once in a hundred: ${shortList(
          moved.map(({ name }) => name),
          3,
        )}.`
  }`;
  const svg = intervalChart({
    ...{
      title,
      description: caption,
      bars: true,
      level: expected,
      x: { label: 'distance of distributions' },
    },
    rows: drift.map(({ name, distance, expected: own }) => ({
      name,
      value: distance,
      tone: distance > own ? ('s2' as const) : ('s1' as const),
    })),
  });
  const rows = drift.map(({ name, distance, expected: own, meanShift }) => [name, distance, own, meanShift]);
  return {
    id: 'drift',
    title,
    caption,
    svg,
    numbers: { head: ['column', 'distance', 'by_chance', 'mean_shift_in_sd'], rows },
  };
}
