import { type Confusion, confusion, hasOneClass } from '../statistics/confusion.js';
import type { WholeMetric } from './metric.js';

export const mcc = {
  name: 'mcc',
  title: 'MCC',
  says: 'the correlation of predicted and true classes (Matthews), in [−1, 1]',
  from: 'allRows',
  tasks: ['classification'],
  better: 'more',
  reads: 'choices',
  written: 'figure',
  listed: ['classification'],
  statistic: confusion,
  value: correlation,
  lacks: ({ truth }) => (hasOneClass(truth) ? 'these rows are all of one class' : null),
} as const satisfies WholeMetric;

/**
 * (c s − Σ tₖ pₖ) / √((s² − Σ pₖ²)(s² − Σ tₖ²)) with s the weight of all rows, c of those predicted right, tₖ of those of
 * class k and pₖ of those taken for it; 0 where one class is taken for all.
 *
 * **Source:** Gorodkin 2004, Comparing two K-category assignments by a K-category correlation coefficient.
 */
function correlation({ classes, right, truths, choices, weight }: Confusion): number | null {
  let share = 0;
  let both = 0;
  let truth = 0;
  let choice = 0;
  for (let label = 0; label < classes; label++) {
    share += right[label]! / weight;
    const [own, taken] = [truths[label]! / weight, choices[label]! / weight];
    both += own * taken;
    truth += own * own;
    choice += taken * taken;
  }
  // Shares of one class sum to 1 but for rounding.
  if (1 - truth < 1e-12) return null;
  if (1 - choice < 1e-12) return 0;
  return (share - both) / Math.sqrt((1 - choice) * (1 - truth));
}
