// Section 2: every score of the ensemble beside a member's and the baselines'.

import { intervalChart } from '../charts/interval-chart.js';
import type { Tone } from '../charts/theme.js';
import { html } from '../page/markup.js';
import type { Estimate, PageData, ScoresData, SetData } from '../page/page-data.js';
import { figuresMarkup, lead, type PageFigure, tableMarkup } from '../page/parts.js';
import { counted } from '../words.js';
import {
  estimateMarkup,
  idOf,
  levelText,
  type ReportSection,
  valueText,
  type Written,
  whereText,
} from './section.js';

const TONES: Readonly<Record<ScoresData['of'][number]['kind'], Tone>> = {
  calibrated: 's1',
  ensemble: 's1',
  member: 's2',
  baseline: 'member',
};
/** Charts: the first scores, where people look first. */
const MOST_CHARTS = 2;

export function scoresSection({ sets }: PageData): ReportSection | null {
  const scored = sets.filter(({ scores }) => scores !== null);
  if (scored.length === 0) return null;
  const figures = scored.slice(0, 1).flatMap(chartsOf);
  const tables = scored.map((set, at) => {
    const { metrics, of, level } = set.scores!;
    const caption = `${counted(set.rows, 'row')}: ${whereText(set)}${level === null ? '' : `, with ${levelText(level)} intervals over the choice of rows`}`;
    const rows = metrics.map((metric, place) => ({
      cells: [
        metric.title,
        ...of.map(({ kind, values }) => cellOf(kind, values[place] ?? null, metric.written)),
      ],
      main: place === 0,
    }));
    const table = tableMarkup(
      caption,
      [{ title: 'score' }, ...of.map(({ name }) => ({ title: name }))],
      rows,
    );
    return at === 0
      ? table
      : html`<details class="more"><summary>The same on ${whereText(set)}</summary>${table}</details>`;
  });
  const content = html`${lead('The ensemble beside what it is made of and what needs no ensemble. The mean member is what one training gives you; the best member can only be chosen after looking at these rows.')}${figuresMarkup(figures)}${tables}`;
  return { id: 'scores', title: 'Scores', content, figures };
}

/** Intervals of the ensemble alone; charts show those of the others. */
function cellOf(kind: ScoresData['of'][number]['kind'], estimate: Estimate | null, written: Written) {
  if (kind === 'ensemble' || kind === 'calibrated') return estimateMarkup(estimate, written);
  return valueText(estimate?.value ?? null, written);
}

/** A baseline this many times as far from the ensemble as all others would squeeze them into a corner. */
const FAR = 3;

/** Those that are drawn, and those too far off. */
function withinReach<Row extends { readonly value: number; readonly kind: string }>(
  rows: readonly Row[],
): [Row[], Row[]] {
  const [first] = rows;
  const distance = ({ value }: Row) => Math.abs(value - first!.value);
  const near = Math.max(...rows.filter(({ kind }) => kind !== 'baseline').map(distance));
  const isFar = (row: Row) => row.kind === 'baseline' && near > 0 && distance(row) > FAR * near;
  return [rows.filter((row) => !isFar(row)), rows.filter(isFar)];
}

/** Of the first scores that most of those compared have. */
function chartsOf(set: SetData): PageFigure[] {
  const { metrics, of } = set.scores!;
  const all = metrics.map((metric, at) => ({
    metric,
    rows: of.flatMap(({ name, kind, values }) => {
      const estimate = values[at] ?? null;
      return estimate === null ? [] : [{ name, kind, tone: TONES[kind], ...estimate }];
    }),
  }));
  const intervals = (rows: (typeof all)[number]['rows']) =>
    rows.length + rows.filter(({ low }) => low !== null).length;
  const most = Math.max(...all.map(({ rows }) => intervals(rows)));
  const full = all.filter(({ rows }) => rows.length > 1 && intervals(rows) === most);
  const shown = full.slice(0, MOST_CHARTS);
  return shown.map(({ metric, rows }) => {
    const title = `${capital(metric.title)}, ${whereText(set)}`;
    const sign = metric.better === 'more' ? -1 : 1;
    const best = [...rows].sort((a, b) => sign * (a.value - b.value))[0]!;
    const value = valueText(best.value, metric.written);
    const first = `${capital(best.name)} does best with ${value}; ${metric.better} is better. Lines are intervals over the choice of rows.`;
    const x = {
      label: metric.title,
      written: metric.written === 'share' ? ('percent' as const) : ('number' as const),
    };
    const [drawn, far] = withinReach(rows);
    const beyond = far
      .map(({ name, value: own }) => `${name} (${valueText(own, metric.written)})`)
      .join(', ');
    const caption = `${first}${beyond === '' ? '' : ` Beyond the chart: ${beyond}.`}`;
    const svg = intervalChart({ title, description: caption, x, rows: drawn });
    const numbers = {
      head: ['what', metric.name, 'low', 'high'],
      rows: rows.map(({ name, value: own, low, high }) => [name, own, low, high]),
    };
    return { id: idOf(set, `score-${metric.name}`), title, caption, svg, numbers };
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
