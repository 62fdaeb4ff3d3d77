// What becomes of the features before the first hidden layer, as plain data of a spec: numbers and categories embedded, each row
// times a learned factor. The types, and what a spec says of itself; embedding-layer.ts has the shapes.

/** What encoded columns are: numbers; the 0/1 columns of one column of categories; 0/1 columns that stand for themselves. */
export type InputColumnKind = 'number' | 'category' | 'flag';

/** Columns beside each other that are one thing: so many numbers, one column of categories, or so many flags. */
export type InputRun = readonly [kind: InputColumnKind, columns: number];

/**
 * What each number x becomes, in `size` columns of which the first is x itself.
 * - periodic: x and W cos(2π c x + b) + d, c drawn from N(0, `scale`²), b over a whole turn, W (frequencies, size − 1); all learned.
 * - cosine: x and cos(2π c x + b), size − 1 of them.
 * - piecewiseLinear: x and, of each of at most `bins` bins between quantiles of the member's rows, how far x is through it, in
 *   [0, 1]; or, where a size is given, W of those + d. The bins are not learned.
 *
 * **Source:** Gorishniy, Rubachev, Babenko (2022), On embeddings for numerical features in tabular deep learning; Holzmüller,
 * Grinsztajn, Steinwart (2024), Better by default, for periodic with phases and a linear map beside the number (PBLD).
 */
export type NumberEmbedding =
  | {
      readonly kind: 'periodic';
      readonly size: number;
      readonly frequencies: number;
      readonly scale: number;
    }
  | { readonly kind: 'cosine'; readonly size: number; readonly scale: number }
  | { readonly kind: 'piecewiseLinear'; readonly size: number | null; readonly bins: number };

export interface InputsSpec {
  /** What all encoded columns are, in their order. */
  readonly columns: readonly InputRun[];
  /** Null: numbers are as they are. */
  readonly numbers: NumberEmbedding | null;
  /** Columns of more than `size` categories become `size` learned numbers each; null: all keep their 0/1 columns. */
  readonly categories: { readonly size: number } | null;
  /** Whether each of what the first layer then sees is multiplied by a learned factor, 1 to begin with. */
  readonly scale: boolean;
}

/** Columns of the dataset that runs stand for. */
export function columnsOfRuns(runs: readonly InputRun[]): number {
  return runs.reduce((sum, [, columns]) => sum + columns, 0);
}

/** In few words, as in `tutti inspect`: `numbers to 4 by 16 waves, categories over 8 to 8 numbers, scaled`. */
export function describeInputs({ numbers, categories, scale }: InputsSpec): string {
  const parts = [
    numbers === null ? [] : [describeNumbers(numbers)],
    categories === null ? [] : [`categories over ${categories.size} to ${categories.size} numbers`],
    scale ? ['inputs scaled'] : [],
  ];
  return parts.flat().join(', ');
}

function describeNumbers(numbers: NumberEmbedding): string {
  switch (numbers.kind) {
    case 'periodic':
      return `numbers to ${numbers.size} by ${numbers.frequencies} waves of scale ${numbers.scale}`;
    case 'cosine':
      return `numbers to ${numbers.size} with cosines of scale ${numbers.scale}`;
    case 'piecewiseLinear':
      return `numbers ${numbers.size === null ? '' : `to ${numbers.size} `}by ${numbers.bins} bins`;
    default:
      return numbers satisfies never;
  }
}
