// `tutti cv`: a training, cross-validated: an ensemble for each fold of a file, scored on the rows that it was not trained on.

import { crossValidate } from '../../api/explained.js';
import { FOLD_OPTIONS } from '../../data/folds.js';
import { listedColumns } from '../../data/table/table.js';
import { createPool } from '../../pool/pool.js';
import { foldsLines } from '../../report/folds-text.js';
import { measurementJson } from '../../report/measurement-json.js';
import { counted } from '../../report/words.js';
import type {
  CrossValidation,
  CrossValidationOptions,
} from '../../studies/cross-validation/cross-validation.js';
import { runCount } from '../../training/options/options.js';
import { randomSeed } from '../../training/train-ensemble.js';
import { STANDARD_OUTPUT, writeCsv } from '../files/csv-output.js';
import { foldRows } from '../files/fold-columns.js';
import { checkTableOutput } from '../files/input-files.js';
import { aggregatorOf } from '../options/averaging-flags.js';
import { CALIBRATION_ROWS } from '../options/calibration-flags.js';
import { CHECKPOINT_ROWS } from '../options/checkpoint-flags.js';
import { type CommandDefinition, DATA_FILE, type GivenOptions } from '../options/command.js';
import { DATA_ROWS, namedColumns, readTable } from '../options/data-flags.js';
import { LOG_ROWS } from '../options/log-flags.js';
import { inFlags, type OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { poolOptions } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { resolveTrainSettings, trainRows } from '../options/train-settings.js';
import { placeOf } from '../options/training-place.js';
import { UI_ROWS } from '../options/ui-flags.js';
import { endWithProcess } from '../terminal/ending.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { createProgressDisplay } from '../terminal/progress.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { failureText } from '../text/failure-text.js';

const split = rowsIn('split');
const output = rowsIn('output');

const FOLD_ROWS: readonly OptionRow[] = [
  split.of(FOLD_OPTIONS, 'folds', { argument: 'n', common: true }),
  split.of(FOLD_OPTIONS, 'repeats', { argument: 'n', common: true }),
  split.text(
    'time',
    'column that says when a row happened: train on what was before each fold; it is no feature',
    {
      argument: 'column',
      defaultText: 'rows have no order',
      common: true,
    },
  ),
  split.of(FOLD_OPTIONS, 'gap', { argument: 'n', common: true }),
];

const OUT_ROWS: readonly OptionRow[] = [
  output.path(
    'out',
    'CSV file of out-of-fold predictions of every member’s place, as `tutti measure` reads it',
    {
      short: 'o',
      defaultText: 'not written',
      common: true,
    },
  ),
  output.flag('combined', 'with `out`: the ensembles’ own predictions in place of their members’'),
];

/**
 * Options of `tutti train` about one ensemble that is kept, or a test that folds take the place of, and those of its own
 * members’ folds, whose names are taken here.
 */
const WITHOUT = new Set([
  ...['test', 'testShare', 'out', 'folds', 'repeats'],
  ...[...LOG_ROWS, ...CHECKPOINT_ROWS, ...UI_ROWS, ...CALIBRATION_ROWS].map(({ name }) => name),
]);

const TRAIN_ROWS: readonly OptionRow[] = trainRows()
  .filter(({ name }) => !WITHOUT.has(name))
  .map((row) => (row.name === 'groupColumn' ? { ...row, aliases: ['group'] } : row));

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: [...FOLD_ROWS, ...TRAIN_ROWS, ...OUT_ROWS],
  examples: [
    'tutti cv digits.csv --target digit --members 16 --hidden 64 --folds 5 --repeats 2 --seed 1',
    'tutti cv patients.csv --target outcome --group patient --resample grouped --impute median',
    'tutti cv prices.csv --target price --time date --gap 7 --out oof.csv && tutti measure oof.csv --target price',
  ],
  run: ([file], given, origins) => cv(file!, given, origins),
};

