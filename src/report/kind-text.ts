// The kinds of a mixed ensemble as lines: what each errs by itself, and what kinds share of their errors.

import type { KindMeasurement } from '../measure/kind-measurement.js';
import type { NamedMeasurement } from './named-measurement.js';
import type { Palette } from './palette.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure } from './words.js';

/** Kinds shown; a grid may have as many as members. */
const MOST_KINDS = 12;

/**
 * What each kind of members did by itself, and c between kinds; nothing when all are of one kind.
 * @param score what the mean score is called, and its text for one kind.
 */
export function kindLines(
  all: readonly NamedMeasurement[],
  score: { readonly head: string; of(kind: KindMeasurement): string },
  palette: Palette,
): string[] {
  return all.flatMap(({ name, measurement: { kinds } }) => {
    if (kinds.length === 0) return [];
    const shown = kinds.slice(0, MOST_KINDS);
    // Between two kinds there is one number, which the table of each kind by itself has no room for.
    const columns = shown.slice(1).map((_, at) => `c with ${at + 1}`);
    const rows: TextRow[] = [
      [`By kind, ${name}`, 'members', `mean ${score.head}`, 'v', 'c', 'ρ = c/v', ...columns],
      ...shown.map((kind, at): TextRow => {
        const { memberIndices, errorCorrelation, covarianceWith } = kind;
        const own = [errorCorrelation?.v, errorCorrelation?.c, errorCorrelation?.rho];
        const between = covarianceWith.slice(0, at).map((value) => figure(value));
        const cells = [...own.map((value) => figure(value)), ...between];
        return [`${at + 1} ${kind.kind}`, `${memberIndices.length}`, score.of(kind), ...cells];
      }),
    ];
    const [head, ...lines] = alignColumns(rows);
    const more = kinds.length - shown.length;
    return ['', palette.bold(head!), ...lines, ...(more > 0 ? [`… and ${counted(more, 'more kind')}`] : [])];
  });
}
