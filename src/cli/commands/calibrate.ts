// `tutti calibrate`: a saved ensemble gets its calibration, and what guarantees are made of, from rows whose truth is known:
// other rows than it was trained on, or those, each by the members that never saw it.

import { saveEnsemble } from '../../bundle/save.js';
import {
  type CalibrationRequest,
  fitCalibration,
  requireCalibratable,
} from '../../calibration/fit-calibration.js';
import { transformTable } from '../../data/preprocessing/preprocessing.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { withCalibration } from '../../ensemble/evaluate/calibrate-ensemble.js';
import { conformityOfKnown } from '../../ensemble/evaluate/conformalise.js';
import { type KnownRowsOptions, predictKnownRows } from '../../ensemble/evaluate/known-rows.js';
import { failOption, TuttiError } from '../../errors.js';
import { onSharedPool } from '../../pool/shared-pool.js';
import { type Aggregator, aggregators } from '../../predictions/aggregate/aggregators.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { calibrationJson, calibrationLines } from '../../report/calibration-text.js';
import { counted } from '../../report/words.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadForRawRows,
} from '../files/input-files.js';
import { trainingPart } from '../files/training-part.js';
import { AGGREGATOR_ROW, aggregatorOf, checkAggregator, hasVariances } from '../options/averaging-flags.js';
import { CALIBRATION_ROWS, calibrationOf } from '../options/calibration-flags.js';
import {
  type CommandDefinition,
  ENSEMBLE_AND_ROWS,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { note, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const OUT_ROW = rowsIn('output').path('out', 'where to save the ensemble with its calibration', {
  short: 'o',
  defaultText: 'not saved',
  common: true,
});

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    OUT_ROW,
    ...CALIBRATION_ROWS.map((row) =>
      row.name === 'calibrate' ? { ...row, defaultText: 'temperature, of classes' } : row,
    ),
    ...[AGGREGATOR_ROW, ...FILE_ROWS, ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti calibrate digits.tutti validation.csv --out calibrated.tutti',
    'tutti calibrate churn.tutti churn.csv --calibrate isotonic --threshold f1 --out calibrated.tutti',
  ],
  run: ([bundle, file], given, origins) => calibrate(bundle!, file!, given, origins),
};

async function calibrate(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { out, json, quiet } = given;
  const path = out as string | undefined;
  const asked = calibrationOf(given);
  await checkOutput(path, [bundle, file]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  await checkOutputBesideModules(path, ensemble);
  const { task } = ensemble;
  const aggregator = aggregatorOf(given, ensemble);
  checkAggregator(aggregator, task.kind, hasVariances(ensemble));
  const request = requestOf(asked, ensemble, aggregator);
  const table = await readTable(file, given, origins);
  if (quiet !== true) noteMissing(ensemble);
  const trained = trainingPart(ensemble, preprocessing, table);
  const dataset = trained ?? transformTable(preprocessing, table);
  const rowsFrom = trained === null ? 'heldOut' : 'outOfBag';
  const options = onSharedPool<KnownRowsOptions>({ aggregator, calibrated: false, members: false });
  const known = await predictKnownRows(ensemble, dataset, rowsFrom, options);
  if (known === null) failInBag(ensemble, file);
  const calibration = request && fitCalibration(known, aggregator, request);
  const calibrated = withCalibration(ensemble, calibration);
  const conformity = conformityOfKnown(calibrated, known, dataset, aggregator);
  const whole = { ...calibrated, conformity };
  const saved = path === undefined ? null : await saveEnsemble(whole, path);
  if (json === true) {
    printJson({
      ...{ rowsFrom, rows: known.rows, aggregator, calibration: calibrationJson(calibration, task) },
      conformity: { method: conformity.method, rows: conformity.rows },
      ...(saved === null ? {} : { out: path, contentHash: saved.contentHash }),
    });
    return 0;
  }
  for (const line of calibration === null ? [] : calibrationLines(calibration, task)) print(line);
  print(guaranteeLine(known, conformity.rows));
  if (path !== undefined && quiet !== true) note(`Wrote ${path}`);
  return 0;
}

/** What is to be fitted: of classes the temperature, unless something else is asked for; of numbers guarantees alone. */
function requestOf(
  asked: CalibrationRequest | undefined,
  { task }: TrainedEnsemble,
  aggregator: Aggregator,
): CalibrationRequest | null {
  if (asked !== undefined) {
    requireCalibratable(task, aggregator, asked, 'calibrate');
    return asked;
  }
  if (task.kind === 'regression') return null;
  if (!aggregators.get(aggregator).probabilities) {
    failOption('aggregator', 'one of probabilities, which alone can be calibrated', aggregator);
  }
  return { method: 'temperature', threshold: null };
}

function guaranteeLine({ rowsFrom }: KnownRows, rows: number): string {
  const how =
    rowsFrom === 'outOfBag' ? 'jackknife+-after-bootstrap, out of bag' : 'split conformal, held out';
  return `Guarantees (--coverage) are made of ${counted(rows, 'row')}: ${how}`;
}

function failInBag({ members }: TrainedEnsemble, path: string): never {
  const message = `Expected rows that are out of bag for some member, or that it was not trained on, got those of ${path}, which every member saw`;
  throw new TuttiError('ERR_DATA', message, { path, members: members.length });
}
