// The columns that are explained one by one: those of the user's table, with all their one-hot features together, or the
// features of arrays; and columns that the user wants looked at as one.

import type { Dataset } from '../data/dataset/dataset.js';
import { columnWidth } from '../data/dataset/feature-columns.js';
import type { FeatureColumn, Preprocessing } from '../data/preprocessing/preprocessing.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption, TuttiError } from '../errors.js';
import { suggest } from '../option-names.js';

/** A column, or several together, and where they lie in x. */
export interface ExplainedColumn {
  /** The column's name; of a group all names, joined by commas. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of x, ascending. */
  readonly features: Uint32Array;
}

/** A column of the user's with its place in x. */
export interface PlacedColumn {
  readonly name: string;
  /** The first of its columns of x, and how many there are. */
  readonly first: number;
  readonly width: number;
  /** As it was fitted; null for a feature of arrays. */
  readonly fitted: FeatureColumn | null;
}

/** Every column that members see, in the order of x; features of arrays are called `x[0]`, `x[1]`, … */
export function placedColumns(ensemble: TrainedEnsemble, dataset: Dataset): readonly PlacedColumn[] {
  return placedColumnsOf(dataset, dataset.preprocessing ?? ensemble.preprocessing);
}

/** The same, as some preprocessing made them; null: as they are. */
export function placedColumnsOf(
  dataset: Pick<Dataset, 'features'>,
  preprocessing: Preprocessing | null,
): readonly PlacedColumn[] {
  if (preprocessing === null) {
    return Array.from({ length: dataset.features }, (_, first) => ({
      name: `x[${first}]`,
      first,
      width: 1,
      fitted: null,
    }));
  }
  let first = 0;
  return preprocessing.features.map((fitted) => {
    const width = columnWidth(fitted);
    const placed = { name: fitted.column, first, width, fitted };
    first += width;
    return placed;
  });
}

/** The placed column of a name. @throws ERR_OPTION naming the option and the columns there are. */
export function requirePlaced(all: readonly PlacedColumn[], option: string, name: string): PlacedColumn {
  const found = all.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = all.map((column) => column.name);
  const listed = `${names.slice(0, MOST_LISTED).join(', ')}${names.length > MOST_LISTED ? ', …' : ''}`;
  const message = `Expected \`${option}\` to name columns that the ensemble learned from (${listed}), got ${JSON.stringify(name)}${suggest(name, names)}`;
  throw new TuttiError('ERR_OPTION', message, { option, column: name });
}

const MOST_LISTED = 8;

/**
 * The columns to look at: those named, or all; those of a group as one, in the place of its first.
 * @throws ERR_OPTION for a name that is no column, a group without columns, and a column in two groups.
 */
export function explainedColumns(
  all: readonly PlacedColumn[],
  groups: readonly (readonly string[])[] = [],
  columns: readonly string[] | null = null,
): readonly ExplainedColumn[] {
  const groupOf = new Map<string, readonly string[]>();
  for (const group of groups) {
    if (group.length === 0) failOption('groups', 'lists of at least one column each', group);
    for (const name of group) {
      requirePlaced(all, 'groups', name);
      if (groupOf.has(name)) failOption('groups', 'lists that share no column', name);
      groupOf.set(name, group);
    }
  }
  const wanted = columns?.map((name) => requirePlaced(all, 'columns', name).name) ?? null;
  const explained: ExplainedColumn[] = [];
  const done = new Set<readonly string[]>();
  for (const column of all) {
    const group = groupOf.get(column.name);
    const isWanted = (name: string) => wanted === null || wanted.includes(name);
    if (group === undefined) {
      if (isWanted(column.name)) explained.push(together([column]));
    } else if (!done.has(group)) {
      done.add(group);
      explained.push(together(all.filter(({ name }) => group.includes(name))));
    }
  }
  return explained;
}

function together(columns: readonly PlacedColumn[]): ExplainedColumn {
  const names = columns.map(({ name }) => name);
  const features = columns.flatMap(({ first, width }) =>
    Array.from({ length: width }, (_, at) => first + at),
  );
  return { name: names.join(', '), columns: names, features: Uint32Array.from(features) };
}
