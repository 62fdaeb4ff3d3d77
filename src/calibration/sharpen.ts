// Out-of-bag rows as all members would predict them. Fewer members make a sharper average, and so a calibration of theirs
// would be too flat for all: the average of more members is closer to their mean in itself.
//
// An average of members with shares s says logits that are the common ones and noise of a variance in proportion to
// u = Σ s², so that the temperature that suits it is linear in u (as regression on a noisy variable is attenuated): known at
// the mean u of the rows, and at u = 1 from a member alone, it follows for all members.

import { eachSlope, fitTemperature } from './fit-temperature.js';
import { type CalibrationRows, pick, squaresByGroup } from './rows.js';
import { normaliseAt } from './softmax.js';

/** What the rows say of the temperatures that suit averages of more and of fewer members. */
export interface Sharpening {
  /** Of all members; as near to 1 as chance may have taken it from there. */
  readonly temperature: number;
  /** Of a row whose members have such squared shares in all. */
  at(squaredShares: number): number;
}

/** A temperature is not taken to fall to less than this of the one that it is extrapolated from. */
const LEAST_SHARE = 1 / 4;

/** Null for rows of all members, and where no temperature suits what one member says, or what several do. */
export function sharpeningOf(rows: CalibrationRows): Sharpening | null {
  const { fewer, weights } = rows;
  if (fewer === null) return null;
  const alone = { ...rows, logits: fewer.logits };
  const [several, one] = [fitTemperature(rows)?.[0], fitTemperature(alone)?.[0]];
  if (several === undefined || one === undefined) return null;
  let mean = 0;
  for (let row = 0; row < rows.rows; row++) mean += (weights[row]! * fewer.squaredShares[row]!) / rows.rows;
  // Where every row has one member nothing says how they would change with more.
  const slope = mean < 0.99 ? (one - several) / (1 - mean) : 0;
  const at = (squaredShares: number) =>
    Math.max(LEAST_SHARE * several, several + slope * (squaredShares - mean));
  const stretch = mean < 0.99 ? (mean - fewer.ofAll) / (1 - mean) : Number.POSITIVE_INFINITY;
  const ofAll = at(fewer.ofAll);
  return { temperature: shrunk(ofAll, varianceOf(rows, alone, several, one, stretch)), at };
}

/** Standard errors within which a distance from 1 is taken for chance. */
const CHANCE = 2;

/**
 * As much of a temperature's distance from 1 as chance leaves: by Stein's rule of the positive part, of twice the standard
 * error, since what stays as it is does no harm.
 */
function shrunk(temperature: number, variance: number): number {
  const distance = temperature - 1;
  const chance = CHANCE * CHANCE * variance;
  return distance === 0 ? 1 : 1 + distance * Math.max(0, 1 - chance / (distance * distance));
}

/** The variance of (1 + f) T − f T₁ over the choice of rows, from what each row moves them by (the infinitesimal jackknife). */
function varianceOf(
  rows: CalibrationRows,
  alone: CalibrationRows,
  several: number,
  one: number,
  stretch: number,
): number {
  if (stretch === Number.POSITIVE_INFINITY) return stretch;
  const [own, single] = [influences(rows, several), influences(alone, one)];
  const moved = own.map((part, row) => (1 + stretch) * part - stretch * single[row]!);
  return squaresByGroup(moved, rows.groups);
}

/** How far each row moves the temperature T of the least log-loss: T² times its slope by 1/T, over the curvature of all. */
function influences(rows: CalibrationRows, temperature: number): Float64Array {
  const slopes = new Float64Array(rows.rows);
  let all = 0;
  const scaled = (z: number) => z / temperature;
  eachSlope(rows, scaled, (row, slope, curvature) => {
    slopes[row] = slope;
    all += curvature;
  });
  return slopes.map((slope) => (temperature * temperature * slope) / all);
}

/** Rows as all members would predict them; those of all members as they are. */
export function sharpened(rows: CalibrationRows, sharpening: Sharpening | null): CalibrationRows {
  const { fewer, classes } = rows;
  if (sharpening === null || fewer === null) return rows;
  const logits = rows.logits.slice();
  for (let row = 0; row < rows.rows; row++) {
    const from = row * classes;
    const factor = sharpening.temperature / sharpening.at(fewer.squaredShares[row]!);
    for (let at = from; at < from + classes; at++) logits[at]! *= factor;
    normaliseAt(logits, from, classes);
  }
  return { ...rows, logits, fewer: null };
}

/** A fold and the others, each as all members would predict them by what the others say of that. */
export interface Fold {
  readonly indices: Uint32Array;
  readonly own: CalibrationRows;
  readonly others: CalibrationRows;
  readonly sharpening: Sharpening | null;
}

export function foldOf(rows: CalibrationRows, indices: Uint32Array, others: Uint32Array): Fold {
  const rest = pick(rows, others);
  const sharpening = sharpeningOf(rest);
  return {
    indices,
    own: sharpened(pick(rows, indices), sharpening),
    others: sharpened(rest, sharpening),
    sharpening,
  };
}
