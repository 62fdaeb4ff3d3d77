// Standard errors of v, c, ρ and what follows from them, by the delta method from the rows' sums. Owns the
// formulas for one sample of rows; the bootstrap of intervals applies them again in every replicate.
// Rows are the unit, since one row's errors are shared by all members.

import { averagedError, ofTotals } from './formulas.js';
import { ROW_FIELDS, totalsOf } from './row-sums.js';

/** The figures that have a standard error and an interval. */
export const FIGURES = ['v', 'c', 'rho', 'vMinusC', 'measured', 'estimate'] as const;

export type FigureName = (typeof FIGURES)[number];

/** One number for each figure; null where it does not exist. */
export type Figures = Readonly<Record<FigureName, number | null>>;

/** The figures of a sample and their standard errors. */
export interface Estimates {
  readonly figures: Figures;
  /** Null for a single unit, and where the figure is null. */
  readonly standardErrors: Figures;
}

/**
 * Units to sample from, and their own figures. What a unit adds is taken beyond these, so that no sample's
 * variance is a difference of nearly equal sums.
 */
export interface Units {
  readonly count: number;
  /** k of the whole ensemble. */
  readonly memberCount: number;
  /** f64[20, count]: what each unit adds to each of the sums of {@link momentsOf}, in their order. */
  readonly moments: Float64Array;
  readonly v: number;
  readonly c: number | null;
  /** Mean over rows of the members' mean's squared error. */
  readonly error: number;
}

/** Sums that figures and their spread are made of: {@link momentsOf}. */
const MOMENTS = 20;

/** @param values f64[n, 6] as `RowStore.values`, rows or sums over groups of rows; n ≥ 1. */
export function unitsOf(values: Float64Array, members: number): Units {
  const count = values.length / ROW_FIELDS;
  const totals = totalsOf(values, count);
  const { v, c } = ofTotals(totals);
  const error = totals.ensemble / totals.rows;
  const moments = new Float64Array(MOMENTS * count);
  for (let unit = 0; unit < count; unit++) {
    const at = unit * ROW_FIELDS;
    const [m, p, r] = [values[at + 2]!, values[at + 3]!, values[at + 5]!];
    const a = values[at]! - v * m;
    const b = values[at + 1]! - (c ?? 0) * p;
    const d = values[at + 4]! - error * r;
    const own = [a, m, b, p, d, r, a * a, a * m, m * m, b * b, b * p, p * p, a * b, a * p, m * b, m * p];
    own.push(d * d, d * r, r * r);
    for (let moment = 0; moment < own.length; moment++) moments[moment * count + unit] = own[moment]!;
  }
  return { count, memberCount: members, moments, v, c, error };
}

/**
 * Figures and standard errors of the sample that holds the units `picked`, with repetition (null: each once).
 *
 * **Source:** Cochran 1977, Sampling Techniques, section 2.11 (ratios); Efron and Tibshirani 1993, An
 * Introduction to the Bootstrap, chapter 21 (delta method).
 */
export function estimatesOf(units: Units, picked: Uint16Array | null): Estimates {
  const count = picked?.length ?? units.count;
  const { a, m, b, p, d, r, aa, am, mm, bb, bp, pp, ab, ap, mb, mp, dd, dr, rr } = momentsOf(units, picked);
  // By how much this sample's figures differ from those of all units.
  const dv = a / m;
  const dc = p === 0 ? 0 : b / p;
  const de = d / r;
  const spread: Spread = {
    vv: combined(aa, dv * dv * mm, -2 * dv * am) / (m * m),
    cc: p === 0 ? 0 : combined(bb, dc * dc * pp, -2 * dc * bp) / (p * p),
    vc: p === 0 ? 0 : (ab - dc * ap - dv * mb + dv * dc * mp) / (m * p),
    ee: combined(dd, de * de * rr, -2 * de * dr) / (r * r),
    factor: count > 1 ? count / (count - 1) : null,
  };
  const c = units.c === null || p === 0 ? null : units.c + dc;
  return toEstimates(units.v + dv, c, units.error + de, units.memberCount, spread);
}

/**
 * Sums over the sample, each in its order: a, b, d of squares, products and the mean's error beyond what m members, p
 * pairs and r rows bring on average, and of their products two by two.
 */
function momentsOf({ moments, count }: Units, picked: Uint16Array | null) {
  const units = picked ?? Uint16Array.from({ length: count }, (_, unit) => unit);
  const sums = new Float64Array(MOMENTS);
  for (let first = 0; first < MOMENTS; first += 4) addFour(moments, count, units, first, sums);
  return {
    a: sums[0]!,
    m: sums[1]!,
    b: sums[2]!,
    p: sums[3]!,
    d: sums[4]!,
    r: sums[5]!,
    aa: sums[6]!,
    am: sums[7]!,
    mm: sums[8]!,
    bb: sums[9]!,
    bp: sums[10]!,
    pp: sums[11]!,
    ab: sums[12]!,
    ap: sums[13]!,
    mb: sums[14]!,
    mp: sums[15]!,
    dd: sums[16]!,
    dr: sums[17]!,
    rr: sums[18]!,
  };
}

/** Four at once, which stay in registers and wait for none of the others: every replicate of the bootstrap comes here. */
function addFour(
  moments: Float64Array,
  count: number,
  units: Uint16Array,
  first: number,
  sums: Float64Array,
): void {
  const ofX = first * count;
  const ofY = ofX + count;
  const ofZ = ofY + count;
  const ofW = ofZ + count;
  let x = 0;
  let y = 0;
  let z = 0;
  let w = 0;
  for (let draw = 0; draw < units.length; draw++) {
    const unit = units[draw]!;
    x += moments[ofX + unit]!;
    y += moments[ofY + unit]!;
    z += moments[ofZ + unit]!;
    w += moments[ofW + unit]!;
  }
  sums[first] = x;
  sums[first + 1] = y;
  sums[first + 2] = z;
  sums[first + 3] = w;
}

/** Variances of v, c and the mean's error, the covariance of the first two, and n/(n − 1); null for one unit. */
interface Spread {
  readonly vv: number;
  readonly cc: number;
  readonly vc: number;
  readonly ee: number;
  readonly factor: number | null;
}

function toEstimates(
  v: number,
  c: number | null,
  measured: number,
  members: number,
  { vv, cc, vc, ee, factor }: Spread,
): Estimates {
  const rho = c === null || v === 0 ? null : c / v;
  const root = (variance: number) => (factor === null ? null : Math.sqrt(factor * variance));
  const share = (members - 1) / members;
  const ofEstimate = combined(vv / members ** 2, share * share * cc, (2 * share * vc) / members);
  return {
    figures: {
      ...{ v, c, rho, measured },
      vMinusC: c === null ? null : v - c,
      estimate: averagedError(v, c, members),
    },
    standardErrors: {
      v: root(vv),
      c: c === null ? null : root(cc),
      rho: rho === null ? null : root(combined(cc, rho * rho * vv, -2 * rho * vc) / (v * v)),
      vMinusC: c === null ? null : root(combined(vv, cc, -2 * vc)),
      measured: root(ee),
      estimate: c === null && members > 1 ? null : root(ofEstimate),
    },
  };
}

/** Below this share of its parts a sum of squares is what rounding left: all rows, or all members, are alike. */
const ROUNDING = 1e-12;

/** Σ (x + y)² from Σ x², Σ y² and 2 Σ x y; never negative. */
function combined(first: number, second: number, twice: number): number {
  const sum = first + second + twice;
  return sum > ROUNDING * (first + second) ? sum : 0;
}
