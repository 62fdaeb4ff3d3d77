// How numbers are spread: counts over bins, of one kind of rows or of two before each other.

import { type Axis, axisMarks } from './axes.js';
import type { Histogram } from './chart-data.js';
import { heightOf, legendMarks } from './legend.js';
import { leftMargin } from './line-chart.js';
import { type ChartText, drawn, Plot } from './plot.js';
import { type Tone, tone } from './theme.js';

export interface HistogramChart extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  readonly of: readonly (Histogram & { readonly tone: Tone })[];
  readonly height?: number;
}

export function histogramChart(chart: HistogramChart): string {
  const { x, y, of, height = 300 } = chart;
  const legend =
    of.length < 2
      ? []
      : of.map((one, at) => ({ ...one, drawn: at === 0 ? ('square' as const) : ('ring' as const) }));
  const [left, top] = [
    leftMargin(
      y,
      of.flatMap(({ counts }) => counts),
    ),
    30 + heightOf(legend),
  ];
  return drawn(chart, {
    height: height + heightOf(legend),
    ...{ marginLeft: left, marginRight: 20, marginTop: top, marginBottom: 42 },
    x: { label: null, ...(x.domain === undefined ? {} : { domain: [...x.domain] }) },
    y: { label: null, nice: true, zero: true },
    marks: [
      ...axisMarks(x, y, left),
      ...of.map((one, at) => (at === 0 ? filled(one) : outlined(one))),
      Plot.ruleY([0], { stroke: tone('soft') }),
      ...legendMarks(legend, left, top),
    ],
  });
}

function filled(one: HistogramChart['of'][number]) {
  const fill = tone(one.tone);
  return Plot.rectY(binsOf(one), { x1: 'from', x2: 'to', y: 'count', fill, fillOpacity: 0.6, inset: 0.5 });
}

/** Before what is filled, so that neither hides the other. */
function outlined(one: HistogramChart['of'][number]) {
  const bins = binsOf(one);
  const corners = bins.flatMap(({ from, to, count }) => [
    { x: from, y: count },
    { x: to, y: count },
  ]);
  return Plot.lineY([{ x: one.low, y: 0 }, ...corners, { x: one.high, y: 0 }], {
    ...{ x: 'x', y: 'y', stroke: tone(one.tone), strokeWidth: 1.8 },
  });
}

function binsOf({ low, high, counts }: Histogram) {
  const width = (high - low) / counts.length;
  return counts.map((count, at) => ({ from: low + at * width, to: low + (at + 1) * width, count }));
}
