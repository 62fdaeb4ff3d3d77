// From a file, a table or records to datasets, in one call.

import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import type { DataSource, LoadDataOptions, TrainingData } from './load-tested.js';

/**
 * Loads data to train on: reads, takes every column for what it is, splits, and makes numbers of it. The split is
 * stratified by class or keeps groups whole; scales and fills see the training rows only.
 *
 *     const { train, test, notes } = await loadData('digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
 *
 * @throws ERR_FILE, ERR_OPTION, and ERR_DATA naming file, line, row and column.
 */
export function loadData<Kind extends TaskKind = TaskKind>(
  source: DataSource,
  options: LoadDataOptions<Kind> & ({ readonly testShare: number } | { readonly test: DataSource }),
): Promise<TrainingData<Kind, Dataset<Kind>>>;
export function loadData<Kind extends TaskKind = TaskKind>(
  source: DataSource,
  options: LoadDataOptions<Kind>,
): Promise<TrainingData<Kind>>;
export async function loadData(source: DataSource, options: LoadDataOptions): Promise<TrainingData> {
  const { loadTested } = await import('./load-tested.js');
  return loadTested(source, options);
}
