// Ordinary least squares by Gram–Schmidt, independent of src: the yardstick of the regression tests.

/** The w that minimises Σ (row · w − y)². */
export function leastSquares(rows: readonly (readonly number[])[], y: ArrayLike<number>): number[] {
  const width = rows[0]!.length;
  const columns = Array.from({ length: width }, (_, c) => rows.map((row) => row[c]!));
  const dot = (a: ArrayLike<number>, b: readonly number[]) => b.reduce((sum, v, i) => sum + v * a[i]!, 0);
  // X = Q R with orthonormal columns of Q, then R w = Qᵀ y from the last unknown up.
  const q: number[][] = [];
  const r = columns.map(() => new Array<number>(width).fill(0));
  columns.forEach((column, c) => {
    const rest = [...column];
    q.forEach((unit, k) => {
      r[k]![c] = dot(rest, unit);
      unit.forEach((value, i) => {
        rest[i]! -= r[k]![c]! * value;
      });
    });
    r[c]![c] = Math.sqrt(dot(rest, rest));
    q.push(rest.map((value) => value / r[c]![c]!));
  });
  const w = new Array<number>(width).fill(0);
  for (let c = width - 1; c >= 0; c--) {
    const known = w.reduce((sum, value, k) => sum + (k > c ? value * r[c]![k]! : 0), 0);
    w[c] = (dot(y, q[c]!) - known) / r[c]![c]!;
  }
  return w;
}
