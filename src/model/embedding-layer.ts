// Layers that stand before the first hidden one: embedded inputs, and a factor for each. Their shapes follow from the spec's
// `inputs` (inputs.ts), not from the list of layers, and they do not count among those.

import type { InputRun, InputsSpec, NumberEmbedding } from './inputs.js';
import type { InitialDraw, InitialRows, Rows, ShapeKind, WeightShape } from './layer-kind.js';

/** Rows of x, `from` on, and rows of what they become, `to` on. */
interface Part {
  readonly from: number;
  readonly to: number;
  /** Rows of x. */
  readonly count: number;
}

/** Columns that are handed on, numbers that are expanded, or one column of categories that is looked up. */
export type EmbeddingPart =
  | (Part & { readonly kind: 'copied' })
  /** `first`: how many numbers come before them. */
  | (Part & { readonly kind: 'numbers'; readonly first: number })
  /** `table`: how many tables come before its own. */
  | (Part & { readonly kind: 'category'; readonly table: number });

/** What each number is expanded into, as kernels know it. */
export interface Expansion {
  readonly kind: 'periodic' | 'piecewise';
  readonly terms: number;
  /** Numbers that a projection makes of the terms; 0: there is none. */
  readonly size: number;
}

/** Numbers and categories embedded, all else handed on. */
export interface EmbeddingShape extends Rows {
  readonly kind: 'embedding';
  readonly parts: readonly EmbeddingPart[];
  /** Null where no number is embedded. */
  readonly expansion: Expansion | null;
  /** Standard deviation of the first frequencies. */
  readonly frequencyScale: number;
  /** How many numbers are expanded. */
  readonly numbers: number;
  /** Numbers that each embedded category becomes. */
  readonly tableSize: number;
}

/** h = f ⊙ x. */
export interface FactorsShape extends Rows {
  readonly kind: 'factors';
}

/** How many layers stand before the first hidden one. */
export function inputLayers(shapes: readonly { readonly kind: string }[]): number {
  const first = shapes.findIndex(({ kind }) => kind !== 'embedding' && kind !== 'factors');
  return first === -1 ? shapes.length : first;
}

/** The layers before the first hidden one, for so many features. */
export function inputShapes(spec: InputsSpec | undefined, inputs: number): (EmbeddingShape | FactorsShape)[] {
  if (spec === undefined) return [];
  const embedding = embeddingShape(spec, inputs);
  const isEmbedded = embedding.parts.some(({ kind }) => kind !== 'copied');
  const units = isEmbedded ? embedding.units : inputs;
  const factors: FactorsShape = { kind: 'factors', inputs: units, units, activation: 'linear' };
  return [...(isEmbedded ? [embedding] : []), ...(spec.scale ? [factors] : [])];
}

function embeddingShape({ columns, numbers, categories }: InputsSpec, inputs: number): EmbeddingShape {
  const expansion = numbers === null ? null : expansionOf(numbers);
  const tableSize = categories?.size ?? 0;
  const parts: EmbeddingPart[] = [];
  let [from, to, first, table] = [0, 0, 0, 0];
  for (const run of columns) {
    const count = run[1];
    const kind = partKind(run, expansion, tableSize);
    if (kind === 'numbers') {
      parts.push({ kind, from, to, count, first });
      first += count;
      to += count * (1 + (expansion!.size || expansion!.terms));
    } else if (kind === 'category') {
      parts.push({ kind, from, to, count, table: table++ });
      to += tableSize;
    } else {
      // Columns that are handed on beside each other are one part.
      const last = parts.at(-1);
      if (last?.kind === 'copied') parts[parts.length - 1] = { ...last, count: last.count + count };
      else parts.push({ kind, from, to, count });
      to += count;
    }
    from += count;
  }
  const frequencyScale = numbers !== null && 'scale' in numbers ? numbers.scale : 0;
  return {
    ...{ kind: 'embedding', inputs, units: to, activation: 'linear' },
    ...{ parts, expansion, frequencyScale, numbers: first, tableSize },
  };
}

function partKind([kind, count]: InputRun, expansion: Expansion | null, tableSize: number) {
  if (kind === 'number' && expansion !== null) return 'numbers';
  return kind === 'category' && tableSize > 0 && count > tableSize ? 'category' : 'copied';
}

function expansionOf(numbers: NumberEmbedding): Expansion {
  if (numbers.kind === 'periodic') {
    return { kind: 'periodic', terms: numbers.frequencies, size: numbers.size - 1 };
  }
  if (numbers.kind === 'cosine') return { kind: 'periodic', terms: numbers.size - 1, size: 0 };
  return { kind: 'piecewise', terms: numbers.bins, size: (numbers.size ?? 1) - 1 };
}

/** Rows of what an embedding makes, `first` on. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Rows whose gradient the embedding learns from, ascending: of numbers from the first of their terms to the last, and of tables.
 * What is handed on, and what lies in bins as they are, is not learned.
 */
