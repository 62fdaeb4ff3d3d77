// Rows of many requests, predicted together: a block takes rows of as many as there are, in the order in which they came,
// so that none waits for all rows of another. The members are loaded once. Every row's answer depends on that row alone,
// so it is the same beside any others; what a block fails of is predicted again request by request, so that one cannot
// spoil the answer of another.

import type { CoverageOptions } from '../conformal/guarantee-options.js';
import { bareEnsemble, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { ANSWER_OPTIONS } from '../ensemble/predict/answer-rules.js';
import { joinedUncertainty } from '../ensemble/predict/consecutive-blocks.js';
import { ensembleCombiner } from '../ensemble/predict/ensemble-combiner.js';
import { ensembleGuarantee } from '../ensemble/predict/guarantees.js';
import { blockRowsOf } from '../ensemble/predict/member-blocks.js';
import { combineSettings, concatenate } from '../ensemble/predict/predict.js';
import { type BlockPredictor, createBlockPredictor } from '../ensemble/predict/predictors.js';
import { predictingRunner, type RowRunner, type RowSession } from '../ensemble/predict/row-runner.js';
import { eachBlockOnThreads } from '../ensemble/predict/rows-on-threads.js';
import { KEPT_BYTES } from '../ensemble/predict/stored-members.js';
import { isWorthThreads } from '../ensemble/predict/worth-threads.js';
import { TuttiError } from '../errors.js';
import { turn } from '../long-calls.js';
import { isNetwork } from '../model/network-members.js';
import { pickOptions } from '../option-names.js';
import { type Uncertainty, uncertaintyOf } from '../predictions/aggregate/uncertainty.js';
import type { RowRange } from '../predictions/blocks.js';
import type { Combine, CombinedPredictions } from '../predictions/combined-predictions.js';
import type { Predictions } from '../predictions/predictions.js';
import { copyOf } from '../predictions/row-parts.js';
import type { Call } from './exchange.js';
import { Guarantees } from './guarantees.js';
import type { PredictionHandlerOptions } from './options.js';
import { joinedMembers, rowsOfMembers, slicedPredictions } from './slices.js';

/** What is wanted of rows beside their predictions. */
export interface Wishes extends CoverageOptions {
  /** Each member's own predictions. */
  readonly members: boolean;
  /** Where the uncertainty comes from. */
  readonly uncertainty: boolean;
}

/** Rows as they are answered. */
export interface AnsweredRows {
  readonly predictions: CombinedPredictions;
  /** One for each member; null where they are not wanted. */
  readonly members: readonly Predictions[] | null;
  readonly uncertainty: Uncertainty | null;
}

/** Rows that wait, or are predicted in part. */
interface Work {
  /** [rows, features] in the user's units. */
  readonly x: Float64Array;
  readonly rows: number;
  readonly wishes: Wishes;
  readonly call: Call;
  /** Rows that are predicted. */
  done: number;
  readonly parts: AnsweredRows[];
  resolve(answered: AnsweredRows): void;
  reject(error: unknown): void;
}

/** Rows of one request in a block: from `done` on. */
interface Share {
  readonly work: Work;
  readonly rows: number;
}

export class RowQueue {
  readonly #ensemble: TrainedEnsemble;
  readonly #options: PredictionHandlerOptions;
  readonly #loaded: BlockPredictor;
  readonly #combine: Combine;
  readonly #weights: readonly number[] | null;
  readonly #guarantees: Guarantees;
  readonly #blockRows: number;
  /** Rows of several requests, one after another. */
  readonly #x: Float64Array;
  /** Whether rows of several requests may be predicted at once, with the same bits. */
  readonly #mixes: boolean;
  #waiting: Work[] = [];
  /** The ensemble on threads, once there was need. */
  #session: RowSession | null = null;
  #running = false;
  #disposed = false;

  private constructor(ensemble: TrainedEnsemble, options: PredictionHandlerOptions, loaded: BlockPredictor) {
    const { plan, members, features } = ensemble;
    this.#ensemble = ensemble;
    this.#options = options;
    this.#loaded = loaded;
    this.#combine = ensembleCombiner(ensemble, options);
    this.#weights = combineSettings(ensemble, options).weights ?? null;
    this.#guarantees = new Guarantees((coverage) => ensembleGuarantee(ensemble, { ...options, ...coverage }));
    this.#blockRows = blockRowsOf(ensemble);
    this.#x = new Float64Array(this.#blockRows * features);
    // A module of a user's may look at all of the rows that it is given, and TensorFlow.js sums by their number.
    this.#mixes = members.every(({ index }) => {
      const spec = plan.members[index]!;
      return isNetwork(spec) || spec.engine === 'neighbours' || spec.engine === 'trees';
    });
  }

  /** Loads the members. @throws what `createPredictor` does. */
  static async open(ensemble: TrainedEnsemble, options: PredictionHandlerOptions): Promise<RowQueue> {
    const answers = pickOptions(options, { clip: ANSWER_OPTIONS.clip });
    const loaded = await createBlockPredictor(ensemble, blockRowsOf(ensemble), answers, KEPT_BYTES);
    try {
      return new RowQueue(ensemble, options, loaded);
    } catch (error) {
      loaded.dispose();
      throw error;
    }
  }

  /**
   * Predicts rows, as `ensemble.predict` does.
   * @param x [rows, features] in the user's units, at least one row.
   * @throws ERR_OPTION, ERR_DATA for a coverage that cannot be guaranteed; ERR_DATA, ERR_LEARNER as `ensemble.predict`;
   * ERR_CANCELLED when the call is over, or the queue.
   */
  async predict(x: Float64Array, rows: number, wishes: Wishes, call: Call): Promise<AnsweredRows> {
    // Before anything is done for it.
    this.#guarantees.of(wishes);
    const runner = predictingRunner(this.#options.runner);
    if (isWorthThreads(this.#ensemble, rows, runner, wishes)) {
      return this.#predictOnThreads(runner, x, rows, wishes, call);
    }
    return this.#wait(x, rows, wishes, call);
  }

  #wait(x: Float64Array, rows: number, wishes: Wishes, call: Call): Promise<AnsweredRows> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ x, rows, wishes, call, done: 0, parts: [], resolve, reject });
      if (this.#running) return;
      this.#running = true;
      void this.#run();
    });
  }

  /** Lets go of the members; what waits is refused. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#session?.close();
    if (!this.#running) this.#loaded.dispose();
  }

  /** Rows that take long, on threads, so that others do not wait for them. */
  async #predictOnThreads(
    runner: Required<RowRunner>,
    x: Float64Array,
    rows: number,
    wishes: Wishes,
    call: Call,
  ): Promise<AnsweredRows> {
    const ensemble = this.#ensemble;
    const { features } = ensemble;
    this.#session ??= runner.openRows(
      bareEnsemble(ensemble),
      pickOptions(this.#options, { clip: ANSWER_OPTIONS.clip }),
    );
    const parts: AnsweredRows[] = [];
    const visit = (members: readonly Predictions[], { start }: RowRange) => {
      if (call.over || this.#disposed) throw cancelled();
      const combined = this.#combine(members);
      parts.push(this.#part({ x, done: start, wishes }, members, combined, { start: 0, end: combined.rows }));
    };
    // What threads cannot do is done beside all the others.
    const here = async ({ start, end }: RowRange) => {
      const own = x.subarray(start * features, end * features);
      return (await this.#wait(own, end - start, { members: true, uncertainty: false }, call)).members!;
    };
    const asked = { x, features, rows, index: null, blockRows: this.#blockRows, signal: undefined, here };
    await eachBlockOnThreads(this.#session, runner.threads, { ...asked, what: 'members' }, visit);
    return joinedParts(parts, rows);
  }

  async #run(): Promise<void> {
    const { linger = 0 } = this.#options;
    if (linger > 0 && !this.#isFull()) await pause(linger);
    while (this.#waiting.length > 0) {
      // Requests that have arrived are heard before the next block, and so are in it.
      await turn();
      this.#waiting = this.#waiting.filter((work) => !this.#isOver(work));
      const shares = this.#take();
      if (shares.length > 0) await this.#answer(shares);
    }
    this.#running = false;
    if (this.#disposed) this.#loaded.dispose();
  }

  #isFull(): boolean {
    let rows = 0;
    for (const work of this.#waiting) rows += work.rows;
    return rows >= this.#blockRows;
  }

  #isOver(work: Work): boolean {
    if (!work.call.over && !this.#disposed) return false;
    work.reject(cancelled());
    return true;
  }

  /** Rows for a block. Who has more of them goes to the end, behind those that came meanwhile. */
  #take(): Share[] {
    const shares: Share[] = [];
    let room = this.#blockRows;
    while (room > 0 && this.#waiting.length > 0) {
      const work = this.#waiting[0]!;
      const rows = Math.min(room, work.rows - work.done);
      shares.push({ work, rows });
      this.#waiting.shift();
      room -= rows;
      if (!this.#mixes) break;
    }
    return shares;
  }

  async #answer(shares: readonly Share[]): Promise<void> {
    if (shares.length === 1) return this.#answerAlone(shares[0]!);
    try {
      const { features } = this.#ensemble;
      let end = 0;
      for (const { work, rows } of shares) {
        this.#x.set(work.x.subarray(work.done * features, (work.done + rows) * features), end * features);
        end += rows;
      }
      await this.#predictBlock(this.#x, { start: 0, end }, shares);
    } catch {
      // One of them is at fault, and its error names a row of its own where it is alone.
      for (const share of shares) await this.#answerAlone(share);
    }
  }

  async #answerAlone(share: Share): Promise<void> {
    const { work, rows } = share;
    try {
      await this.#predictBlock(work.x, { start: work.done, end: work.done + rows }, [share]);
    } catch (error) {
      work.reject(error);
    }
  }

  /** Predicts a block of rows that lie one after another, and gives each request its own. */
  async #predictBlock(x: Float64Array, range: RowRange, shares: readonly Share[]): Promise<void> {
    const members = await this.#loaded.predictBlock(x, range, null);
    const combined = this.#combine(members);
    let start = 0;
    const parts = shares.map(({ work, rows }) => {
      const part = this.#part(work, members, combined, { start, end: start + rows });
      start += rows;
      return part;
    });
    for (const [at, { work, rows }] of shares.entries()) {
      work.parts.push(parts[at]!);
      work.done += rows;
      if (work.done < work.rows) this.#waiting.push(work);
      else work.resolve(joinedParts(work.parts, work.rows));
    }
  }

  /** What is answered of some rows of a block. */
  #part(
    { x, done, wishes }: Pick<Work, 'x' | 'done' | 'wishes'>,
    members: readonly Predictions[],
    combined: CombinedPredictions,
    range: RowRange,
  ): AnsweredRows {
    const all = range.start === 0 && range.end === combined.rows;
    const predictions = all ? combined : slicedPredictions(combined, range);
    const guarantee = this.#guarantees.of(wishes);
    if (guarantee === null && !wishes.members && !wishes.uncertainty)
      return { predictions, members: null, uncertainty: null };
    const own = all ? members : rowsOfMembers(members, range);
    return {
      predictions: guarantee === null ? predictions : { ...predictions, ...guarantee(own, x, done) },
      members: wishes.members ? own.map(copyOf) : null,
      uncertainty: wishes.uncertainty
        ? uncertaintyOf(own, this.#ensemble.task, { weights: this.#weights })
        : null,
    };
  }
}

function cancelled(): TuttiError {
  return new TuttiError('ERR_CANCELLED', 'Nobody waits for these rows any longer');
}

function joinedParts(parts: readonly AnsweredRows[], rows: number): AnsweredRows {
  if (parts.length === 1) return parts[0]!;
  const members = parts.map((part) => part.members).filter((part) => part !== null);
  const uncertainty = parts.map((part) => part.uncertainty).filter((part) => part !== null);
  return {
    predictions: concatenate(
      parts.map(({ predictions }) => predictions),
      rows,
    ),
    members: members.length === 0 ? null : joinedMembers(members, rows),
    uncertainty: uncertainty.length === 0 ? null : joinedUncertainty(uncertainty, rows),
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
