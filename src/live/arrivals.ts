// What averaging buys, measured as members arrive: each new member predicts, once, the rows that it never saw, and sums
// over members tell v, c and the error of their mean. Of many rows some stand for all, and it is given no more than a small
// share of the time, since it runs where the training is coordinated.

import type { Dataset } from '../data/dataset/dataset.js';
import { trainingFacts } from '../data/dataset/training-facts.js';
import type { TrainedMember } from '../ensemble/ensemble.js';
import { drawEnsembleRows, drawMember, type EnsembleRows } from '../ensemble/member-rows.js';
import { createBlockPredictor } from '../ensemble/predict/predictors.js';
import { betweenBlocks } from '../long-calls.js';
import { type EnsemblePlan, seedOf } from '../model/spec.js';
import { BLOCK_ROWS, blockRanges, type TargetBlock, targetBlock } from '../predictions/blocks.js';
import type { ArrivalPoint, RunArrivals } from './client/protocol.js';
import { ErrorSums } from './error-sums.js';

/** Rows that stand for all: their mean squared error has a standard error of some percent of itself. */
const MOST_ROWS = 2048;
/** After each member nothing is done for so many times as long as predicting with it took. */
const REST_SHARE = 60;
/** The first member takes longer, since what predicts is loaded and warms up. */
const MOST_FIRST_MS = 20;
/** Engines that answer quickly, on the calling thread, and run no code of the user's. */
const ENGINES: readonly string[] = ['wasm', 'neighbours', 'trees'];

/** The rows that are predicted. */
interface Watched {
  readonly rowsFrom: RunArrivals['rowsFrom'];
  readonly dataset: Dataset;
  /** Their places in the dataset, ascending. */
  readonly index: Uint32Array;
  /** Where each row of the dataset is among them, or −1. */
  readonly placeOf: Int32Array;
  readonly targets: TargetBlock;
  readonly totalRows: number;
}

export interface ArrivalsOptions {
  readonly plan: EnsemblePlan;
  readonly train: Dataset;
  /** Rows that no member is trained on, for members that leave none out. */
  readonly test: Dataset | null;
  /** Whether anybody looks. */
  readonly isWatched: () => boolean;
  /** Told when there is a new point. */
  readonly changed: () => void;
}

