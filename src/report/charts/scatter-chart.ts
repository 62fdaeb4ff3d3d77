// Points: members by two figures, predicted beside true. Thousands are counted in hexagons, since no screen shows as many
// dots and no page should carry them.

import { type Axis, axisMarks, domainOf, scaleOf } from './axes.js';
import { leftMargin } from './line-chart.js';
import { type ChartText, drawn, Plot } from './plot.js';
import { type Tone, tone } from './theme.js';

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Stands beside it. */
  readonly name?: string;
  /** @default 's1' */
  readonly tone?: Tone;
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

export interface ScatterChart extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly ScatterPoint[];
  /** A straight line: where both are equal, or none is left. */
  readonly line?: Line;
  readonly height?: number;
}

/** Points that are drawn one by one. */
export const MOST_POINTS = 600;

export function scatterChart(chart: ScatterChart): string {
  const { x, y, line, height = 340 } = chart;
  const points = chart.points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const left = leftMargin(y, ys);
  const many = points.length > MOST_POINTS;
  const named = points.filter(({ name }) => name !== undefined);
  return drawn(chart, {
    height,
    ...{ marginLeft: left, marginRight: 20, marginTop: 34, marginBottom: 42 },
    x: { ...scaleOf(x, xs), nice: x.domain === undefined, insetLeft: 6, insetRight: 6 },
    y: { ...scaleOf(y, ys), nice: y.domain === undefined, insetTop: 6, insetBottom: 6 },
    marks: [
      ...axisMarks(x, y, left),
      ...(many ? [binned(points)] : [dots(points)]),
      ...(line === undefined ? [] : lineMark(line, domainOf(x, xs) ?? [0, 1], domainOf(y, ys) ?? [0, 1])),
      ...(named.length === 0 || named.length > 40
        ? []
        : [Plot.text(named, { x: 'x', y: 'y', text: 'name', dy: -11, fill: tone('soft'), fontSize: 10.5 })]),
    ],
    opacity: { range: [0.15, 0.9], type: 'sqrt' },
  });
}

function dots(points: readonly ScatterPoint[]) {
  const crowded = points.length > 60;
  return Plot.dot(points, {
    ...{ x: 'x', y: 'y', r: crowded ? 2.6 : 5, fill: (point: ScatterPoint) => tone(point.tone ?? 's1') },
    ...(crowded ? { fillOpacity: 0.5 } : { stroke: tone('panel'), strokeWidth: 1.2 }),
  });
}

function binned(points: readonly ScatterPoint[]) {
  return Plot.hexagon(
    points,
    Plot.hexbin(
      { fillOpacity: 'count' },
      { x: 'x', y: 'y', fill: tone('s1'), binWidth: 11, r: 5.5, stroke: 'none' },
    ),
  );
}

/** From where the line enters the frame to where it leaves it. */
function lineMark({ slope, intercept }: Line, xs: readonly [number, number], ys: readonly [number, number]) {
  const [first, last] = slope === 0 ? xs : [(ys[0] - intercept) / slope, (ys[1] - intercept) / slope];
  const [from, to] = [Math.max(xs[0], Math.min(first, last)), Math.min(xs[1], Math.max(first, last))];
  if (!(from < to)) return [];
  const ends = { x1: from, x2: to, y1: slope * from + intercept, y2: slope * to + intercept };
  return [
    Plot.link([ends], {
      x1: 'x1',
      x2: 'x2',
      y1: 'y1',
      y2: 'y2',
      stroke: tone('ink'),
      strokeDasharray: '4 4',
    }),
  ];
}
