// What the trees of a member put out, and what they minimise: apart from how, for those who train nothing.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import type { Loss } from '../../model/losses.js';

/** How many numbers a sum of trees puts out, each by trees of its own: two classes have one, the log odds of the second. */
export function rawOutputs(task: Task): number {
  const outputs = outputCount(task);
  return task.kind === 'classification' && outputs === 2 ? 1 : outputs;
}

/** What trees minimise for a task. */
export function lossOfTrees(task: Task): Loss {
  if (task.kind === 'regression') return 'squaredError';
  return rawOutputs(task) === 1 ? 'binaryCrossEntropy' : 'softmaxCrossEntropy';
}