export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #queue: TrainedMember[] = [];
  readonly #points: ArrivalPoint[] = [];
  #drawn: EnsembleRows | null = null;
  #watched: Watched | null = null;
  #sums: ErrorSums | null = null;
  /** Why there is nothing to draw. */
  #reason: string | null = null;
  #restsUntilMs = 0;
  /** Ends the rest. */
  #awake: () => void = () => undefined;
  #working: Promise<void> | null = null;
  #ended = false;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
    if (!options.plan.members.every(({ engine }) => ENGINES.includes(engine)))
      this.#reason = 'Members of modules of yours are measured when all are trained.';
  }

  /** A member is there; it is predicted with when somebody looks. */
  add(member: TrainedMember): void {
    if (this.#reason !== null || this.#ended) return;
    this.#queue.push(member);
    this.wake();
  }

  /** Somebody may look now. */
  wake(): void {
    if (this.#ended || this.#working !== null || this.#queue.length === 0 || !this.#options.isWatched())
      return;
    this.#working = this.#work().finally(() => {
      this.#working = null;
    });
  }

  /** Nothing more is predicted; resolves when nothing is. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#awake();
    await this.#working;
  }

  get state(): RunArrivals | string | null {
    if (this.#reason !== null) return this.#reason;
    const [watched, sums] = [this.#watched, this.#sums];
    if (watched === null || sums === null || this.#points.length === 0) return null;
    return {
      rowsFrom: watched.rowsFrom,
      rows: watched.index.length,
      totalRows: watched.totalRows,
      ...sums.moments(),
      planned: this.#options.plan.members.length,
      points: this.#points,
    };
  }

  async #work(): Promise<void> {
    const { isWatched, changed } = this.#options;
    while (!this.#ended && this.#queue.length > 0 && isWatched()) {
      await this.#rest();
      if (this.#ended || !isWatched()) return;
      let tookMs = 0;
      try {
        tookMs = await this.#take(this.#queue.shift()!);
      } catch {
        // No training may fail because somebody looks: its own measurement will say what is wrong.
        this.#reason = 'Members cannot be measured as they arrive; they are when all are trained.';
        this.#queue.length = 0;
      }
      if (this.#points.length <= 1) tookMs = Math.min(tookMs, MOST_FIRST_MS);
      this.#restsUntilMs = performance.now() + REST_SHARE * tookMs;
      changed();
    }
  }

  /** Until it may go on, or is to end. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, this.#restsUntilMs - performance.now())).unref();
      this.#awake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Predicts with a member the rows that it never saw. @returns how long this thread was busy with it. */
  async #take(member: TrainedMember): Promise<number> {
    let began = performance.now();
    const { plan, train } = this.#options;
    this.#drawn ??= drawEnsembleRows(plan, train);
    const spec = plan.members[member.index]!;
    const rows = this.#drawn.of(spec);
    const { outOfBag } = drawMember(seedOf(plan, spec), spec, train, train.features, rows);
    this.#watched ??= this.#choose(outOfBag.length > 0);
    const watched = this.#watched;
    if (watched === null) {
      this.#reason = 'No member leaves a row out, and none is held out: nothing to measure on.';
      return 0;
    }
    const isOutOfBag = watched.rowsFrom === 'outOfBag';
    const own = isOutOfBag ? outOfBag.filter((row) => watched.placeOf[row]! >= 0) : watched.index;
    let tookMs = performance.now() - began;
    const predictor = await createBlockPredictor(this.#alone(member), BLOCK_ROWS);
    try {
      for (const range of blockRanges(own.length)) {
        began = performance.now();
        const [predictions] = await predictor.predictBlock(watched.dataset.x, range, own);
        this.#sums ??= new ErrorSums(watched.targets, predictions!.outputs);
        const places = own.subarray(range.start, range.end).map((row) => watched.placeOf[row]!);
        this.#sums.add(places, predictions!.mean);
        tookMs += performance.now() - began;
        await betweenBlocks(undefined);
      }
    } finally {
      predictor.dispose();
    }
    if (this.#sums === null) return tookMs;
    this.#sums.arrived++;
    this.#points.push(this.#sums.point());
    return tookMs;
  }

  /** The rows to predict: of a table in the order of its rows, every so manieth. */
  #choose(isOutOfBag: boolean): Watched | null {
    const { train, test } = this.#options;
    if (!isOutOfBag && test === null) return null;
    const dataset = isOutOfBag ? train : test!;
    const all = isOutOfBag ? this.#drawn!.all : Uint32Array.from({ length: test!.rows }, (_, row) => row);
    const rows = Math.min(MOST_ROWS, all.length);
    const index = Uint32Array.from({ length: rows }, (_, at) => all[Math.floor((at * all.length) / rows)]!);
    const placeOf = new Int32Array(dataset.rows).fill(-1);
    for (const [place, row] of index.entries()) placeOf[row] = place;
    const targets = targetBlock(dataset, index, { start: 0, end: rows });
    const rowsFrom = isOutOfBag ? 'outOfBag' : 'heldOut';
    return { rowsFrom, dataset, index, placeOf, targets, totalRows: all.length };
  }

  /** An ensemble of one. */
  #alone(member: TrainedMember) {
    const { plan, train } = this.#options;
    const { task, features, encoding, hash: datasetHash } = train;
    return {
      ...{ plan, task, features, encoding, datasetHash, preprocessing: null },
      ...{ baseline: null, calibration: null, conformity: null },
      trainedOn: task.kind === 'regression' ? trainingFacts(train) : null,
      ...{ members: [member], failures: [], complete: false, wallMs: null, executors: [] },
    };
  }
}
