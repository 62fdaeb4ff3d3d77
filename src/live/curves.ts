// Learning curves as they are shown: of each member no more points than a screen has room for, however many epochs there
// are. Where there are more, every second is left out, again and again; the newest is always there.

import type { CurvePart, CurvePoint } from './client/protocol.js';

/** Points of all curves together, and of one: a few hundred kilobytes on the wire. */
const MOST_POINTS = 24_000;
const POINTS_EACH = { most: 240, least: 24 };

interface Curve {
  /** Every `stride`th epoch, and then the newest. */
  points: CurvePoint[];
  stride: number;
  /** Whether the last point is one of every `stride`th. */
  settled: boolean;
  /** From where on a page does not have it yet. */
  changedFrom: number;
}

export class Curves {
  readonly #curves = new Map<number, Curve>();
  readonly #most: number;

  /** @param members how many there may be. */
  constructor(members: number) {
    const { most, least } = POINTS_EACH;
    this.#most = Math.max(least, Math.min(most, Math.floor(MOST_POINTS / Math.max(1, members))));
  }

  /** Adds an epoch of a member's, later than those before. */
  add(member: number, point: CurvePoint): void {
    let curve = this.#curves.get(member);
    if (curve === undefined) {
      curve = { points: [], stride: 1, settled: true, changedFrom: 0 };
      this.#curves.set(member, curve);
    }
    const { points } = curve;
    if (!curve.settled) points.pop();
    curve.changedFrom = Math.min(curve.changedFrom, points.length);
    points.push(point);
    curve.settled = (point[0] - points[0]![0]) % curve.stride === 0;
    if (points.length > this.#most) thin(curve);
  }

  /** Forgets a member's, which begins again. */
  clear(member: number): void {
    const curve = this.#curves.get(member);
    if (curve !== undefined) Object.assign(curve, { points: [], stride: 1, settled: true, changedFrom: 0 });
  }

  /** All of them, whole. */
  all(): CurvePart[] {
    return [...this.#curves].map(([member, { points }]) => ({ member, from: 0, points }));
  }

  /** What has changed since the last time. */
  changes(): CurvePart[] {
    const parts: CurvePart[] = [];
    for (const [member, curve] of this.#curves) {
      const { points, changedFrom } = curve;
      if (changedFrom === Number.POSITIVE_INFINITY) continue;
      parts.push({ member, from: changedFrom, points: points.slice(changedFrom) });
      curve.changedFrom = Number.POSITIVE_INFINITY;
    }
    return parts;
  }
}

/** Leaves out every second point, but the first and the newest. */
function thin(curve: Curve): void {
  const { points } = curve;
  const first = points[0]![0];
  const newest = points.at(-1)!;
  curve.stride *= 2;
  curve.points = points.filter(([epoch]) => (epoch - first) % curve.stride === 0);
  curve.settled = curve.points.at(-1) === newest;
  if (!curve.settled) curve.points.push(newest);
  curve.changedFrom = 0;
}
