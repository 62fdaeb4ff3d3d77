// Blocks of rows that are predicted one after the other, and what they are together.

import type { Values } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { joined } from '../../math/joined.js';
import type { Uncertainty } from '../../predictions/aggregate/uncertainty.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import { joinQuantiles, quantilesPart } from '../../predictions/quantiles.js';

/** Runs what it is given one after the other: members answer in memory that their next answer overwrites. */
export function turns(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const mine = last.then(run);
    last = mine.catch(() => {});
    return mine;
  };
}

/** Consecutive blocks as one. @throws ERR_SHAPE when there are none. */
export function concatenate(blocks: readonly CombinedPredictions[], rows: number): CombinedPredictions {
  const first = blocks[0];
  if (first === undefined)
    throw new TuttiError('ERR_SHAPE', 'Expected at least one row to predict, got none');
  const join = <Own extends Values | Int32Array | Uint8Array>(
    part: (block: CombinedPredictions) => Own | null | undefined,
  ): Own | null => ((part(first) ?? null) === null ? null : joined(blocks.map((block) => part(block)!)));
  const lower = join(({ lower }) => lower);
  const upper = join(({ upper }) => upper);
  const sets = join(({ sets }) => sets);
  return {
    rows,
    outputs: first.outputs,
    mean: join(({ mean }) => mean)!,
    logProbabilities: join(({ logProbabilities }) => logProbabilities),
    variance: join(({ variance }) => variance),
    labels: join(({ labels }) => labels),
    flooredCount: blocks.reduce((sum, block) => sum + block.flooredCount, 0),
    varianceKind: first.varianceKind,
    ...quantilesPart(joinQuantiles(blocks.map(({ quantiles }) => quantiles))),
    ...(lower === null || upper === null ? {} : { lower, upper }),
    ...(sets === null ? {} : { sets }),
  };
}

/** What uncertainty there is of consecutive blocks, as that of one. */
export function joinedUncertainty(parts: readonly Uncertainty[], rows: number): Uncertainty {
  const { kind, columns, total, aleatoric } = parts[0]!;
  const join = (part: (own: Uncertainty) => Float64Array) => joined(parts.map(part));
  return {
    ...{ kind, rows, columns },
    total: total && join((own) => own.total!),
    aleatoric: aleatoric && join((own) => own.aleatoric!),
    epistemic: join((own) => own.epistemic),
  };
}
