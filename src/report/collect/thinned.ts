// Curves of thousands of points as few as a drawing needs.

import type { LinePoint } from '../charts/chart-data.js';

/** Points of a curve. */
const CURVE_POINTS = 100;

/**
 * The points that a drawing needs: the ends, and of those between no two in one hundredth of the way along the curve,
 * measured as it is drawn.
 */
export function thinned(points: readonly LinePoint[], most = CURVE_POINTS): LinePoint[] {
  if (points.length <= most) return points.map(rounded);
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const width = spanOf(xs) || 1;
  const height = spanOf(ys) || 1;
  const lengths = points.map((point, at) => {
    const before = points[at - 1] ?? point;
    return Math.abs(point.x - before.x) / width + Math.abs(point.y - before.y) / height;
  });
  const step = lengths.reduce((sum, length) => sum + length, 0) / (most - 2);
  let travelled = 0;
  let next = 0;
  return points.flatMap((point, at) => {
    travelled += lengths[at]!;
    if (at > 0 && at < points.length - 1 && travelled < next) return [];
    next = travelled + step;
    return [rounded(point)];
  });
}

function spanOf(values: readonly number[]): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}

function rounded({ x, y }: LinePoint): LinePoint {
  return { x: Number(x.toPrecision(5)), y: Number(y.toPrecision(5)) };
}
