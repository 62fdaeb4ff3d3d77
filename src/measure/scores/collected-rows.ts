// Combined predictions beside the truth, gathered block by block for scores that need all rows at once.

import type { Task, Values } from '../../data/dataset/dataset.js';
import { joined } from '../../math/joined.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import { joinQuantiles, pickQuantiles, quantilesPart } from '../../predictions/quantiles.js';
import type { ScorableRows } from './resampled-rows.js';

export interface RowCollector {
  /** Adds a block; rows that no member counts for are left out. The arrays may be written again afterwards. */
  addBlock(combined: CombinedPredictions, truth: TargetBlock): void;
  /** Null when there were no rows. `positions`: places of the rows among all that were shown, ascending. */
  finish(): { readonly known: ScorableRows; readonly positions: Uint32Array } | null;
}

export function createRowCollector(task: Task): RowCollector {
  const positions: number[] = [];
  const blocks: CombinedPredictions[] = [];
  const truths: TargetBlock[] = [];
  let seen = 0;
  return {
    addBlock(combined, truth) {
      const kept: number[] = [];
      for (let row = 0; row < truth.rows; row++) {
        if (Number.isNaN(combined.mean[row * combined.outputs]!)) continue;
        kept.push(row);
        positions.push(seen + row);
      }
      seen += truth.rows;
      if (kept.length === 0) return;
      blocks.push(keptRows(combined, kept));
      const { labels, targets } = truth;
      truths.push({
        rows: kept.length,
        labels: labels.length === 0 ? labels : Int32Array.from(kept, (row) => labels[row]!),
        targets: targets.length === 0 ? targets : pick(targets, kept, combined.outputs),
      });
    },
    finish() {
      const first = blocks[0];
      if (first === undefined) return null;
      const rows = positions.length;
      const { outputs, varianceKind } = first;
      const combined: CombinedPredictions = {
        ...{ rows, outputs, varianceKind, flooredCount: 0 },
        mean: joined(blocks.map(({ mean }) => mean)),
        logProbabilities: joinedOrNull(blocks.map((block) => block.logProbabilities)),
        variance: joinedOrNull(blocks.map((block) => block.variance)),
        labels: joinedOrNull(blocks.map((block) => block.labels)),
        ...quantilesPart(joinQuantiles(blocks.map((block) => block.quantiles))),
      };
      const truth = {
        rows,
        labels: joined(truths.map(({ labels }) => labels)),
        targets: joined(truths.map(({ targets }) => targets)),
      };
      return {
        known: { task, rows, outputs, truth, weights: null, combined },
        positions: Uint32Array.from(positions),
      };
    },
  };
}

function keptRows(combined: CombinedPredictions, kept: readonly number[]): CombinedPredictions {
  const { outputs, mean, logProbabilities, variance, labels, quantiles } = combined;
  return {
    ...{ ...combined, rows: kept.length, mean: pick(mean, kept, outputs) },
    logProbabilities: logProbabilities && pick(logProbabilities, kept, outputs),
    variance: variance && pick(variance, kept, outputs),
    labels: labels && Int32Array.from(kept, (row) => labels[row]!),
    ...quantilesPart(quantiles && pickQuantiles(quantiles, combined.rows, kept)),
  };
}

function pick<Own extends Values>(values: Own, kept: readonly number[], outputs: number): Own {
  const own = new (values.constructor as new (length: number) => Own)(kept.length * outputs);
  for (const [at, row] of kept.entries()) {
    for (let output = 0; output < outputs; output++)
      own[at * outputs + output] = values[row * outputs + output]!;
  }
  return own;
}

function joinedOrNull<Own extends Float32Array | Float64Array | Int32Array>(
  parts: readonly (Own | null)[],
): Own | null {
  const own = parts.filter((part) => part !== null);
  return own.length < parts.length ? null : joined(own);
}
