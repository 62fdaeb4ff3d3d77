// A saved ensemble as it predicts without a pool, on the thread that asks, in any JavaScript: the same answers to the bit, in
// the same forms, as src/api/ensemble.ts gives.

import { rowsOf } from '../api/predicted-rows.js';
import type { PredictedArrays, PredictedRecords } from '../api/predictor.js';
import type { UncertainRecords } from '../api/uncertain-records.js';
import { contentHash } from '../bundle/content-hash.js';
import { COVERAGE_OPTIONS, type CoverageOptions } from '../conformal/guarantee-options.js';
import { outputCount, type Task, type TaskKind, type Values } from '../data/dataset/dataset.js';
import type { Preprocessing } from '../data/preprocessing/preprocessing.js';
import { failRows } from '../data/table/fail-rows.js';
import type { DataRecord } from '../data/table/record-table.js';
import type { EnginePredictor } from '../engines/shared/predictor.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { ANSWER_OPTIONS, type AnswerOptions, answerRules } from '../ensemble/predict/answer-rules.js';
import { blockPredictor } from '../ensemble/predict/block-predictor.js';
import { concatenate, joinedUncertainty, turns } from '../ensemble/predict/consecutive-blocks.js';
import {
  CALIBRATED_OPTIONS,
  type CalibratedOptions,
  combineSettings,
  ensembleCombiner,
} from '../ensemble/predict/ensemble-combiner.js';
import type { BlockAnswer } from '../ensemble/predict/guarantees.js';
import type { UncertainPredictions } from '../ensemble/predict/predict-uncertainty.js';
import { columnsOf, isRecords, wholeRows } from '../ensemble/predict/raw-rows.js';
import { storedMembers } from '../ensemble/predict/stored-members.js';
import { TuttiError } from '../errors.js';
import { betweenBlocks } from '../long-calls.js';
import { checkOptions, type OptionTable } from '../option-names.js';
import { COMBINE_OPTIONS } from '../predictions/aggregate/aggregate.js';
import type { Aggregator } from '../predictions/aggregate/aggregators.js';
import { blockRanges, blockRowsFor } from '../predictions/blocks.js';
import type { Predictions } from '../predictions/predictions.js';
import { copyOf, joined } from '../predictions/row-parts.js';

/** Rows as numbers: [rows, features], row-major, in the user's units. */
export type NumberRows = Values | readonly number[];

/** Rows as numbers, or as records of the training file's columns. */
export type PortableInputs = NumberRows | readonly DataRecord[];

/** What combining members takes; as of `Ensemble.predict`, but for a runner. */
export interface PortableCombineOptions extends AnswerOptions, CalibratedOptions {
  /** @default that which the ensemble is calibrated for, else 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** One per trained member, in plan order. @default those the members carry, else equal */
  readonly weights?: readonly number[];
  /** Floor of probabilities that do not come from logits. @default 1e-6 */
  readonly tolerance?: number;
}

export interface PortablePredictOptions extends PortableCombineOptions, CoverageOptions {}

const UNCERTAINTY_OPTIONS = {
  ...COMBINE_OPTIONS,
  ...CALIBRATED_OPTIONS,
  ...ANSWER_OPTIONS,
} satisfies OptionTable<PortableCombineOptions>;

const OPTIONS = { ...UNCERTAINTY_OPTIONS, ...COVERAGE_OPTIONS } satisfies OptionTable<PortablePredictOptions>;

/** Rows in the user's units, [rows, features]. */
interface NumberedRows {
  readonly x: Values;
  readonly rows: number;
}

/** A saved ensemble that predicts; see {@link openEnsemble}. */
export class PortableEnsemble<Kind extends TaskKind = TaskKind> {
  readonly task: Task<Kind>;
  /** Columns of the numbers that members see. */
  readonly features: number;
  /** Members there are. */
  readonly memberCount: number;
  /** The columns that records must have, in their order; null where it was trained on arrays. */
  readonly columns: readonly string[] | null;
  readonly #ensemble: TrainedEnsemble<Kind>;
  readonly #loaded: EnginePredictor;
  readonly #transform: ((preprocessing: Preprocessing, records: readonly DataRecord[]) => Values) | null;
  readonly #blockRows: number;
  readonly #next = turns();
  #disposed = false;

  /** @param loaded its members, and @param transform what reads records, where it has columns; `openEnsemble` loads both. */
  constructor(
    ensemble: TrainedEnsemble<Kind>,
    loaded: {
      predict(rows: Float32Array, count: number): readonly Predictions[] | Promise<readonly Predictions[]>;
      dispose(): void;
    },
    transform: ((preprocessing: Preprocessing, records: readonly DataRecord[]) => Values) | null,
  ) {
    this.#transform = transform;
    this.task = ensemble.task;
    this.features = ensemble.features;
    this.memberCount = ensemble.members.length;
    this.columns = ensemble.preprocessing?.features.map(({ column }) => column) ?? null;
    this.#ensemble = ensemble;
    this.#loaded = loaded;
    this.#blockRows = portableBlockRows(ensemble);
  }

