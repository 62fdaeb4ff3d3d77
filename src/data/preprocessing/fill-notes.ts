// What is said about cells that were filled: how many, which words stood there, and with what.

import type { Judgement } from '../columns/judge-table.js';
import type { Reading } from '../columns/reading.js';
import type { Preprocessing } from '../dataset/preprocessing-types.js';
import type { Impute } from './fit-features.js';

/** One note for each column with missing cells, all of them filled. */
export function fillNotes(
  { features, rows }: Judgement,
  preprocessing: Preprocessing,
  impute: Impute | null,
): string[] {
  if (impute === null) return [];
  const fitted = new Map(preprocessing.features.map((feature) => [feature.column, feature]));
  return features.flatMap((reading) => {
    const feature = fitted.get(reading.column.name);
    const words = feature === undefined ? new Map<string, number>() : missingWords(reading, rows);
    if (words.size === 0 || feature === undefined) return [];
    const cells = [...words.values()].reduce((sum, count) => sum + count, 0);
    const value =
      feature.kind === 'numeric'
        ? `the ${impute}, ${Number(feature.fill!.toPrecision(6))}`
        : `its most frequent category, ${JSON.stringify(feature.fill)}`;
    const what = `\`${feature.column}\`: ${cells} missing cells${wordsText(words)}`;
    if (feature.indicator !== true) return [`${what} are filled with ${value}`];
    return [
      feature.kind === 'numeric'
        ? `${what} are filled with ${value}, and a feature says which`
        : `${what} are a category of their own`,
    ];
  });
}

/** The missing texts of a column's rows with their counts. */
function missingWords({ column, isMissing, kind, numbers }: Reading, rows: Uint32Array): Map<string, number> {
  const values = kind === 'numeric' ? numbers() : null;
  const words = new Map<string, number>();
  for (const row of rows) {
    if ((values !== null && !Number.isNaN(values[row])) || !isMissing(row)) continue;
    const text = column.text(row);
    words.set(text, (words.get(text) ?? 0) + 1);
  }
  return words;
}

/** Empty cells need no mention. */
function wordsText(words: ReadonlyMap<string, number>): string {
  const shown = [...words.keys()].filter((word) => word !== '').slice(0, 4);
  return shown.length === 0 ? '' : ` (${shown.map((word) => JSON.stringify(word)).join(', ')})`;
}
