// What is said of categories that share a feature: how many have one of their own, and how many rows the others are.

import type { Judgement } from '../columns/judge-table.js';
import type { Preprocessing } from '../dataset/preprocessing-types.js';
import { labeller } from '../table/labels.js';

/** One note for each column whose less frequent categories share a feature. */
export function groupNotes({ features, rows }: Judgement, preprocessing: Preprocessing): string[] {
  const readings = new Map(features.map((reading) => [reading.column.name, reading]));
  return preprocessing.features.flatMap((feature) => {
    if (feature.kind === 'numeric' || feature.others === undefined) return [];
    const { column, isMissing } = readings.get(feature.column)!;
    const own = labeller(feature.categories);
    const shared = rows.reduce(
      (sum, row) => (own(column.text(row)) === undefined && !isMissing(row) ? sum + 1 : sum),
      0,
    );
    const { length } = feature.categories;
    const share = `${((100 * shared) / rows.length).toPrecision(2)} % of the rows`;
    return [
      `\`${column.name}\`: the ${length} most frequent of ${length + feature.others} categories have a feature each, the others (${share}) share one; \`maxCategories\` says how many`,
    ];
  });
}
