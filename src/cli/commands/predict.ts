// `tutti predict`: raw rows in, predictions out in the same order.

import { predictEnsemble, predictMembers, predictUncertainty } from '../../api/many-rows.js';
import { COVERAGE_OPTIONS } from '../../conformal/guarantee-options.js';
import type { Values } from '../../data/dataset/dataset.js';
import { type Preprocessing, transformFeatures } from '../../data/preprocessing/preprocessing.js';
import { listed, listedColumns, type Table } from '../../data/table/table.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { memberAccount } from '../../ensemble/member-account.js';
import type { AnswerOptions } from '../../ensemble/predict/answer-rules.js';
import type { PredictOptions } from '../../ensemble/predict/predict.js';
import {
  checkNames,
  ensembleColumns,
  keptColumns,
  memberColumns,
  type PredictionColumn,
  truthColumns,
  uncertaintyColumns,
} from '../../ensemble/predict/prediction-columns.js';
import { failOption } from '../../errors.js';
import type { CsvRow } from '../../files/csv-text.js';
import { membersText } from '../../report/account-text.js';
import { counted } from '../../report/words.js';
import { STANDARD_OUTPUT, writeCsv } from '../files/csv-output.js';
import {
  ALLOW_MODULE_ROW,
  checkOutputBesideModules,
  checkTableOutput,
  loadForRawRows,
} from '../files/input-files.js';
import {
  AGGREGATOR_ROW,
  aggregatorOf,
  CALIBRATED_ROW,
  CLIP_ROW,
  calibratedOf,
  checkAggregator,
  clipOf,
  hasVariances,
  WEIGHTS_ROW,
  weightsOf,
} from '../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../options/command.js';
import { COVERAGE_ROWS, coverageOf } from '../options/coverage-flags.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { note, printJson } from '../terminal/terminal.js';

const output = rowsIn('output');

const ROWS: readonly OptionRow[] = [
  output.flag(
    'members',
    "every member's own predictions beside the truth, in the form that `tutti measure` reads",
  ),
  output.flag(
    'uncertainty',
    'how much of what is uncertain is noise in the data (aleatoric) and how much members disagreeing (epistemic)',
  ),
  output.columns('keep', 'columns of the input to copy, such as an id'),
  output.path('out', 'CSV file to write, - for standard output', {
    short: 'o',
    defaultText: 'standard output',
  }),
];

export const command: CommandDefinition = {
  arguments: [
    { name: 'ensemble', description: 'saved ensemble' },
    {
      name: 'file',
      rows: true,
      description: 'data file with the feature columns it was trained on, found by name',
    },
  ],
  options: [
    ...[AGGREGATOR_ROW, WEIGHTS_ROW, CALIBRATED_ROW, CLIP_ROW, ...COVERAGE_ROWS, ...FILE_ROWS, ...ROWS],
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti predict digits.tutti new.csv --out predictions.csv',
    'tutti predict prices.tutti new.csv --aggregator geometricMean | head',
    'tutti predict digits.tutti new.csv --weights 2,0,1,1 --keep id,date',
    'tutti predict digits.tutti new.csv --coverage 0.9 --uncertainty',
    'tutti predict digits.tutti test.csv --members --out members.csv && tutti measure members.csv --target digit',
  ],
  run: ([bundle, file], given, origins) => predict(bundle!, file!, given, origins),
};

