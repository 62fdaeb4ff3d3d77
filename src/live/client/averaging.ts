// What v and c foretell of the mean of so many members, as every figure of it draws it.

import type { ChartLine } from './chart.js';

/** Squared error of the mean: v/k + (k − 1) c/k. */
export function averagedError(v: number, c: number, members: number): number {
  return v / members + ((members - 1) * c) / members;
}

/** The axes of such a figure. */
export const AVERAGING_AXES = { x: 'Members averaged (logarithmic)', y: 'Squared error', isLogX: true };

/** c, which no mean gets below, and what the mean of one to all members that are planned comes to. */
export function foretoldLines(v: number, c: number, planned: number): ChartLine[] {
  const sizes = Array.from({ length: 60 }, (_, at) => Math.max(2, planned) ** (at / 59));
  return [
    { points: sizes.map((size) => [size, c]), tone: 'soft', width: 1.2, dash: '2 4' },
    { points: sizes.map((size) => [size, averagedError(v, c, size)]), tone: 's1', width: 2, dash: '6 4' },
  ];
}