  /** SHA-256 of what determines the ensemble and of its members' bytes, hexadecimal: as `tutti inspect` shows it. */
  contentHash(): string {
    return contentHash(this.#ensemble);
  }

  /**
   * Predicts rows in the user's units. Records are answered by an object each: `{ label, probabilities }`, or `{ value,
   * values, deviation }`; numbers, [rows, features], by arrays. With a `coverage` they carry a `set` of classes, or an
   * `interval`, that holds the truth so often; arrays carry `sets`, or `lower` and `upper`.
   * @throws ERR_SHAPE for numbers that are no whole rows, ERR_DATA naming row and column of a value that does not fit.
   */
  predict<const Records extends readonly DataRecord[]>(
    records: Records,
    options?: PortablePredictOptions,
  ): Promise<PredictedRecords<Kind, Records>>;
  predict(rows: NumberRows, options?: PortablePredictOptions): Promise<PredictedArrays<Kind>>;
  async predict(inputs: PortableInputs, options: PortablePredictOptions = {}): Promise<unknown> {
    checkOptions('predict', options, OPTIONS);
    // At once, since the caller may change its records meanwhile.
    const numbers = this.#numbersOf(inputs);
    const answer = await blockAnswer(this.#ensemble, options);
    const { blocks, rows } = await this.#answers(numbers, options, answer);
    const combined = blocks.length === 1 ? blocks[0]! : concatenate(blocks, rows);
    return isRecords(inputs) ? rowsOf(this.task, combined) : combined;
  }

  /**
   * Predicts rows and says where the uncertainty of each comes from: entropies of classes in nats, variances of numbers.
   * Records are answered by an object each: `{ prediction, total, aleatoric, epistemic }`; numbers by arrays.
   * @throws as `predict`.
   */
  uncertainty<const Records extends readonly DataRecord[]>(
    records: Records,
    options?: PortableCombineOptions,
  ): Promise<UncertainRecords<Kind, Records>>;
  uncertainty(rows: NumberRows, options?: PortableCombineOptions): Promise<UncertainPredictions>;
  async uncertainty(inputs: PortableInputs, options: PortableCombineOptions = {}): Promise<unknown> {
    checkOptions('uncertainty', options, UNCERTAINTY_OPTIONS);
    const numbers = this.#numbersOf(inputs);
    const { uncertaintyOf, uncertainRows } = await import('./later.js');
    const combine = ensembleCombiner(this.#ensemble, options);
    const { weights = null } = combineSettings(this.#ensemble, options);
    const { blocks, rows } = await this.#answers(numbers, options, (members) => ({
      combined: combine(members),
      uncertainty: uncertaintyOf(members, this.task, { weights }),
    }));
    const predictions = concatenate(
      blocks.map(({ combined }) => combined),
      rows,
    );
    const parts = blocks.map(({ uncertainty }) => uncertainty);
    const found = { predictions, ...joinedUncertainty(parts, rows) };
    return isRecords(inputs) ? uncertainRows(this.task, found) : found;
  }

  /** Each member's own predictions, in plan order. @throws as `predict`. */
  async predictMembers(inputs: PortableInputs, options: AnswerOptions = {}): Promise<Predictions[]> {
    checkOptions('predictMembers', options, ANSWER_OPTIONS);
    const { blocks, rows } = await this.#answers(this.#numbersOf(inputs), options, (members) =>
      members.map(copyOf),
    );
    return Array.from({ length: this.memberCount }, (_, member) =>
      joined(
        blocks.map((block) => block[member]!),
        rows,
      ),
    );
  }

  /** Lets go of the members, after what is under way. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#next(async () => this.#loaded.dispose());
  }

  /** What is made of the members' predictions of each block of rows, of which the next block overwrites the arrays. */
  async #answers<Answer>(
    { x, rows }: NumberedRows,
    options: AnswerOptions,
    answer: (members: readonly Predictions[], x: Values, start: number) => Answer,
  ): Promise<{ readonly blocks: readonly Answer[]; readonly rows: number }> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (rows === 0) throw new TuttiError('ERR_SHAPE', 'Expected at least one row to predict, got none');
    const [ensemble, blockRows] = [this.#ensemble, this.#blockRows];
    const rules = answerRules(ensemble, options);
    const predictor = blockPredictor(ensemble, storedMembers(ensemble), this.#loaded, rules, blockRows);
    const blocks: Answer[] = [];
    for (const range of blockRanges(rows, blockRows)) {
      if (range.start > 0) await betweenBlocks(signal);
      blocks.push(
        await this.#next(async () => {
          if (this.#disposed) throw new TuttiError('ERR_CANCELLED', 'The ensemble has been disposed of');
          return answer(await predictor.predictBlock(x, range, null), x, range.start);
        }),
      );
    }
    return { blocks, rows };
  }

  #numbersOf(inputs: PortableInputs): NumberedRows {
    const ensemble = this.#ensemble;
    if (isRecords(inputs)) {
      const columns = columnsOf(ensemble);
      return { x: this.#transform!(columns, inputs), rows: inputs.length };
    }
    const kind = Object.prototype.toString.call(inputs);
    if (kind === '[object Float32Array]' || kind === '[object Float64Array]') {
      return { x: inputs as Values, rows: wholeRows(ensemble, inputs) };
    }
    if (!Array.isArray(inputs))
      failRows('x', 'a Float32Array or Float64Array of rows, a list of numbers or records', inputs);
    return { x: Float64Array.from(inputs), rows: wholeRows(ensemble, inputs) };
  }
}

/** What is made of members' predictions; by {@link ensembleCombiner} alone where nothing is asked for beside them. */
async function blockAnswer(ensemble: TrainedEnsemble, options: PortablePredictOptions): Promise<BlockAnswer> {
  if (options.coverage === undefined && options.conformal === undefined) {
    const combine = ensembleCombiner(ensemble, options);
    return (members) => combine(members);
  }
  const { ensembleAnswer } = await import('./later.js');
  return ensembleAnswer(ensemble, options);
}

export function portableBlockRows({ members, task }: TrainedEnsemble): number {
  return blockRowsFor(members.length, outputCount(task));
}