async function predict(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { out, json, quiet, members: each } = given;
  const path = (out as string | undefined) ?? STANDARD_OUTPUT;
  const printed = path === STANDARD_OUTPUT;
  if (each === true) refuseAveraging(given);
  await checkTableOutput(path, [bundle, file]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  if (!printed) await checkOutputBesideModules(path, ensemble);
  const { task, members } = ensemble;
  const asked = coverageOf('predict', given);
  const account = memberAccount(ensemble);
  const aggregator = aggregatorOf(given, ensemble);
  checkAggregator(aggregator, task.kind, hasVariances(ensemble));
  const table = await readTable(file, given, origins);
  const kept = keptColumns(table, listedColumns(table, 'keep', (given.keep as string[] | undefined) ?? []));
  const x = transformFeatures(preprocessing, table);
  const { columns, kind } =
    each === true
      ? { columns: await membersOf(ensemble, preprocessing, table, x, clipOf(given)), kind: {} }
      : await combined(ensemble, x, given, {
          ...{ aggregator, ...asked },
          ...weightsOf(given),
          ...calibratedOf(given, ensemble),
          ...clipOf(given),
        });
  const all = [...kept, ...columns];
  checkNames(all);
  const ignored = ignoredColumns(preprocessing, table, kept);
  if (ignored.length > 0 && quiet !== true) {
    note(
      `${table.source}: not used: ${listed(ignored)}${kept.length === 0 ? ' (--keep copies columns)' : ''}`,
    );
  }
  const { rows } = table;
  if (!printed || json !== true) await writeCsv(path, csvRows(all, rows));
  if (json === true) {
    const values = printed ? { predictions: asLists(all, rows) } : { out: path };
    const { planned } = account;
    printJson({ task: task.kind, rows, members: members.length, planned, ...kind, ignored, ...values });
  } else if (!printed && quiet !== true) {
    note(`Wrote ${path}: ${counted(rows, 'prediction')} of ${membersText(account)}`);
  }
  return 0;
}

/** Members one by one are not averaged. @throws ERR_OPTION */
function refuseAveraging(given: GivenOptions): void {
  for (const name of ['aggregator', 'weights', 'calibrated', 'coverage', 'conformal', 'uncertainty']) {
    if (given[name] !== undefined)
      failOption(name, 'left out with `members`, which averages nothing', given[name]);
  }
}

async function combined(
  ensemble: TrainedEnsemble,
  x: Values,
  { uncertainty }: GivenOptions,
  options: PredictOptions,
) {
  const { coverage, conformal, ...combining } = options;
  const guaranteed = coverage === undefined ? null : await predictEnsemble(ensemble, x, options);
  const parts = uncertainty === true ? await predictUncertainty(ensemble, x, combining) : null;
  const predictions = guaranteed ?? parts?.predictions ?? (await predictEnsemble(ensemble, x, combining));
  const { varianceKind, sets } = predictions;
  return {
    columns: [
      ...ensembleColumns(ensemble, predictions),
      ...(parts === null ? [] : uncertaintyColumns(ensemble, parts)),
    ],
    kind: {
      aggregator: options.aggregator,
      ...(varianceKind === null ? {} : { varianceKind }),
      ...(coverage === undefined ? {} : { coverage }),
      ...(sets === undefined ? {} : { conformal: conformal ?? COVERAGE_OPTIONS.conformal.default }),
    },
  };
}

/** The truth, where the file has it, and each member's predictions: what `tutti measure` reads. */
async function membersOf(
  ensemble: TrainedEnsemble,
  preprocessing: Preprocessing,
  table: Table,
  x: Values,
  answers: AnswerOptions,
): Promise<PredictionColumn[]> {
  const predictions = await predictMembers(ensemble, x, answers);
  return [...truthColumns(preprocessing, table), ...memberColumns(ensemble, predictions)];
}

/** Columns of the input that neither predict nor are copied; the target is no surprise. */
function ignoredColumns(
  { features, target }: Preprocessing,
  table: Table,
  kept: readonly PredictionColumn[],
): string[] {
  const targets = target.kind === 'classification' ? [target.column] : target.columns;
  const used = new Set([
    ...features.map(({ column }) => column),
    ...targets,
    ...kept.map(({ name }) => name),
  ]);
  return table.columns.map(({ name }) => name).filter((name) => !used.has(name));
}

function* csvRows(columns: readonly PredictionColumn[], rows: number): Generator<CsvRow> {
  yield columns.map(({ name }) => name);
  for (let row = 0; row < rows; row++) yield columns.map(({ at }) => at(row));
}

function asLists(columns: readonly PredictionColumn[], rows: number): Record<string, unknown[]> {
  return Object.fromEntries(
    columns.map(({ name, at, json }) => [
      name,
      Array.from({ length: rows }, (_, row) => json?.(row) ?? at(row)),
    ]),
  );
}
