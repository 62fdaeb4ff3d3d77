// The order of members in which those alike stand together: average linkage on 1 − correlation, leaves left to right.

/**
 * Places 0 … k − 1 in the order of the leaves of an agglomerative clustering with average linkage (UPGMA).
 * @param distances symmetric, k × k, ≥ 0; null counts as the greatest.
 * **Source:** Sokal & Michener, "A statistical method for evaluating systematic relationships", 1958.
 */
export function clusterOrder(distances: readonly (readonly (number | null)[])[]): number[] {
  let greatest = 0;
  for (const row of distances) for (const value of row) greatest = Math.max(greatest, value ?? 0);
  const own = distances.map((row) => Float64Array.from(row, (value) => value ?? greatest));
  const clusters: number[][] = own.map((_, at) => [at]);
  const alive = clusters.map((_, at) => at);
  while (alive.length > 1) {
    let nearest = Number.POSITIVE_INFINITY;
    let pair: [number, number] = [0, 1];
    for (let i = 0; i < alive.length; i++) {
      for (let j = i + 1; j < alive.length; j++) {
        const distance = own[alive[i]!]![alive[j]!]!;
        if (distance < nearest) [nearest, pair] = [distance, [i, j]];
      }
    }
    const [first, second] = [alive[pair[0]]!, alive[pair[1]]!];
    const [n, m] = [clusters[first]!.length, clusters[second]!.length];
    for (const other of alive) {
      const mean = (n * own[first]![other]! + m * own[second]![other]!) / (n + m);
      own[first]![other] = mean;
      own[other]![first] = mean;
    }
    clusters[first] = [...clusters[first]!, ...clusters[second]!];
    alive.splice(pair[1], 1);
  }
  return clusters[alive[0] ?? 0] ?? [];
}
