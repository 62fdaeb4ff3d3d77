// The axes of charts and how numbers stand on them.

import { figure, grouped } from '../words.js';
import { Plot } from './plot.js';
import { tone } from './theme.js';

export interface Axis {
  readonly label: string;
  /** How numbers are written. @default 'number' */
  readonly written?: 'number' | 'percent' | 'count';
  /** @default 'linear' */
  readonly scale?: 'linear' | 'log';
  /** What it shows at least. @default what the data has */
  readonly domain?: readonly [number, number] | undefined;
  /** Where numbers stand. @default chosen */
  readonly ticks?: readonly number[] | undefined;
}

/** A number as the axis writes it. */
export function written(value: number, { written: how = 'number' }: Pick<Axis, 'written'>): string {
  if (how === 'percent') return `${Number((100 * value).toPrecision(4))} %`;
  if (how === 'count') return grouped(Math.round(value));
  return figure(value, 3);
}

/** Texts at evenly spaced numbers: as short as tells them apart. */
function tickText(axis: Axis): (value: number) => string {
  if (axis.written === 'count') return (value) => grouped(value);
  if (axis.written === 'percent') return (value) => `${Number((100 * value).toPrecision(4))} %`;
  return (value) => (Math.abs(value) >= 1e5 ? value.toExponential(0) : String(Number(value.toPrecision(4))));
}

/** Grid, numbers and names of both axes. @param left margin of the frame, where the name of y begins. */
export function axisMarks(x: Axis, y: Axis, left: number) {
  return [
    Plot.gridY({ stroke: tone('line'), strokeOpacity: 1, ...ticksOf(y, 5) }),
    xAxisMark(x),
    Plot.axisY({
      ...{ color: tone('soft'), tickSize: 0, tickPadding: 6, label: null, tickFormat: tickText(y) },
      ...ticksOf(y, 5),
    }),
    Plot.text([y.label], {
      ...{ frameAnchor: 'top-left', textAnchor: 'start', dx: 4 - left, dy: -22, fill: tone('soft') },
    }),
  ];
}

/** @param count of numbers, about. */
export function xAxisMark(x: Axis, count = 6) {
  return Plot.axisX({
    ...{ color: tone('soft'), tickSize: 0, tickPadding: 6, tickFormat: tickText(x), ...ticksOf(x, count) },
    ...{ label: x.label, labelAnchor: 'center', labelArrow: 'none' },
  });
}

function ticksOf({ ticks }: Axis, count: number): object {
  return { ticks: ticks === undefined ? count : [...ticks] };
}

/** A scale of Plot's. @param values what is drawn along it. */
export function scaleOf(axis: Axis, values: Iterable<number>): object {
  const domain = domainOf(axis, values);
  return { type: axis.scale ?? 'linear', label: null, ...(domain === null ? {} : { domain }) };
}

/** From the least to the greatest of the values and what the axis shows at least; null where there is nothing. */
export function domainOf({ domain, scale }: Axis, values: Iterable<number>): [number, number] | null {
  let [low, high] = domain ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value) || (scale === 'log' && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  if (low < high) return [low, high];
  return scale === 'log'
    ? [low / 2, high * 2]
    : [low - 0.5 * (Math.abs(low) || 1), high + 0.5 * (Math.abs(high) || 1)];
}
