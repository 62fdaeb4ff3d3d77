// Each member's own predictions, one by one instead of combined: for tools that look at members themselves.

import { outputCount, type Values } from '../../data/dataset/dataset.js';
import { checkOptions, type OptionTable } from '../../option-names.js';
import type { Predictions } from '../../predictions/predictions.js';
import { joinQuantiles, type Quantiles, quantilesPart, withValues } from '../../predictions/quantiles.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { ANSWER_OPTIONS, type AnswerOptions } from './answer-rules.js';
import { type Inputs, inputsOf } from './inputs.js';
import { eachBlock } from './predict.js';
import { ROW_RUNNER_OPTIONS, type RowRunnerOptions } from './row-runner.js';

export interface MemberPredictionOptions extends AnswerOptions, RowRunnerOptions {}

/** What the options must be; see src/option-names.ts. */
export const MEMBER_PREDICTION_OPTIONS = {
  ...ANSWER_OPTIONS,
  ...ROW_RUNNER_OPTIONS,
} satisfies OptionTable<MemberPredictionOptions>;

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function predictMembers(
  ensemble: TrainedEnsemble,
  inputs: Inputs,
  options: MemberPredictionOptions = {},
): Promise<Predictions[]> {
  checkOptions('predictMembers', options, MEMBER_PREDICTION_OPTIONS);
  const { x, rows } = inputsOf(ensemble, inputs);
  const outputs = outputCount(ensemble.task);
  const all: { [part in Part]: Predictions[part] }[] = [];
  const quantiles: (Quantiles | undefined)[][] = [];
  const keep = (members: readonly Predictions[], { start }: { readonly start: number }) => {
    for (const [at, block] of members.entries()) {
      quantiles[at] ??= [];
      quantiles[at].push(
        block.quantiles && withValues(block.quantiles, block.rows, (values) => values.slice()),
      );
      all[at] ??= emptyLike(block, rows * outputs);
      // Blocks are views that the next one overwrites.
      for (const part of PARTS) all[at]![part]?.set(block[part]!, start * outputs);
    }
  };
  await eachBlock(ensemble, x, rows, null, keep, options);
  return all.map((parts, at) => ({
    rows,
    outputs,
    ...parts,
    ...quantilesPart(joinQuantiles(quantiles[at]!)),
  }));
}

const PARTS = ['mean', 'logProbabilities', 'variance'] as const;

type Part = (typeof PARTS)[number];

/** The parts that a block has, for `length` numbers, of the same precision. */
function emptyLike(block: Predictions, length: number): { [part in Part]: Predictions[part] } {
  const like = <Own extends Values>(values: Own): Own =>
    new (values.constructor as new (size: number) => Own)(length);
  return {
    mean: like(block.mean),
    logProbabilities: block.logProbabilities && like(block.logProbabilities),
    variance: block.variance && like(block.variance),
  };
}
