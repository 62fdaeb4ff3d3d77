// Which text is which category, as the two tables by which a graph looks it up.

import type { CategoricalFeature, Preprocessing } from '../../data/dataset/preprocessing-types.js';
import { featureWidth } from '../../data/preprocessing/preprocessing.js';
import { USUAL_MISSING } from '../../data/table/column.js';
import { labelOf } from '../../data/table/labels.js';

export interface CategoryTable {
  /** Texts, and of each the row of `table` that it stands for. */
  readonly keys: readonly string[];
  readonly numbers: readonly number[];
  /** The row of any other text. */
  readonly otherwise: number;
  /**
   * Rows of the table of 0/1 features: one for each category, and one more where categories not seen in training pass: of zeros
   * where they are none, else that of the feature which stands for all others. A number beyond them is an error where the
   * graph is run, as the cell is one in tutti.
   */
  readonly rows: number;
  /** 0/1 features; row i of the table has its 1 at i, if there is such a feature. */
  readonly width: number;
  /** In the place of the row of zeros, of the first features; null: it is zeros. */
  readonly shares: readonly number[] | null;
}

/** The tables of a column of categories. */
export function tableOfCategories(
  feature: CategoricalFeature,
  { unseen, missing = [] }: Pick<Preprocessing, 'unseen' | 'missing'>,
): CategoryTable {
  const { categories, fill, declared, others, indicator } = feature;
  const width = featureWidth([feature]);
  // The feature that stands for all others, else a row of zeros.
  const otherwise = others === undefined ? width : categories.length;
  const rows = unseen !== 'error' && others === undefined ? width + 1 : width;
  const numbers = new Map<string, number>(categories.map((category, number) => [category, number]));
  for (const [number, category] of categories.entries())
    for (const spelling of spellingsOf(category)) if (!numbers.has(spelling)) numbers.set(spelling, number);
  const absent = indicator === true ? width - 1 : fill === null ? rows : numbers.get(fill)!;
  const words = declared === true ? ['', ...missing] : ['', ...USUAL_MISSING, ...missing];
  for (const word of words)
    for (const spelling of [word, ...spellingsOf(word)])
      if (!numbers.has(spelling)) numbers.set(spelling, absent);
  return {
    keys: [...numbers.keys()],
    numbers: [...numbers.values()],
    otherwise,
    rows,
    width,
    shares: feature.shares ?? null,
  };
}

/** Other ways in which programs write a category that is a whole number: 3 and 3.0. */
function spellingsOf(category: string): string[] {
  const label = labelOf(category);
  return /^-?\d+$/.test(label) ? [label, `${label}.0`] : [];
}
