// `tutti predict`: raw rows in, predictions out in the same order.

import { readCsv } from '../data/csv.js';
import type { Task, Values } from '../data/dataset.js';
import { transformFeatures } from '../data/preprocessing.js';
import { predictEnsemble } from '../ensemble/predict.js';
import type { CombinedPredictions } from '../measure/combine.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from './command.js';
import { type CsvRow, writeCsv } from './csv-output.js';
import { CSV_ROWS, csvOptions } from './data-rows.js';
import { ALLOW_MODULE_ROW, checkOutput, checkOutputBesideModules, loadForRawRows } from './input-files.js';
import { aggregatorOf, checkMean, hasVariances, MEAN_ROW, WEIGHTS_ROW, weightsOf } from './means.js';
import type { OptionRow } from './option-row.js';
import { note, printJson } from './terminal.js';
import { counted } from './words.js';

const OUT_ROW: OptionRow = {
  name: 'out',
  kind: 'text',
  group: 'Output',
  description: 'CSV file to write',
  argument: 'file',
  short: 'o',
  defaultText: 'standard output',
};

export const command: CommandDefinition = {
  arguments: [
    { name: 'ensemble', description: 'saved ensemble' },
    { name: 'file', description: 'CSV file with the feature columns it was trained on, found by name' },
  ],
  options: [MEAN_ROW, WEIGHTS_ROW, ...CSV_ROWS, OUT_ROW, ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  examples: [
    'tutti predict digits.tutti new.csv --out predictions.csv',
    'tutti predict prices.tutti new.csv --mean geometric | head',
    'tutti predict digits.tutti new.csv --weights 2,0,1,1',
  ],
  run: ([bundle, file], given) => predict(bundle!, file!, given),
};

async function predict(bundle: string, file: string, given: GivenOptions): Promise<number> {
  const { mean, out, json, quiet } = given;
  const path = out as string | undefined;
  await checkOutput(path, [bundle, file]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  await checkOutputBesideModules(path, ensemble);
  const { task, members, encoding } = ensemble;
  const aggregator = aggregatorOf(mean);
  const gaussian = hasVariances(ensemble);
  checkMean(aggregator, task.kind, gaussian);
  const table = readCsv(file, csvOptions(given));
  const predictions = await predictEnsemble(ensemble, transformFeatures(preprocessing, table), {
    aggregator,
    ...weightsOf(given),
  });
  const columns = predictionColumns(task, predictions, encoding.targets.std);
  const { rows } = predictions;
  if (path !== undefined || json !== true) await writeCsv(path, csvRows(columns, rows));
  if (json === true) {
    const values = path === undefined ? { predictions: asLists(columns, rows) } : { out: path };
    printJson({ task: task.kind, rows, members: members.length, aggregator, ...values });
  } else if (path !== undefined && quiet !== true) {
    note(`Wrote ${path}: ${counted(rows, 'prediction')} of ${counted(members.length, 'member')}`);
  }
  return 0;
}

interface PredictionColumn {
  readonly name: string;
  at(row: number): string | number;
}

/** `prediction`, then `probability_<class>` or `variance`; with several targets, each by its name. */
function predictionColumns(
  task: Task,
  { mean, variance, labels, outputs }: CombinedPredictions,
  deviations: readonly number[],
): PredictionColumn[] {
  if (task.kind === 'classification') {
    const probabilities = task.classes.map((name, output) => ({
      name: `probability_${name}`,
      at: (row: number) => shortFloat(mean[row * outputs + output]!),
    }));
    return [{ name: 'prediction', at: (row) => task.classes[labels![row]!]! }, ...probabilities];
  }
  return task.targets.flatMap((target, output) => {
    const suffix = task.targets.length === 1 ? '' : `_${target}`;
    const value = (of: Values, row: number) => of[row * outputs + output]!;
    const decimals = decimalsFor(deviations[output]!);
    const prediction = {
      name: `prediction${suffix}`,
      at: (row: number) => Number(value(mean, row).toFixed(decimals)),
    };
    return variance === null
      ? [prediction]
      : [prediction, { name: `variance${suffix}`, at: (row: number) => shortFloat(value(variance, row)) }];
  });
}

/** Decimals that nine digits of a target's deviation have: members know no more, however far from zero it lies. */
function decimalsFor(deviation: number): number {
  return Math.min(100, Math.max(0, 8 - Math.floor(Math.log10(deviation))));
}

/** Nine digits say a 32-bit float exactly; more would be noise of its conversion. */
function shortFloat(value: number): number {
  return Number(value.toPrecision(9));
}

function* csvRows(columns: readonly PredictionColumn[], rows: number): Generator<CsvRow> {
  yield columns.map(({ name }) => name);
  for (let row = 0; row < rows; row++) yield columns.map(({ at }) => at(row));
}

function asLists(columns: readonly PredictionColumn[], rows: number): Record<string, (string | number)[]> {
  return Object.fromEntries(
    columns.map(({ name, at }) => [name, Array.from({ length: rows }, (_, row) => at(row))]),
  );
}
