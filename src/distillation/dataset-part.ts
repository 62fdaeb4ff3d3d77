// Rows of a dataset as a dataset of their own.

import { completeDataset, type Dataset, outputCount } from '../data/dataset/dataset.js';
import { ranksOf } from '../data/dataset/time-ranks.js';
import { rowsOfX } from '../explain/explained-rows.js';

/** Some rows of a dataset, as they are. */
export function datasetPart(dataset: Dataset, index: Uint32Array): Dataset {
  const { task, features, labels, targets, rowWeights, groups, times, timeGap } = dataset;
  const columns = task.kind === 'classification' ? 0 : outputCount(task);
  return completeDataset({
    ...{ task, features, rows: index.length, x: rowsOfX(dataset, index) },
    labels: labels.length === 0 ? labels : Int32Array.from(index, (row) => labels[row]!),
    targets: Float64Array.from(
      { length: index.length * columns },
      (_, at) => targets[index[Math.floor(at / columns)]! * columns + (at % columns)]!,
    ),
    ...{ encoding: dataset.encoding, preprocessing: dataset.preprocessing },
    rowWeights: rowWeights && Float32Array.from(index, (row) => rowWeights[row]!),
    groups: groups && Int32Array.from(index, (row) => groups[row]!),
    ...(times === undefined ? {} : { times: ranksOf(Float64Array.from(index, (row) => times[row]!)) }),
    ...(timeGap === undefined ? {} : { timeGap }),
    ...{ tangents: null, split: null },
  });
}
