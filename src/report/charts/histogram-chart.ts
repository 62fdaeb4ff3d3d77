// How numbers are spread: counts over bins, of one kind of rows or of two before each other.

import { type Axis, axisMarks } from './axes.js';
import { heightOf, legendMarks } from './legend.js';
import { leftMargin } from './line-chart.js';
import { type ChartText, drawn, Plot } from './plot.js';
import { type Tone, tone } from './theme.js';

/** Counts of bins of equal width from `low` to `high`. */
export interface Histogram {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Rows, or their weight, in each bin. */
  readonly counts: readonly number[];
}

export interface HistogramChart extends ChartText {
  readonly x: Axis;
  readonly y: Axis;
  readonly of: readonly (Histogram & { readonly tone: Tone })[];
  readonly height?: number;
}

/** Counts numbers into bins. @param range from the least to the greatest where none is given. */
export function histogramOf(
  name: string,
  values: ArrayLike<number>,
  bins: number,
  range?: readonly [number, number],
): Histogram {
  let [low, high] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (range === undefined) {
    for (let at = 0; at < values.length; at++) {
      low = Math.min(low, values[at]!);
      high = Math.max(high, values[at]!);
    }
    if (!(low < high)) [low, high] = [low - 0.5, low + 0.5];
  }
  const counts = new Array<number>(bins).fill(0);
  for (let at = 0; at < values.length; at++) {
    const bin = Math.floor((bins * (values[at]! - low)) / (high - low));
    counts[Math.max(0, Math.min(bins - 1, bin))]!++;
  }
  return { name, low, high, counts };
}

export function histogramChart(chart: HistogramChart): string {
  const { x, y, of, height = 300 } = chart;
  const legend = of.length < 2 ? [] : of.map((one) => ({ ...one, stroke: '■' }));
  const [left, top] = [
    leftMargin(
      y,
      of.flatMap(({ counts }) => counts),
    ),
    26 + heightOf(legend),
  ];
  return drawn(chart, {
    height: height + heightOf(legend),
    ...{ marginLeft: left, marginRight: 20, marginTop: top, marginBottom: 42 },
    x: { label: null, ...(x.domain === undefined ? {} : { domain: [...x.domain] }) },
    y: { label: null, nice: true, zero: true },
    marks: [
      ...axisMarks(x, y, left),
      ...of.map((one) =>
        Plot.rectY(binsOf(one), {
          x1: 'from',
          x2: 'to',
          y: 'count',
          fill: tone(one.tone),
          fillOpacity: 0.55,
          inset: 0.5,
        }),
      ),
      Plot.ruleY([0], { stroke: tone('soft') }),
      ...legendMarks(legend, left, top),
    ],
  });
}

function binsOf({ low, high, counts }: Histogram) {
  const width = (high - low) / counts.length;
  return counts.map((count, at) => ({ from: low + at * width, to: low + (at + 1) * width, count }));
}
