// `tutti evaluate`: scores a saved ensemble on rows whose targets are known.

import { evaluateEnsemble, measureCoverage } from '../../api/many-rows.js';
import type { CoverageOptions } from '../../conformal/guarantee-options.js';
import type { MeasuredCoverage } from '../../conformal/measured-coverage.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import { transformTable } from '../../data/preprocessing/preprocessing.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { memberAccount } from '../../ensemble/member-account.js';
import { ensembleGuarantee } from '../../ensemble/predict/guarantees.js';
import { missingLine } from '../../report/account-text.js';
import { activeUnitsOf } from '../../report/active-text.js';
import { coverageLines } from '../../report/coverage-text.js';
import { ensembleReport } from '../../report/ensemble-report.js';
import { testJson } from '../../report/report-json.js';
import { reportLines } from '../../report/report-text.js';
import { ALLOW_MODULE_ROW, loadForRawRows } from '../files/input-files.js';
import { trainedNote } from '../files/training-part.js';
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
import {
  type CommandDefinition,
  ENSEMBLE_AND_ROWS,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { COVERAGE_ROWS, coverageOf } from '../options/coverage-flags.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import { CURVES_ROW, INTERVAL_ROWS, intervalsOf } from '../options/figure-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    ...[AGGREGATOR_ROW, WEIGHTS_ROW, CALIBRATED_ROW, CLIP_ROW, ...INTERVAL_ROWS, CURVES_ROW],
    ...[...COVERAGE_ROWS, ...FILE_ROWS],
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti evaluate digits.tutti test.csv',
    'tutti evaluate digits.tutti test.csv --aggregator geometricMean --json',
    'tutti evaluate digits.tutti test.csv --curves --level 0.9',
    'tutti evaluate digits.tutti test.csv --coverage 0.9',
  ],
  run: ([bundle, file], given, origins) => evaluate(bundle!, file!, given, origins),
};

async function evaluate(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const figures = { ...intervalsOf(given), curves: given.curves === true };
  const asked = coverageOf('evaluate', given);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  const aggregator = aggregatorOf(given, ensemble);
  const gaussian = hasVariances(ensemble);
  checkAggregator(aggregator, ensemble.task.kind, gaussian);
  // Refused before anything is measured.
  ensembleGuarantee(ensemble, { ...asked, aggregator, ...weightsOf(given), ...clipOf(given) });
  const table = await readTable(file, given, origins);
  const dataset = transformTable(preprocessing, table);
  const trained = given.quiet === true ? null : trainedNote(ensemble, preprocessing, table);
  if (trained !== null) note(trained);
  const options = {
    aggregator,
    ...weightsOf(given),
    ...calibratedOf(given, ensemble),
    ...clipOf(given),
    ...figures,
  };
  const report = ensembleReport(ensemble, {
    test: await evaluateEnsemble(ensemble, dataset, options),
    testName: table.source,
    activeUnits: activeUnitsOf(ensemble, dataset),
  });
  const account = memberAccount(ensemble);
  const coverage = await measured(ensemble, dataset, given, asked);
  if (given.json === true) printJson({ ...testJson(report), account, ...(coverage && { coverage }) });
  else {
    const missing = missingLine(account);
    const lines = reportLines(report, paletteOf(process.stdout));
    for (const line of missing === null ? lines : [missing, '', ...lines]) print(line);
    if (coverage !== null) {
      for (const line of ['', ...coverageLines(coverage, ensemble.task, paletteOf(process.stdout))])
        print(line);
    }
  }
  return 0;
}

/** Where a coverage is asked for; with what else would break it refused. */
async function measured(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  given: GivenOptions,
  { coverage, conformal }: CoverageOptions,
): Promise<MeasuredCoverage | null> {
  if (coverage === undefined) return null;
  const { level } = intervalsOf(given);
  return measureCoverage(ensemble, dataset, {
    ...{ coverage, aggregator: aggregatorOf(given, ensemble), ...weightsOf(given), ...clipOf(given) },
    ...(conformal === undefined ? {} : { conformal }),
    ...(level === undefined ? {} : { level }),
  });
}
