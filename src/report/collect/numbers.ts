// Regression target by target: predicted beside true, how residuals are spread, and whether they grow along the target.

import { normalQuantile } from '../../math/normal.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { NumbersData } from '../page/page-data.js';
import { histogramOf } from './histogram.js';

/** Rows that are drawn, evenly taken from all; hexagons count them, and their numbers are in the page. */
const MOST_DRAWN = 1500;
const RESIDUAL_BINS = 40;
const QUANTILES = 99;
const PARTS = 5;
/** Targets that are shown. */
const MOST_TARGETS = 4;

export function numbersOf(known: KnownRows): NumbersData[] {
  if (known.task.kind !== 'regression') return [];
  return known.task.targets
    .slice(0, MOST_TARGETS)
    .map((name, target) => numbersOfTarget(known, name, target));
}

function numbersOfTarget(
  { rows, outputs, truth, combined }: KnownRows,
  name: string,
  target: number,
): NumbersData {
  const real = Float64Array.from({ length: rows }, (_, row) => truth.targets[row * outputs + target]!);
  const said = Float64Array.from({ length: rows }, (_, row) => combined.mean[row * outputs + target]!);
  const residuals = real.map((value, row) => value - said[row]!);
  const step = Math.max(1, Math.ceil(rows / MOST_DRAWN));
  const points = [];
  for (let row = 0; row < rows; row += step) points.push({ x: short(real[row]!), y: short(said[row]!) });
  return {
    ...{ name, points, shown: points.length },
    residuals: histogramOf(name, residuals, RESIDUAL_BINS, centred(residuals)),
    quantiles: quantilesOf(residuals),
    byQuantile: byQuantile(real, said),
  };
}

function short(value: number): number {
  return Number(value.toPrecision(5));
}

/** A range with 0 in its middle. */
function centred(values: Float64Array): [number, number] {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  return [-most, most];
}

/** Quantiles of the residuals, in their standard deviations, against those of a normal distribution. */
function quantilesOf(residuals: Float64Array) {
  const { length } = residuals;
  const mean = residuals.reduce((sum, value) => sum + value, 0) / length;
  const deviation = Math.sqrt(residuals.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length);
  if (length < 3 || deviation === 0) return [];
  const sorted = residuals.slice().sort();
  const count = Math.min(QUANTILES, length);
  return Array.from({ length: count }, (_, at) => {
    const share = (at + 0.5) / count;
    const value = sorted[Math.min(length - 1, Math.floor(share * length))]!;
    return {
      x: Number(normalQuantile(share).toFixed(4)),
      y: Number(((value - mean) / deviation).toFixed(4)),
    };
  });
}

/** Rows by the fifth of the true values they are in. */
function byQuantile(real: Float64Array, said: Float64Array): NumbersData['byQuantile'] {
  const order = Uint32Array.from(real.keys()).sort((a, b) => real[a]! - real[b]! || a - b);
  const parts = Math.min(PARTS, order.length);
  return Array.from({ length: parts }, (_, part) => {
    const own = order.subarray(
      Math.floor((part * order.length) / parts),
      Math.floor(((part + 1) * order.length) / parts),
    );
    let [sum, squares] = [0, 0];
    for (const row of own) {
      const error = said[row]! - real[row]!;
      sum += error;
      squares += error * error;
    }
    return {
      ...{ from: real[own[0]!]!, to: real[own.at(-1)!]!, rows: own.length },
      ...{ meanError: sum / own.length, rmse: Math.sqrt(squares / own.length) },
    };
  });
}
