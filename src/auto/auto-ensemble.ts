// The search for an ensemble within a time, or a number of members: settings are tried in waves on all threads, the better ones
// trained on all folds, and the ensemble is chosen greedily of those. What is tried next is waves.ts, what was tried
// tried-settings.ts, what it may spend budget.ts, the choice greedy-ensemble.ts.

import { requireDataset } from '../data/dataset/check-dataset.js';
import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { TuttiError, type WireError } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { inputRuns } from '../model/input-columns.js';
import type { MemberOptions } from '../model/options/training-options.js';
import { checkOptions } from '../option-names.js';
import type { PlanContext } from '../training/options/options.js';
import type { SearchedOptions } from '../training/options/search-options.js';
import { givenTangents } from '../training/plan/shared-extras.js';
import { createInlineRunner } from '../training/thread/inline-runner.js';
import { randomSeed } from '../training/train-ensemble.js';
import { assembleEnsemble } from './assemble.js';
import {
  AUTO_SETTINGS,
  type AutoOptions,
  type AutoReport,
  type AutoSettings,
  checkAutoOptions,
} from './auto-options.js';
import { Budget } from './budget.js';
import { type Candidate, deviationsOf } from './candidates.js';
import { chooseGreedily, type GreedyChoice } from './greedy-ensemble.js';
import { reportOf } from './search-report.js';
import { takeWave } from './train-wave.js';
import { TriedSettings } from './tried-settings.js';
import { defaultFolds, nextWave } from './waves.js';
import { WavesUnderway } from './waves-underway.js';

/** An ensemble that was searched for. */
export interface AutoResult {
  readonly ensemble: TrainedEnsemble;
  readonly report: AutoReport;
}

/** Seconds where neither a time nor a number of members is stated. */
const DEFAULT_TIME = 60;
const DEFAULT_SIZE = 40;
const DEFAULT_PATIENCE = 12;
/** A wave that makes the loss less by a smaller share than this has not made the ensemble better. */
const LEAST_GAIN = 1e-3;
/** As many threads as most machines have, by which waves are made where any threads are to give the same. */
const FEW_THREADS = 8;
/** With less time left than for so many settings on all folds they get fewer folds. */
const FEW_SETTINGS = 5;
const LEAST_FOLDS = 4;
/**
 * Waves in training at once: the next is made before anything is known of the last, so that no thread waits for the slowest member
 * of a wave.
 */
const WAVES_AT_ONCE = 2;

/** As src/api says of it, on the calling thread where no runner is named. */
export async function autoEnsemble(
  dataset: Dataset,
  options: AutoOptions = {},
  settings: AutoSettings = {},
): Promise<AutoResult> {
  requireDataset(dataset);
  checkAutoOptions(options);
  checkOptions('autoEnsemble', settings, AUTO_SETTINGS);
  settings.signal?.throwIfAborted();
  const { parseTrainingOptions } = await import('../training/options/training-schema.js');
  const search = parseTrainingOptions(options.search ?? {}) as SearchedOptions;
  return new AutoSearch(dataset, { ...options, search }, settings).finish();
}

class AutoSearch {
  readonly #dataset: Dataset;
  readonly #settings: AutoSettings;
  readonly #folds: number;
  readonly #size: number;
  readonly #patience: number;
  readonly #threads: number;
  readonly #context: PlanContext;
  readonly #budget: Budget;
  readonly #tried: TriedSettings;
  readonly #underway: WavesUnderway;
  readonly #deviations: readonly number[];
  readonly #rows: Uint32Array;
  /** Waves that were taken over. */
  #waves = 0;
  #choice: GreedyChoice | null = null;
  #best = { loss: Number.POSITIVE_INFINITY, wave: 0 };
  #last: TrainedEnsemble | null = null;
  #failure: unknown = null;
  #failed = 0;
  #cut = 0;
  #firstFailure: WireError | null = null;

