// The columns of a predictions file: an ensemble's, its members' in the form that `tutti measure` reads, and those
// copied from the input. Knows nothing of files.

import type { Values } from '../../data/dataset/dataset.js';
import type { Preprocessing } from '../../data/preprocessing/preprocessing.js';
import { targetReadings } from '../../data/preprocessing/target.js';
import { requireColumn, type Table } from '../../data/table/table.js';
import { failOption } from '../../errors.js';
import type { Uncertainty } from '../../predictions/aggregate/uncertainty.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import { levelName } from '../../predictions/quantiles.js';
import type { TrainedEnsemble } from '../ensemble.js';

export interface PredictionColumn {
  readonly name: string;
  at(row: number): string | number;
  /** What JSON has in its place. @default the same */
  json?(row: number): readonly string[];
}

/** What says how an ensemble's numbers are written. */
type Described = Pick<TrainedEnsemble, 'task' | 'encoding'>;

/** Between the classes of a set. */
const SEPARATOR = ';';

/**
 * Classes of a row's set, in their order, with `;` between them; all sets as JSON lists where the name of a class has one in
 * it. An empty set is an empty cell.
 */
function setColumn(classes: readonly string[], sets: Uint8Array): PredictionColumn {
  const namesAt = (row: number) => classes.filter((_, at) => sets[row * classes.length + at] === 1);
  const plain = classes.every((name) => !name.includes(SEPARATOR));
  const text = (names: readonly string[]) => (plain ? names.join(SEPARATOR) : JSON.stringify(names));
  return { name: 'set', at: (row) => text(namesAt(row)), json: namesAt };
}

/** `total`, `aleatoric` and `epistemic` of each row, of several targets each by its name; those that are not known are left out. */
export function uncertaintyColumns({ task }: Described, uncertainty: Uncertainty): PredictionColumn[] {
  const { columns, total, aleatoric, epistemic } = uncertainty;
  const targets = task.kind === 'regression' && columns > 1 ? task.targets : [''];
  return targets.flatMap((target, at) =>
    Object.entries({ total, aleatoric, epistemic }).flatMap(([name, values]) =>
      values === null ? [] : [numbers(target === '' ? name : `${name}_${target}`, values, columns, at)],
    ),
  );
}

/**
 * `prediction`, then the `set` of a coverage and `probability_<class>`, or for numbers the quantiles that heads predict, `q0.05`,
 * `lower` and `upper` of a coverage and
 * `variance`, the predicted variance of Gaussian heads, or
 * `spread`, the variance of the members' predictions about their mean; with several targets, each by its name.
 */
export function ensembleColumns(
  { task, encoding }: Described,
  { mean, variance, varianceKind, labels, outputs, lower, upper, sets, quantiles }: CombinedPredictions,
): PredictionColumn[] {
  if (task.kind === 'classification') {
    const probabilities = task.classes.map((name, output) =>
      numbers(`probability_${name}`, mean, outputs, output),
    );
    const prediction = { name: 'prediction', at: (row: number) => task.classes[labels![row]!]! };
    return [prediction, ...(sets === undefined ? [] : [setColumn(task.classes, sets)]), ...probabilities];
  }
  const second = varianceKind === 'spread' ? 'spread' : 'variance';
  return task.targets.flatMap((target, output) => {
    const suffix = task.targets.length === 1 ? '' : `_${target}`;
    const decimals = decimalsFor(encoding.targets.std[output]!);
    const prediction = numbers(`prediction${suffix}`, mean, outputs, output, decimals);
    const bounds = Object.entries({ lower, upper }).flatMap(([name, values]) =>
      values === undefined ? [] : [numbers(`${name}${suffix}`, values, outputs, output, decimals)],
    );
    const spread = variance === null ? [] : [numbers(`${second}${suffix}`, variance, outputs, output)];
    const levels = quantiles?.levels.map((level, at) => {
      const width = outputs * quantiles.levels.length;
      const place = output * quantiles.levels.length + at;
      return numbers(`${levelName(level)}${suffix}`, quantiles.values, width, place, decimals);
    });
    return [prediction, ...(levels ?? []), ...bounds, ...spread];
  });
}

/**
 * Per member `<member>_<class>`, `<member>` or, of several targets, `<member>_<target>`; `member3` is number 3 of the
 * plan.
 */
export function memberColumns(
  { task, encoding, members: trained }: Described & Pick<TrainedEnsemble, 'members'>,
  members: readonly Predictions[],
): PredictionColumn[] {
  const parts = task.kind === 'classification' ? task.classes : task.targets.length === 1 ? [] : task.targets;
  return members.flatMap(({ mean, outputs }, at) => {
    const name = `member${trained[at]!.index}`;
    const decimals = (output: number) =>
      task.kind === 'classification' ? null : decimalsFor(encoding.targets.std[output]!);
    if (parts.length === 0) return [numbers(name, mean, outputs, 0, decimals(0))];
    return parts.map((part, output) => numbers(`${name}_${part}`, mean, outputs, output, decimals(output)));
  });
}

/** The true values, where the table has them, as `measure` reads them; an empty cell where one is missing. */
export function truthColumns(preprocessing: Preprocessing, table: Table): PredictionColumn[] {
  return (targetReadings(preprocessing, table) ?? []).map((reading) => {
    const { column } = reading;
    const values = reading.kind === 'numeric' ? reading.numbers() : null;
    return {
      name: column.name,
      at: (row) => (reading.isMissing(row) ? '' : values === null ? column.text(row) : values[row]!),
    };
  });
}

/** Columns of the input, as they are. @throws ERR_OPTION for a name that the input has not. */
export function keptColumns(table: Table, names: readonly string[]): PredictionColumn[] {
  return names.map((name) => {
    const column = requireColumn(table, 'keep', name);
    return { name, at: (row) => column.text(row) };
  });
}

/** @throws ERR_OPTION when two columns would have one name. */
export function checkNames(columns: readonly PredictionColumn[]): void {
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) failOption('keep', 'columns other than those of the predictions', twice);
}

/** @param decimals of values far from zero; null: as many digits as a 32-bit float has. */
function numbers(
  name: string,
  values: Values,
  outputs: number,
  output: number,
  decimals: number | null = null,
): PredictionColumn {
  const text = (value: number) => (decimals === null ? value.toPrecision(9) : value.toFixed(decimals));
  return { name, at: (row) => Number(text(values[row * outputs + output]!)) };
}

/** Decimals that nine digits of a target's deviation have: members know no more, however far from zero it lies. */
function decimalsFor(deviation: number): number {
  return Math.min(100, Math.max(0, 8 - Math.floor(Math.log10(deviation))));
}