export function learnedRows({ parts, expansion, tableSize }: EmbeddingShape): readonly RowRange[] {
  const learnsNumbers = expansion !== null && (expansion.kind === 'periodic' || expansion.size > 0);
  const ranges: RowRange[] = [];
  for (const part of parts) {
    if (part.kind === 'copied' || (part.kind === 'numbers' && !learnsNumbers)) continue;
    const own = part.kind === 'category' ? 0 : 1;
    const rows =
      part.kind === 'category' ? tableSize : part.count * (1 + (expansion!.size || expansion!.terms));
    const [first, end] = [part.to + own, part.to + rows];
    const last = ranges.at(-1);
    // With a number's own row between them they are one all the same.
    if (last !== undefined && first <= last.first + last.count + 1) {
      ranges[ranges.length - 1] = { first: last.first, count: end - last.first };
    } else ranges.push({ first, count: end - first });
  }
  return ranges;
}

/** Of each number a row of frequencies and one of phases, or where its bins begin and what they take per unit. */
function expansionMatrix({ numbers, expansion }: EmbeddingShape): WeightShape[] {
  if (expansion === null || numbers === 0) return [];
  const role = expansion.kind === 'periodic' ? 'embedding' : 'constant';
  return [{ inputs: 2 * numbers, units: expansion.terms, role, hasBias: false }];
}

/** Of each number a row for each term, and one of biases. */
function projectionMatrix({ numbers, expansion }: EmbeddingShape): WeightShape[] {
  if (expansion === null || numbers === 0 || expansion.size === 0) return [];
  const inputs = numbers * (expansion.terms + 1);
  return [{ inputs, units: expansion.size, role: 'embedding', hasBias: false }];
}

export const embedding: ShapeKind<EmbeddingShape> = {
  weights(shape) {
    const tables = shape.parts.flatMap((part): WeightShape[] =>
      part.kind === 'category'
        ? [{ inputs: part.count, units: shape.tableSize, role: 'embedding', hasBias: false }]
        : [],
    );
    return [...expansionMatrix(shape), ...projectionMatrix(shape), ...tables];
  },
  fanOut: ({ units }) => units,
  initial: initialEmbedding,
  image: () => null,
};

export const factors: ShapeKind<FactorsShape> = {
  weights: ({ inputs }) => [{ inputs: 1, units: inputs, role: 'scale', hasBias: false }],
  fanOut: () => 1,
  initial: (_, parameters) => {
    parameters.fill(1);
  },
  image: () => null,
};

/**
 * Frequencies from N(0, scale²), phases uniform over a turn, a projection and its biases uniform in ±1/√terms, rows of tables of
 * mean length 1; bins between quantiles of the member's rows.
 */
function initialEmbedding(
  shape: EmbeddingShape,
  parameters: Float32Array,
  { random, rows }: InitialDraw,
): void {
  const { parts, expansion, frequencyScale, numbers, tableSize } = shape;
  let next = 0;
  const fill = (count: number, draw: () => number) => {
    for (const end = next + count; next < end; next++) parameters[next] = draw();
  };
  const symmetric = (bound: number) => (2 * random.uniform() - 1) * bound;
  if (expansion?.kind === 'periodic') {
    for (let number = 0; number < numbers; number++) {
      fill(expansion.terms, () => random.normal() * frequencyScale);
      fill(expansion.terms, () => symmetric(Math.PI));
    }
  } else if (expansion !== null) {
    for (const part of parts) {
      for (let row = 0; part.kind === 'numbers' && row < part.count; row++) {
        writeBins(parameters.subarray(next, next + 2 * expansion.terms), part.from + row, rows);
        next += 2 * expansion.terms;
      }
    }
  }
  if (expansion !== null) {
    const bound = 1 / Math.sqrt(expansion.terms);
    fill(numbers * (expansion.terms + 1) * expansion.size, () => symmetric(bound));
  }
  fill(parameters.length - next, () => random.normal() / Math.sqrt(tableSize));
}

/** Most rows that quantiles are taken of: more would move them by less than a bin holds. */
const MOST_ROWS = 16_384;

/**
 * Bins between the distinct ones of evenly spaced quantiles: where each begins, then 1 / its width; 0 for those that are not needed,
 * through which no number is. Numbers beyond the outermost are at an end of these.
 * **Source:** Gorishniy, Rubachev, Babenko (2022), section 3.2, but that the ends are clipped.
 */
function writeBins(into: Float32Array, feature: number, rows: InitialRows | null): void {
  if (rows === null) return;
  const terms = into.length / 2;
  const sorted = rows.values(feature, Math.ceil(rows.count / MOST_ROWS)).sort();
  let [bin, low] = [0, sorted[0]!];
  for (let edge = 1; edge <= terms; edge++) {
    const high = quantile(sorted, edge / terms);
    const perUnit = Math.fround(1 / (high - low));
    if (!(high > low) || !Number.isFinite(perUnit)) continue;
    into[bin] = low;
    into[terms + bin++] = perUnit;
    low = high;
  }
}

/** Between the two values that it lies between. @param sorted ascending */
function quantile(sorted: Float32Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const value = sorted[below]!;
  const above = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return Math.fround(value + (above - value) * (at - below));
}
