// The report of an ensemble from rows whose truth is known: everything collected, then drawn. Loaded late, with all that
// draws.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { TuttiError } from '../../errors.js';
import { betweenBlocks } from '../../long-calls.js';
import type { PageData } from '../page/page-data.js';
import { type RenderedReport, renderReport } from '../sections/report-page.js';
import { type CollectOptions, collectReport } from './collect-report.js';
import type { RowsPart } from './collect-set.js';

export { partOfDataset, partsOfTable } from './rows-of-table.js';

/** The report as a page, and everything that is in it. */
export interface MadeReport extends RenderedReport {
  readonly data: PageData;
}

/** @throws ERR_DATA where no row of any part can be judged; what predicting throws; the signal's reason. */
export async function makeReport(
  ensemble: TrainedEnsemble,
  parts: readonly RowsPart[],
  options: CollectOptions = {},
): Promise<MadeReport> {
  const data = await collectReport(ensemble, parts, options);
  if (data.sets.length === 0) {
    const expected = 'Expected rows to judge the ensemble by, got only rows that every member was trained on';
    const remedy = 'give rows it never saw, or train with `resample: bootstrap` or `subsample`';
    throw new TuttiError('ERR_DATA', `${expected}; ${remedy}`, { rows: parts[0]?.dataset.rows ?? 0 });
  }
  await betweenBlocks(options.signal);
  return { ...renderReport(data), data };
}
