// The score of an ensemble and of each of its members on the same rows, each row by the members that count for it.

import type { Task } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption } from '../errors.js';
import type { Metric } from '../measure/metrics/metric.js';
import { type MetricName, metrics } from '../measure/metrics/metrics.js';
import { type Aggregator, aggregators } from '../predictions/aggregate/aggregators.js';
import type { TargetBlock } from '../predictions/blocks.js';
import type { Combine } from '../predictions/combined-predictions.js';
import { labelsOf } from '../predictions/labels.js';
import type { Predictions } from '../predictions/predictions.js';

/**
 * The metric of a name that a task and an aggregator have. @default log-loss, of votes the error rate; of numbers the RMSE
 * @throws ERR_OPTION
 */
export function metricFor(
  task: Task,
  aggregator: Aggregator,
  stated: MetricName | undefined,
): { readonly name: MetricName; readonly metric: Metric } {
  const { probabilities } = aggregators.get(aggregator);
  const usual = task.kind === 'regression' ? 'rmse' : probabilities ? 'logLoss' : 'errorRate';
  const name = stated ?? usual;
  const metric = metrics.get(name);
  if (!metric.tasks.includes(task.kind)) {
    const own = metrics.entries.filter(({ tasks }) => tasks.includes(task.kind)).map((entry) => entry.name);
    failOption('metric', `one of ${own.join(', ')} for ${task.kind}`, name);
  }
  if (metric.reads === 'probabilities' && !probabilities && task.kind === 'classification') {
    failOption('metric', `one that needs no probabilities, which ${aggregator} does not give`, name);
  }
  return { name, metric };
}

/** Scores of some rows: null where no row counts. */
export interface MemberScores {
  readonly ensemble: number | null;
  /** One each. */
  readonly members: readonly (number | null)[];
}

export interface ScoreSink {
  /** Adds rows. `mask`: u8[k, rows], or null where all members count. `weights`: f32[rows], or null. */
  add(
    members: readonly Predictions[],
    truth: TargetBlock,
    mask: Uint8Array | null,
    weights: Float32Array | null,
  ): void;
  finish(): MemberScores;
}

/** An empty sink. Cutting rows into blocks changes no bit. */
export function createScoreSink(ensemble: TrainedEnsemble, metric: Metric, combine: Combine): ScoreSink {
  const { task, encoding } = ensemble;
  const count = ensemble.members.length;
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const sums = Array.from({ length: count + 1 }, () => new Float64Array(metric.sums(outputs)));
  const weightOf = new Float64Array(count + 1);
  const addTo = (
    at: number,
    { mean, logProbabilities }: Predictions,
    chosen: Int32Array,
    truth: TargetBlock,
    weights: Float64Array,
  ) => {
    const { rows } = truth;
    for (let row = 0; row < rows; row++) weightOf[at]! += weights[row]!;
    metric.addRows(sums[at]!, { rows, outputs, mean, logProbabilities, chosen, truth, weights });
  };
  return {
    add(members, truth, mask, weights) {
      const { rows } = truth;
      const own = new Float64Array(rows);
      const any = new Float64Array(rows);
      for (const [member, predictions] of members.entries()) {
        for (let row = 0; row < rows; row++) {
          const counts = mask === null || mask[member * rows + row] === 1;
          own[row] = counts ? (weights?.[row] ?? 1) : 0;
          if (counts) any[row] = own[row]!;
        }
        addTo(member, predictions, chosenOf(task, predictions), truth, own);
      }
      const combined = combine(members, mask);
      // Rows that no member of positive weight counts for.
      for (let row = 0; row < rows; row++) if (Number.isNaN(combined.mean[row * outputs]!)) any[row] = 0;
      addTo(count, combined, combined.labels ?? NO_LABELS, truth, any);
    },
    finish() {
      const values = sums.map((own, at) =>
        weightOf[at] === 0 ? null : oneNumber(metric, own, weightOf[at]!, encoding.targets.std),
      );
      return { ensemble: values[count]!, members: values.slice(0, count) };
    },
  };
}

const NO_LABELS = new Int32Array(0);

function chosenOf(task: Task, { mean, rows, outputs }: Predictions): Int32Array {
  return task.kind === 'classification' ? labelsOf(mean, rows, outputs) : NO_LABELS;
}

/** Of several targets the mean, each in units of its standard deviation in training, since they have no unit in common. */
function oneNumber(
  metric: Metric,
  sums: Float64Array,
  weight: number,
  deviations: readonly number[],
): number {
  if (metric.values === 'one') return metric.value(sums, weight);
  const values = metric.value(sums, weight);
  if (values.length === 1) return values[0]!;
  return values.reduce((sum, value, at) => sum + value / deviations[at]!, 0) / values.length;
}