async function cv(file: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const { folds, repeats, gap, time, out, combined, ...rest } = given;
  const settings = await resolveTrainSettings(rest, origins, TRAIN_ROWS);
  const { json, quiet, allowFailures, failures, clip, intervals } = settings;
  await checkTableOutput(String(out ?? '-'), [file]);
  const table = await readTable(file, { ...settings.data, quiet }, origins);
  const { testShare: _testShare, ...load } = namedColumns(table, settings.data);
  const aggregator = aggregatorOf(settings);
  const seed = settings.training.seed ?? randomSeed();
  const training = { ...settings.training, seed };
  // Folds are trained side by side where one has fewer members than there are threads.
  const runs = runCount(training) * Number(folds ?? FOLD_OPTIONS.folds.default) * Number(repeats ?? 1);
  const pool = endWithProcess(createPool(poolOptions(settings, runs)));
  const { runner } = await placeOf(settings.cluster, pool, settings);
  for (const line of quiet ? [] : settings.notes) note(line);
  const display = await createProgressDisplay(quiet);
  const interrupt = listenForInterrupt(() => {
    display.stop();
    if (!quiet) note('Stopping: folds that are finished are kept; Ctrl-C again ends at once.');
  });
  try {
    const report = await crossValidate(table, training, {
      ...{ load, aggregator, runner, signal: interrupt.signal, onInterrupt: 'keep', ...clip, ...intervals },
      ...stated({ folds, repeats, gap, time, ...failures }),
      onProgress: (progress) => {
        if (!interrupt.signal.aborted) display.update(progress);
      },
    });
    display.stop();
    if (!quiet) for (const text of report.notes) note(inFlags(text, DATA_ROWS, origins.columns));
    if (out !== undefined) {
      const targets = [settings.data.target].flat();
      await writeCsv(
        String(out),
        foldRows(report, table, listedColumns(table, 'target', targets), combined !== true),
      );
    }
    show(report, table.source, out as string | undefined, { json, quiet });
    const status = interrupt.status();
    if (status !== null) return status;
    const failed = report.results.some((result) => result.failures.length > 0);
    return failed && !allowFailures ? 1 : 0;
  } finally {
    display.stop();
    interrupt.release();
  }
}

/** Those that were given; what they are is checked where they are used. */
function stated(options: Readonly<Record<string, unknown>>): Partial<CrossValidationOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Failures shown one by one, as of a training. */
const MOST_FAILURES = 5;

function show(
  report: CrossValidation,
  source: string,
  out: string | undefined,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
): void {
  const { complete, results, folds, repeats } = report;
  const failures = results.flatMap(({ repeat, fold, failures: own }) =>
    own.map(
      (failure) =>
        `repeat ${repeat + 1}, fold ${fold + 1}, member ${failure.index}: ${failureText(failure.error)}`,
    ),
  );
  const warn = paletteOf(process.stderr).yellow('tutti:');
  for (const line of failures.slice(0, MOST_FAILURES)) note(`${warn} ${line}`);
  if (failures.length > MOST_FAILURES)
    note(`… and ${counted(failures.length - MOST_FAILURES, 'more member')} failed`);
  if (!complete) note(`Stopped: ${results.length} of ${counted(folds * repeats, 'fold')} are finished.`);
  if (json) printJson({ file: source, ...foldsJson(report), ...(out === undefined ? {} : { out }) });
  else if (out !== STANDARD_OUTPUT && results.length > 0) {
    for (const line of foldsLines(report, source, paletteOf(process.stdout))) print(line);
  }
  if (out !== undefined && out !== STANDARD_OUTPUT && !quiet) note(`Wrote ${out}`);
}

/** All figures, without the predictions. */
function foldsJson({
  task,
  outOfFold,
  results,
  tableRows: _rows,
  notes: _notes,
  ...report
}: CrossValidation): object {
  const targets = task.kind === 'regression' ? task.targets : [];
  return {
    ...{ task: task.kind, ...report },
    results: results.map(({ measurement, ...result }) => ({
      ...result,
      measurement: measurementJson(measurement, targets),
    })),
    outOfFold: outOfFold.map(({ repeat, known, scores, measurement }) => ({
      ...{ repeat, rows: known.rows, scores },
      measurement: measurementJson(measurement, targets),
    })),
  };
}
