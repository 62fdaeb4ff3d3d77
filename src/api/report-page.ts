// The report of an ensemble as a page, for programs: rows in, a page with its figures out. What draws is loaded when the
// first report is asked for.

import { tableFromRecords } from '../data/table/record-table.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { type CombineOptions, PREDICT_OPTIONS } from '../ensemble/predict/predict.js';
import { failOption, TuttiError } from '../errors.js';
import { INTERVAL_OPTIONS } from '../measure/correlation/intervals.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { onSharedPool } from '../pool/shared-pool.js';
import type { ReportStep } from '../report/collect/collect-report.js';
import type { RowsPart } from '../report/collect/collect-set.js';
import type { ReportAttack } from '../report/collect/robustness.js';
import type { PageData } from '../report/page/page-data.js';
import type { PageFigure } from '../report/page/parts.js';
import { isDataset, isRaw, type LabelledInputs } from './labelled-rows.js';

export interface ReportOptions extends CombineOptions {
  /** Rows it was not trained on, beside the others. @default those held out of the others, where its file says which */
  readonly test?: LabelledInputs;
  /** What the page calls the ensemble. @default 'ensemble' */
  readonly title?: string;
  /** How often intervals hold the true figure, in (0, 1). @default 0.95 */
  readonly level?: number;
  /** Bootstrap replicates of the intervals of scores, 0 for none. @default 250 */
  readonly replicates?: number;
  /**
   * A section more: how the scores of the ensemble and of a member fall as rows are moved against them, as `attackEnsemble`
   * does it; members must be networks. True: by at most a tenth of each column's range. @default false
   */
  readonly attack?: boolean | ReportAttack;
  /** Told before each part of the work. */
  readonly onStep?: (step: ReportStep) => void;
}

/** A report: one page, its figures, and everything it says as plain data. */
export interface ReportPage {
  /** A whole HTML document that needs no network and no other file. */
  readonly html: string;
  /** What averaging bought, in a sentence. */
  readonly verdict: string;
  /** Each figure's drawing, an SVG whose colours are CSS variables, and its numbers. */
  readonly figures: readonly PageFigure[];
  readonly data: PageData;
}

const REPORT_OPTIONS = {
  ...PREDICT_OPTIONS,
  test: option.any,
  title: option.text,
  level: INTERVAL_OPTIONS.level,
  replicates: INTERVAL_OPTIONS.replicates,
  attack: option.either(option.flag, option.object),
  onStep: option.function,
} satisfies OptionTable<ReportOptions>;

/**
 * Makes the report of an ensemble: what averaging bought, scores beside baselines, error correlation, members, learning
 * curves, errors, calibration, uncertainty, rows to look at, columns and cost, on one page.
 *
 * Rows that it was trained on are judged out of bag, each by the members that never saw it, and the rows that its test share
 * held out of the same table as test rows; all other rows are test rows.
 *
 *     const { html } = await reportEnsemble(ensemble, openTable('digits.csv'));
 *
 * @throws ERR_DATA for rows without their targets or that do not fit, and where all rows are rows that every member was
 * trained on; ERR_SHAPE for a dataset of other columns; what `predictEnsemble` throws, and with `attack` what `attackEnsemble` does.
 */
export async function reportEnsemble(
  ensemble: TrainedEnsemble,
  rows: LabelledInputs,
  options: ReportOptions = {},
): Promise<ReportPage> {
  checkOptions('reportEnsemble', options, REPORT_OPTIONS);
  const { test, ...others } = options;
  others.signal?.throwIfAborted();
  const report = await import('../report/collect/make-report.js');
  const partsOf = (name: string, given: LabelledInputs): RowsPart[] => {
    if (isDataset(given)) return [report.partOfDataset(ensemble, given, name)];
    if (!isRaw(given))
      return failOption(name, 'a dataset, a table or a list of records, with their targets', given);
    const { preprocessing } = ensemble;
    if (preprocessing === null)
      return failOption(name, 'a dataset for an ensemble trained on arrays', 'raw rows');
    const table = 'columns' in given ? given : tableFromRecords(given);
    return report.partsOfTable(ensemble, preprocessing, table, table.source || name);
  };
  const given = partsOf('rows', rows);
  const parts =
    test === undefined ? given : [...testParts(partsOf('test', test)), ...given.filter(isTrained)];
  return report.makeReport(ensemble, parts, onSharedPool(others));
}

function isTrained({ rowsFrom }: RowsPart): boolean {
  return rowsFrom === 'outOfBag';
}

/** @throws ERR_DATA for rows that members were trained on. */
function testParts(parts: readonly RowsPart[]): readonly RowsPart[] {
  if (!parts.some(isTrained)) return parts;
  const message = 'Expected `test` to be rows that no member was trained on, got rows it was trained on';
  throw new TuttiError('ERR_DATA', message, { option: 'test' });
}