  constructor(dataset: Dataset, options: AutoOptions, settings: AutoSettings) {
    const { time, members, search = {}, size = DEFAULT_SIZE, wavePatience = DEFAULT_PATIENCE } = options;
    this.#dataset = dataset;
    this.#settings = settings;
    const runner = settings.runner ?? createInlineRunner();
    const folds = options.folds ?? defaultFolds(dataset.rows);
    this.#folds = members === undefined ? folds : Math.min(folds, members);
    this.#size = size;
    this.#patience = wavePatience;
    // A number of members is to give the same on any threads.
    this.#threads = members === undefined ? runner.threads : FEW_THREADS;
    this.#context = {
      ...{ task: dataset.task, rows: dataset.rows, features: dataset.features },
      ...{ inputColumns: inputRuns(dataset.preprocessing), tangents: givenTangents(dataset) },
      ...{ seed: options.seed ?? randomSeed(), arithmetic: resolveArithmetic(options.arithmetic ?? 'auto') },
    };
    this.#tried = new TriedSettings(dataset, this.#context, search);
    this.#deviations = deviationsOf(dataset);
    this.#rows = Uint32Array.from({ length: dataset.rows }, (_, row) => row);
    const seconds = members === undefined ? (time ?? DEFAULT_TIME) : Number.POSITIVE_INFINITY;
    this.#budget = new Budget(seconds, members ?? Number.POSITIVE_INFINITY, runner.threads);
    this.#underway = new WavesUnderway(dataset, this.#context, { ...settings, runner }, this.#budget);
  }

  async finish(): Promise<AutoResult> {
    try {
      const endedBy = await this.#search();
      if (endedBy === 'signal' && this.#settings.onInterrupt !== 'keep')
        this.#settings.signal!.throwIfAborted();
      return this.#result(endedBy);
    } finally {
      this.#budget.close();
      await this.#underway.close();
    }
  }

  /** Takes waves over in their order, whichever ends first, so that what is tried next depends on no thread. */
  async #search(): Promise<AutoReport['endedBy']> {
    let endedBy: AutoReport['endedBy'] | null = null;
    for (let made = 0; ; ) {
      while (endedBy === null && this.#underway.count < WAVES_AT_ONCE) {
        const tasks = nextWave(this.#tried, this.#limits(made));
        if (tasks.length === 0) break;
        this.#underway.begin(tasks);
        made++;
      }
      if (this.#underway.count === 0) return endedBy ?? (this.#budget.isTimed ? 'time' : 'members');
      await this.#takeNext();
      endedBy ??= this.#ending();
    }
  }

  #ending(): AutoReport['endedBy'] | null {
    if (this.#settings.signal?.aborted === true) return 'signal';
    return this.#budget.ending ?? (this.#waves - this.#best.wave >= this.#patience ? 'patience' : null);
  }

  #limits(wave: number) {
    const room = this.#budget.room(this.#underway.members);
    // Where there is time for a few settings only, they are trained on fewer folds, so that there are more to choose from.
    const isShort = this.#budget.isTimed && this.#waves > 0 && room < FEW_SETTINGS * this.#folds;
    const folds = isShort ? Math.min(this.#folds, LEAST_FOLDS) : this.#folds;
    return { wave, room, folds, threads: this.#threads, parents: this.#parents() };
  }

  #parents(): readonly MemberOptions[] {
    const counts = this.#choice?.counts ?? [];
    return this.#tried.complete.flatMap(({ options }, at) =>
      Array.from({ length: counts[at] ?? 0 }, () => options),
    );
  }

  async #takeNext(): Promise<void> {
    const wave = await this.#underway.next();
    const taken = await takeWave(wave, this.#dataset, this.#deviations);
    this.#waves++;
    this.#last = wave.trained ?? this.#last;
    this.#failure = wave.error ?? this.#failure;
    this.#failed += taken.failed;
    this.#firstFailure ??= taken.firstFailure;
    this.#cut += taken.cut;
    this.#tried.noteComplete(wave.tasks);
    this.#budget.spend(taken.done);
    this.#budget.choosing(() => this.#choose());
    this.#tell();
  }

  #choose(): void {
    const all = this.#tried.complete;
    if (all.length === 0) return;
    const { counts, loss } = this.#chooseOf(all);
    const chosen = new Set(all.filter((_, at) => counts[at]! > 0));
    this.#tried.forgetHopeless(chosen);
    const countOf = new Map<Candidate, number>(all.map((own, at) => [own, counts[at]!]));
    this.#choice = { counts: this.#tried.complete.map((own) => countOf.get(own)!), loss };
    if (loss < this.#best.loss * (1 - LEAST_GAIN)) this.#best = { loss, wave: this.#waves };
  }

  #chooseOf(all: readonly Candidate[]): GreedyChoice {
    const terms = all.map((own) => own.terms);
    return chooseGreedily(terms, this.#tried.terms, this.#rows, this.#size, this.#dataset.rowWeights);
  }

  #tell(): void {
    const choice = this.#choice;
    const { settings, candidates } = this.#tried.counts;
    this.#settings.onWave?.({
      ...{ wave: this.#waves, members: this.#budget.members, settings, candidates },
      chosen: choice === null ? 0 : choice.counts.filter((count) => count > 0).length,
      loss: choice?.loss ?? null,
    });
  }

  #result(endedBy: AutoReport['endedBy']): AutoResult {
    const last = this.#last;
    if (last === null || (last.members.length === 0 && this.#budget.members === 0))
      throw this.#failure ?? new TuttiError('ERR_MEMBERS_FAILED', nothingOf(endedBy), {});
    // With no setting on all folds, what there is counts equally.
    const of = this.#choice === null ? this.#tried.all : this.#tried.complete;
    const counts = this.#choice?.counts ?? of.map(() => 1);
    const ensemble = assembleEnsemble(last, of, counts, this.#budget.elapsedMs);
    const search = {
      ...{ seed: this.#context.seed, folds: this.#folds, waves: this.#waves, members: this.#budget.members },
      ...{ kept: ensemble.members.length, failed: this.#failed, firstFailure: this.#firstFailure },
      ...{ cut: this.#cut, endedBy },
    };
    const report = reportOf(search, this.#tried, this.#choice, this.#size, this.#dataset);
    return { ensemble, report };
  }
}

function nothingOf(endedBy: AutoReport['endedBy']): string {
  const until = endedBy === 'signal' ? 'before the search was interrupted' : 'within the time';
  return `No member was finished ${until}`;
}
