// Values beside each other with their intervals, a row each: scores, importances, slices.

import { type Axis, scaleOf, written, xAxisMark } from './axes.js';
import { CHARACTER, type ChartText, drawn, Plot } from './plot.js';
import { type Tone, tone } from './theme.js';

export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly low?: number | null;
  readonly high?: number | null;
  /** @default 's1' */
  readonly tone?: Tone;
}

export interface IntervalChart extends ChartText {
  readonly x: Axis;
  readonly rows: readonly IntervalRow[];
  /** From zero to the value, for amounts; dots are for places on a scale. @default false */
  readonly bars?: boolean;
  /** A vertical line for comparison. */
  readonly level?: number | undefined;
}

/** Characters of a name that are shown. */
const LONGEST = 22;

export function intervalChart(chart: IntervalChart): string {
  const { x, rows, bars = false, level } = chart;
  // Names may be equal once they are cut, so places tell rows apart.
  const data = rows.map((row, at) => ({
    ...row,
    at,
    low: row.low ?? row.value,
    high: row.high ?? row.value,
  }));
  const values = data.flatMap(({ value, low, high }) => [value, low, high]);
  const names = rows.map(({ name }) => shortName(name));
  const longest = Math.max(4, ...names.map((name) => name.length));
  const colour = (row: IntervalRow) => tone(row.tone ?? 's1');
  const atText = (row: IntervalRow) => written(row.value, x);
  const marginRight = 16 + CHARACTER * Math.max(...data.map((row) => atText(row).length));
  return drawn(chart, {
    height: 58 + 26 * rows.length,
    ...{ marginLeft: 16 + CHARACTER * longest, marginRight, marginTop: 12, marginBottom: 42 },
    x: {
      ...scaleOf(x, [...values, ...(bars ? [0] : []), ...(level === undefined ? [] : [level])]),
      nice: x.domain === undefined,
    },
    y: { type: 'band', domain: data.map(({ at }) => at), label: null, padding: 0.35 },
    marks: [
      Plot.gridX({ stroke: tone('line'), strokeOpacity: 1, ticks: 4 }),
      xAxisMark(x, 4),
      Plot.axisY({
        color: tone('ink'),
        tickSize: 0,
        tickPadding: 8,
        label: null,
        tickFormat: (at: number) => names[at] ?? '',
      }),
      ...(level === undefined
        ? []
        : [Plot.ruleX([level], { stroke: tone('faint'), strokeDasharray: '2 4' })]),
      ...(bars
        ? [
            Plot.barX(data, { x1: 0, x2: 'value', y: 'at', fill: colour, fillOpacity: 0.75 }),
            Plot.ruleX([0], { stroke: tone('soft') }),
          ]
        : []),
      Plot.ruleY(data, {
        x1: 'low',
        x2: 'high',
        y: 'at',
        stroke: bars ? tone('ink') : colour,
        strokeWidth: bars ? 1.2 : 2.5,
      }),
      ...(bars
        ? []
        : [
            Plot.dot(data, {
              x: 'value',
              y: 'at',
              fill: colour,
              r: 5,
              stroke: tone('panel'),
              strokeWidth: 1.5,
            }),
          ]),
      Plot.text(data, {
        frameAnchor: 'right',
        y: 'at',
        dx: marginRight - 4,
        textAnchor: 'end',
        text: atText,
        fill: tone('ink'),
        fontVariant: 'tabular-nums',
      }),
    ],
  });
}

/** A name as short as charts have room for. */
export function shortName(name: string, longest = LONGEST): string {
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
}
