// What a graph is given for the rows of a case's table, and what tutti says of them.

import { predictEnsemble, predictMembers, transformFeatures } from '../../../src/index.js';
import type { Case } from './cases.js';

/** What one input is given, by its name: the cells of so many rows. */
export interface Given {
  readonly width: number;
  readonly cells: readonly (number | string)[];
}

/** The inputs of a graph for the first rows of a case's table; names are those that it declares. */
export function inputsFor(
  { ensemble, table }: Case,
  names: readonly string[],
  rows: number,
): Record<string, Given> {
  const preprocessing = ensemble.preprocessing!;
  if (names[0] === 'features') {
    const x = featuresOf({ ensemble, table }, rows);
    return { features: { width: ensemble.features, cells: [...x] } };
  }
  const given = names.map((name): [string, Given] => {
    const feature = preprocessing.features.find(({ column }) => column === name)!;
    const column = table.columns.find((own) => own.name === name)!;
    const isDate = feature.kind === 'numeric' && feature.format?.kind === 'date';
    const numberIn = (text: string) => (isDate ? Date.parse(text) / 86_400_000 : Number(text));
    const cells = Array.from({ length: rows }, (_, row) => {
      const text = column.text(row);
      if (feature.kind === 'categorical') return text;
      return text === '' ? Number.NaN : numberIn(text);
    });
    return [name, { width: 1, cells }];
  });
  return Object.fromEntries(given);
}

/** The first rows of a case's table as features. */
function featuresOf({ ensemble, table }: Pick<Case, 'ensemble' | 'table'>, rows: number) {
  const first = Uint32Array.from({ length: rows }, (_, row) => row);
  return transformFeatures(ensemble.preprocessing!, table, first);
}

/**
 * What tutti answers for the first rows, by the names of the graph's outputs: numbers in units of the targets' deviations, labels as they
 * are.
 */
export async function answersOf(
  { ensemble, table, options }: Case,
  wanted = table.rows,
): Promise<Record<string, readonly (number | string)[]>> {
  const given = wanted === table.rows ? table : featuresOf({ ensemble, table }, wanted);
  const { aggregator, calibrated: asked, clip } = options;
  const clipped = clip === undefined ? {} : { clip };
  const said = await predictEnsemble(ensemble, given, {
    ...clipped,
    ...(aggregator === undefined ? {} : { aggregator }),
    ...(asked === undefined ? {} : { calibrated: asked }),
  });
  const all = await predictMembers(ensemble, given, clipped);
  const members = all.filter((_, at) => (ensemble.members[at]!.averagingWeight ?? 1) > 0);
  const { rows, outputs } = said;
  const byRows = (of: (member: (typeof members)[number]) => ArrayLike<number>) =>
    Array.from({ length: rows * members.length * outputs }, (_, at) => {
      const [row, rest] = [Math.floor(at / (members.length * outputs)), at % (members.length * outputs)];
      return of(members[Math.floor(rest / outputs)]!)[row * outputs + (rest % outputs)]!;
    });
  const { task } = ensemble;
  if (task.kind === 'classification') {
    return {
      label: Array.from(said.labels!, (label) => task.classes[label]!),
      probabilities: [...said.mean],
      member_probabilities: byRows(({ mean }) => mean),
    };
  }
  return {
    mean: [...said.mean],
    variance: [...said.variance!],
    ...(said.quantiles === undefined ? {} : { quantiles: [...said.quantiles.values] }),
    member_means: byRows(({ mean }) => mean),
    ...(members.every(({ variance }) => variance !== null)
      ? { member_variances: byRows(({ variance }) => variance!) }
      : {}),
  };
}

/** The largest difference of the first numbers, an output's own unit: of variances the square of the targets'. */
export function largestDifference(
  { ensemble, table }: Case,
  name: string,
  said: ArrayLike<number | string | bigint>,
  truth: readonly (number | string)[],
  rows = table.rows,
): number {
  const { std } = ensemble.encoding.targets;
  // Of each target the levels stand together.
  const levels = name === 'quantiles' ? truth.length / rows / std.length : 1;
  let largest = 0;
  for (let at = 0; at < said.length; at++) {
    const deviation = std.length === 0 ? 1 : std[Math.floor(at / levels) % std.length]!;
    const unit = name.endsWith('variance') || name.endsWith('variances') ? deviation * deviation : deviation;
    const difference = Math.abs(Number(said[at]) - Number(truth[at])) / unit;
    // NaN, of which every comparison is false, too.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
