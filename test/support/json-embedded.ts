// What an exported JSON file says of embedded inputs, in plain double precision: part of json-reader.ts.

export interface Embedded {
  readonly parts: readonly Part[];
  readonly factors: readonly number[] | null;
}

interface Part {
  readonly kind: 'copied' | 'numbers' | 'category';
  readonly from: number;
  readonly count: number;
  readonly expansion: 'periodic' | 'piecewise';
  readonly first: readonly (readonly number[])[];
  readonly second: readonly (readonly number[])[];
  readonly projection: {
    readonly weight: readonly (readonly (readonly number[])[])[];
    readonly bias: readonly (readonly number[])[];
  } | null;
  readonly weight: readonly (readonly number[])[];
}

/** What the first layer takes. */
export function embed({ parts, factors }: Embedded, x: readonly number[]): number[] {
  const h = parts.flatMap(({ kind, from, count, expansion, first, second, projection, weight }) => {
    const own = x.slice(from, from + count);
    if (kind === 'copied') return own;
    if (kind === 'category') return dot(own, weight);
    return own.flatMap((value, n) => {
      const terms = first[n]!.map((a, f) => {
        const b = second[n]![f]!;
        if (expansion === 'periodic') return Math.cos(2 * Math.PI * a * value + b);
        return Math.min(Math.max((value - a) * b, 0), 1);
      });
      if (projection === null) return [value, ...terms];
      const projected = dot(terms, projection.weight[n]!);
      return [value, ...projected.map((z, e) => z + projection.bias[n]![e]!)];
    });
  });
  return factors === null ? h : h.map((value, i) => value * factors[i]!);
}

function dot(x: readonly number[], w: readonly (readonly number[])[]): number[] {
  return w[0]!.map((_, o) => x.reduce((sum, value, i) => sum + value * w[i]![o]!, 0));
}
