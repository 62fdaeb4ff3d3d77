// The digits as the comparisons of scripts/figures take them: any rows as a dataset, splits stratified by class, and
// differences of two methods over seeds.

import { Dataset, readCsv, splitRows } from '../../src/index.js';

const FEATURES = 64;

/** Quantile 0.975 of Student's t with n − 1 degrees of freedom. */
const STUDENT: Readonly<Record<number, number>> = { 2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776 };

const table = readCsv('data/digits.csv');
const numbers = table.columns.map((column) =>
  Array.from({ length: table.rows }, (_, row) => Number(column.text(row))),
);
const labels = numbers[FEATURES]!;

/** The numbers of all rows. */
export function allRows(): Uint32Array {
  return Uint32Array.from({ length: table.rows }, (_, row) => row);
}

/** These rows as a dataset, scaled like `like` or by themselves. */
export function datasetOf(rows: Uint32Array, like?: Dataset): Dataset {
  const x = Float32Array.from(
    { length: rows.length * FEATURES },
    (_, at) => numbers[at % FEATURES]![rows[Math.floor(at / FEATURES)]!]!,
  );
  const own = {
    ...{ x, rows: rows.length, features: FEATURES },
    labels: Array.from(rows, (row) => labels[row]!),
  };
  return Dataset.fromArrays(like === undefined ? { ...own, standardise: true } : { ...own, like });
}

/** A share of `rows`, stratified by class, and what is left. */
export function split(rows: Uint32Array, share: number, seed: number) {
  const own = Int32Array.from(rows, (row) => labels[row]!);
  const { train, test } = splitRows({ rows: rows.length, share, seed, labels: own, groups: null });
  return { left: train.map((at) => rows[at]!), taken: test.map((at) => rows[at]!) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `+1.20 (+0.85 … +1.55)`: the mean paired difference in points and its 95 % interval over 2 to 5 seeds. */
export function paired(own: readonly number[], base: readonly number[]): string {
  const differences = own.map((value, i) => 100 * (value - base[i]!));
  const centre = mean(differences);
  const square = differences.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const half = STUDENT[own.length]! * Math.sqrt(square / (own.length - 1) / own.length);
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
  return `${signed(centre)} (${signed(centre - half)} … ${signed(centre + half)})`;
}
