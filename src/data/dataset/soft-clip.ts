// Soft clips of encoded values: two shapes, the inverse of each and its slope. Formulas on numbers; encoding.ts uses them.

/**
 * How a soft clip with the constant c bends.
 *
 * - `kneed`: a value as it is within ±c, and beyond, of what exceeds c by d, only d/√(1 + (d/c)²); never beyond ±2c.
 * - `smooth`: z/√(1 + (z/c)²), which bends from 0 on; never beyond ±c.
 *
 * **Source:** Holzmüller, Grinsztajn and Steinwart 2024, Better by default, B.1 (`smooth`, with c = 3).
 */
export type ClipShape = 'kneed' | 'smooth';

/** A value softly clipped, monotonely; null: as it is. */
export function softClip(z: number, c: number | null, shape: ClipShape = 'kneed'): number {
  if (c === null) return z;
  const knee = shape === 'kneed' ? c : 0;
  const excess = (Math.abs(z) - knee) / c;
  if (!(excess > 0)) return z;
  // Beyond this the square has outgrown the 1, and may outgrow a double.
  const kept = excess > 1e9 ? 1 : excess / Math.sqrt(1 + excess * excess);
  return Math.sign(z) * (knee === 0 ? c * kept : c * (1 + kept));
}

/** The value whose soft clip is y. */
export function unclipped(y: number, c: number | null, shape: ClipShape): number {
  const knee = c === null || shape === 'smooth' ? 0 : c;
  if (c === null || Math.abs(y) <= knee) return y;
  return Math.sign(y) * (knee + (Math.abs(y) - knee) / rootOfRest(y, c, shape));
}

/** A small change, as it is after the clip where that gives y: times its slope there. */
export function clippedChange(change: number, y: number, c: number | null, shape: ClipShape): number {
  const root = rootOfRest(y, c, shape);
  return change * root * root * root;
}

/** 1/√(1 + (d/c)²), from the clipped value y alone: √(1 − ((|y| − knee)/c)²); 1 where nothing is clipped. */
function rootOfRest(y: number, c: number | null, shape: ClipShape): number {
  const kept = c === null ? 0 : (Math.abs(y) - (shape === 'kneed' ? c : 0)) / c;
  // Never 0: a value rounded to the bound itself was finite before.
  return kept > 0 ? Math.sqrt(Math.max(2 ** -24, 1 - kept * kept)) : 1;
}
