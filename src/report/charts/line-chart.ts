// Lines over numbers: curves over k, learning curves, ROC, reliability, coverage. Bands, dots and dashes where they mean
// something.

import { type Axis, axisMarks, domainOf, scaleOf } from './axes.js';
import type { LinePoint } from './chart-data.js';
import { heightOf, legendMarks, type Named } from './legend.js';
import { CHARACTER, type ChartText, drawn, Plot } from './plot.js';
import { type Tone, tone } from './theme.js';

export interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
  readonly tone: Tone;
  /** @default 2 */
  readonly width?: number;
  readonly dashed?: boolean;
  /** A dot at each point. */
  readonly dots?: boolean;
  /** Level up to the next point, as of empirical curves. */
  readonly step?: boolean;
  /** Dots alone, with their ends as bars. */
  readonly noLine?: boolean;
  /** Not in the legend: one of many that are named together. */
  readonly unnamed?: boolean;
  /** @default 1 */
  readonly opacity?: number;
}

export interface LineChart extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn in this order, so the important ones come last. */
  readonly lines: readonly Line[];
  /** Straight lines for comparison, across the whole chart. */
  readonly levels?: readonly { readonly name: string; readonly y: number; readonly tone: Tone }[];
  /** From corner to corner: what chance, or perfection, would be. */
  readonly diagonal?: boolean;
  readonly height?: number;
}

export function lineChart(chart: LineChart): string {
  const { x, y, lines, levels = [], diagonal = false, height = 300 } = chart;
  const finite = lines.map((line) => ({ ...line, points: line.points.filter(isDrawable(x, y)) }));
  const points = finite.flatMap((line) => line.points);
  const heights = [
    ...points.flatMap(({ y: at, low = at, high = at }) => [at, low, high]),
    ...levels.map((level) => level.y),
  ];
  const named = finite.filter((line) => line.unnamed !== true).reverse();
  const legend = [
    ...named.map((line) => ({ ...line, drawn: drawnAs(line) })),
    ...levels.map((level) => ({ ...level, drawn: 'ring' as const })),
  ];
  const legendHeight = heightOf(legend);
  const [left, right, top] = [leftMargin(y, heights), 20, 34 + legendHeight];
  return drawn(chart, {
    height: height + legendHeight,
    ...{ marginLeft: left, marginRight: right, marginTop: top, marginBottom: 42 },
    x: scaleOf(
      x,
      points.map((point) => point.x),
    ),
    y: { ...scaleOf(y, heights), nice: y.domain === undefined && y.scale !== 'log' },
    r: { type: 'identity' },
    marks: [
      ...axisMarks(x, y, left),
      ...(diagonal ? [diagonalMark(x, y)] : []),
      ...levels.map((level) =>
        Plot.ruleY([level.y], { stroke: tone(level.tone), strokeDasharray: '2 4', strokeWidth: 1.5 }),
      ),
      ...finite.flatMap(lineMarks),
      ...legendMarks(legend, left, top),
    ],
  });
}

function isDrawable(x: Axis, y: Axis) {
  return (point: LinePoint) =>
    Number.isFinite(point.x) &&
    Number.isFinite(point.y) &&
    (x.scale !== 'log' || point.x > 0) &&
    (y.scale !== 'log' || point.y > 0);
}

function lineMarks(line: Line) {
  const { points, width = 2, opacity = 1 } = line;
  const stroke = tone(line.tone);
  const data = [...points];
  const bands = data.filter(({ low, high }) => low !== undefined && high !== undefined);
  const dash = line.dashed === true ? { strokeDasharray: '5 4' } : {};
  const curve = line.step === true ? ({ curve: 'step-after' } as const) : {};
  return [
    ...(bands.length === 0
      ? []
      : bands.length === 1 || line.noLine === true
        ? [
            Plot.ruleX(bands, {
              x: 'x',
              y1: 'low',
              y2: 'high',
              stroke,
              strokeOpacity: 0.45,
              strokeWidth: 1.5,
            }),
          ]
        : [Plot.areaY(bands, { x: 'x', y1: 'low', y2: 'high', fill: stroke, fillOpacity: 0.16 })]),
    ...(line.noLine === true || data.length < 2
      ? []
      : [
          Plot.lineY(data, {
            x: 'x',
            y: 'y',
            stroke,
            strokeWidth: width,
            strokeOpacity: opacity,
            ...dash,
            ...curve,
          }),
        ]),
    ...(line.dots === true || data.length === 1
      ? [
          Plot.dot(data, {
            x: 'x',
            y: 'y',
            fill: stroke,
            r: ({ size = 3.5 }: LinePoint) => size,
            stroke: tone('panel'),
            strokeWidth: 1,
          }),
        ]
      : []),
  ];
}

/** How a legend shows it. */
function drawnAs({ noLine, dashed }: Line): Named['drawn'] {
  if (noLine === true) return 'dot';
  return dashed === true ? 'ring' : 'square';
}

function diagonalMark(x: Axis, y: Axis) {
  const [x1, x2] = domainOf(x, []) ?? [0, 1];
  const [y1, y2] = domainOf(y, []) ?? [0, 1];
  return Plot.link([0], { x1, x2, y1, y2, stroke: tone('faint'), strokeDasharray: '2 4' });
}

/** Room for the longest number of an axis. */
export function leftMargin(y: Axis, values: readonly number[]): number {
  const domain = domainOf(y, values) ?? [0, 1];
  const texts = [...domain, (domain[0] + domain[1]) / 2].map((value) =>
    y.written === 'percent' ? '100 %' : String(Number(value.toPrecision(3))),
  );
  return 14 + CHARACTER * Math.max(3, ...texts.map((text) => Math.min(text.length, 8)));
}
