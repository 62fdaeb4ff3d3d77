// The search for an ensemble within a time, or a number of members: settings are tried in waves on all threads, the better ones
// trained on all folds, and the ensemble is chosen greedily of those. What is tried next is waves.ts, what is kept of members
// candidates.ts, the choice greedy-ensemble.ts.

import { requireDataset } from '../data/dataset/check-dataset.js';
import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { TuttiError, toWire, type WireError } from '../errors.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { inputRuns } from '../model/input-columns.js';
import type { MemberOptions } from '../model/options/training-options.js';
import type { EnsemblePlan, MemberSpec } from '../model/spec.js';
import { checkOptions } from '../option-names.js';
import { type PlanContext, resolvePlan } from '../training/options/options.js';
import { drawAll, type SearchedOptions, withoutVain } from '../training/options/search-options.js';
import { givenTangents } from '../training/plan/shared-extras.js';
import { createInlineRunner } from '../training/thread/inline-runner.js';
import { randomSeed } from '../training/train-ensemble.js';
import { carryOut, workOf } from '../training/train-plan.js';
import { assembleEnsemble } from './assemble.js';
import {
  AUTO_SETTINGS,
  type AutoOptions,
  type AutoReport,
  type AutoSettings,
  checkAutoOptions,
} from './auto-options.js';
import {
  type Candidate,
  deviationsOf,
  isComplete,
  isLead,
  newCandidates,
  takeMember,
  termsOf,
} from './candidates.js';
import { chooseGreedily, type GreedyChoice, measureOptimism } from './greedy-ensemble.js';
import { compatible, knownSettings, requireUse, searchSpace } from './search-space.js';
import { byPromise, defaultFolds, drawSetting, TRIED_FOR_EACH, type WaveTask } from './waves.js';

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
  const run = new AutoSearch(dataset, { ...options, search }, settings);
  return run.finish();
}

class AutoSearch {
  readonly #dataset: Dataset;
  readonly #settings: AutoSettings;
  readonly #started = performance.now();
  readonly #seed: number;
  readonly #folds: number;
  readonly #size: number;
  readonly #patience: number;
  readonly #timeMs: number;
  readonly #mostMembers: number;
  readonly #space: SearchedOptions;
  readonly #known: readonly MemberOptions[];
  readonly #context: PlanContext;
  readonly #threads: number;
  readonly #candidates: Candidate[] = [];
  readonly #deviations: readonly number[];
  readonly #rows: Uint32Array;
  #members = 0;
  /** Settings thought of, those that make no sense among them. */
  #places = 0;
  /** Milliseconds for each member of the last wave. */
  #lastPace = 0;
  #waves = 0;
  #choice: GreedyChoice | null = null;
  #best = { loss: Number.POSITIVE_INFINITY, wave: 0 };
  #last: TrainedEnsemble | null = null;
  #failure: unknown = null;
  #failed = 0;
  #firstFailure: WireError | null = null;

  constructor(dataset: Dataset, options: AutoOptions, settings: AutoSettings) {
    const { time, members, search = {}, size = DEFAULT_SIZE, wavePatience = DEFAULT_PATIENCE } = options;
    this.#dataset = dataset;
    this.#settings = { ...settings, runner: settings.runner ?? createInlineRunner() };
    this.#threads = this.#settings.runner!.threads;
    this.#seed = options.seed ?? randomSeed();
    const folds = options.folds ?? defaultFolds(dataset.rows);
    this.#folds = members === undefined ? folds : Math.min(folds, members);
    this.#size = size;
    this.#patience = wavePatience;
    this.#timeMs = members === undefined ? 1000 * (time ?? DEFAULT_TIME) : Number.POSITIVE_INFINITY;
    this.#mostMembers = members ?? Number.POSITIVE_INFINITY;
    this.#space = { ...searchSpace(dataset), ...search };
    this.#known = knownSettings(dataset).map((own) => drawAll({ ...own, ...search }, this.#seed, 0));
    this.#context = {
      ...{ task: dataset.task, features: dataset.features, tangents: givenTangents(dataset) },
      inputColumns: inputRuns(dataset.preprocessing, dataset.features),
      ...{ seed: this.#seed, arithmetic: resolveArithmetic(options.arithmetic ?? 'auto') },
    };
    this.#deviations = deviationsOf(dataset);
    this.#rows = Uint32Array.from({ length: dataset.rows }, (_, row) => row);
    requireUse(this.#space, search);
  }

  async finish(): Promise<AutoResult> {
    let endedBy: AutoReport['endedBy'] | null = null;
    while (endedBy === null) {
      const tasks = this.#nextTasks();
      if (tasks.length === 0) endedBy = this.#timeMs === Number.POSITIVE_INFINITY ? 'members' : 'time';
      else {
        await this.#train(tasks);
        this.#choose();
        this.#tell();
        endedBy = this.#ending();
      }
    }
    if (endedBy === 'signal' && this.#settings.onInterrupt !== 'keep')
      this.#settings.signal!.throwIfAborted();
    return this.#result(endedBy);
  }

  #ending(): AutoReport['endedBy'] | null {
    if (this.#settings.signal?.aborted === true) return 'signal';
    if (this.#members >= this.#mostMembers) return 'members';
    if (performance.now() - this.#started >= this.#timeMs) return 'time';
    return this.#waves - this.#best.wave >= this.#patience ? 'patience' : null;
  }

  /** The first wave has all folds of the first setting, since there must be something to hold others against. */
  #nextTasks(): readonly WaveTask[] {
    const tasks: WaveTask[] = [];
    let count = 0;
    const addFold = (candidate: Candidate, fold: number) => {
      tasks.push({ candidate, fold });
      count += candidate.family.length;
    };
    const add = (candidate: Candidate) => {
      for (const [fold, member] of candidate.trained.entries()) if (member === null) addFold(candidate, fold);
    };
    const room = this.#room();
    // A number of members is to give the same on any threads.
    const threads = this.#timeMs === Number.POSITIVE_INFINITY ? FEW_THREADS : this.#threads;
    const bags = Math.max(1, Math.round((2 * threads) / this.#folds));
    if (this.#waves === 0) add(this.#think());
    const pool = byPromise(this.#candidates, termsOf(this.#dataset));
    // Of what is tried a part is trained on all folds; with little left the most promising, and nothing new.
    for (const candidate of pool.slice(0, bags)) {
      const lacking = candidate.trained.filter((member) => member === null).length;
      if (count + lacking * candidate.family.length <= room) add(candidate);
    }
    const fresh = this.#waves === 0 ? Math.max(this.#known.length - 1, 2) : bags * TRIED_FOR_EACH;
    // A new setting is of no use unless its other folds can follow.
    for (let more = 0; more < fresh && count + this.#folds <= room; more++) addFold(this.#think(), 0);
    while (count > room) count -= tasks.pop()!.candidate.family.length;
    return tasks;
  }

  /** Members that there is time for. */
  #room(): number {
    const left = this.#mostMembers - this.#members;
    if (this.#timeMs === Number.POSITIVE_INFINITY || this.#members === 0) return left;
    const elapsed = performance.now() - this.#started;
    return Math.floor((this.#timeMs - elapsed) / ((elapsed / this.#members + this.#lastPace) / 2));
  }

  /** A setting that was not tried yet. */
  #think(): Candidate {
    for (let refused = 0; ; refused++) {
      const place = this.#places++;
      const known = this.#known[place];
      const options = known ?? drawSetting(this.#space, this.#seed, place, this.#parents());
      try {
        const family = newCandidates(place, options, this.#runsOf(options, place), this.#dataset);
        this.#candidates.push(...family);
        return family[0]!;
      } catch (error) {
        // What was drawn need not make sense together: dropout for each of two layers, where three were drawn.
        const isRefusal = error instanceof TuttiError && error.code === 'ERR_OPTION';
        if (!isRefusal || refused >= MOST_REFUSED) throw error;
      }
    }
  }

  #parents(): readonly MemberOptions[] {
    const counts = this.#choice?.counts ?? [];
    return this.#complete().flatMap(({ options }, at) =>
      Array.from({ length: counts[at] ?? 0 }, () => options),
    );
  }

  /** Where there is time for a few settings only, they are trained on fewer folds, so that there are more to choose from. */
  #foldsNow(): number {
    const isShort = this.#timeMs !== Number.POSITIVE_INFINITY && this.#room() < FEW_SETTINGS * this.#folds;
    return this.#members > 0 && isShort ? Math.min(this.#folds, LEAST_FOLDS) : this.#folds;
  }

  /** Of each fold the members that its run leaves. */
  #runsOf(options: MemberOptions, place: number): readonly (readonly MemberSpec[])[] {
    const folds = this.#foldsNow();
    const own = { ...withoutVain(compatible(options)), resample: 'cv', folds, members: folds } as const;
    const { members } = resolvePlan(own, this.#context);
    const left = members.length / folds;
    return Array.from({ length: folds }, (_, fold) => {
      // Which fold, and how rows are dealt, is the remainder and the quotient by the folds.
      const key = place * MOST_FOLDS + fold;
      const streams = { resample: place * folds + fold, init: key, order: key, masks: key };
      return members.slice(fold * left, (fold + 1) * left).map((spec) => ({ ...spec, streams }));
    });
  }

  async #train(tasks: readonly WaveTask[]): Promise<void> {
    this.#waves++;
    const began = performance.now();
    const { seed, arithmetic } = this.#context;
    const places = tasks.flatMap(({ candidate: { family }, fold }) =>
      family.map((candidate) => ({ candidate, fold })),
    );
    const members = places.map(({ candidate, fold }) => candidate.specs[fold]!);
    const plan: EnsemblePlan = { seed, arithmetic, members, validationShare: 0 };
    const trained = await this.#trainPlan(plan);
    if (trained === null) return;
    this.#last = trained;
    for (const member of trained.members) {
      const { candidate, fold } = places[member.index]!;
      await takeMember(candidate, fold, { ...trained, members: [member] }, this.#dataset, this.#deviations);
    }
    for (const { index, error } of trained.failures) {
      for (const own of places[index]!.candidate.family) own.dropped = true;
      this.#failed++;
      this.#firstFailure ??= error;
    }
    const done = trained.members.length + trained.failures.length;
    this.#members += done;
    this.#lastPace = (performance.now() - began) / Math.max(1, done);
  }

  /** Null where all members of the wave failed, as those of bad settings may. */
  async #trainPlan(plan: EnsemblePlan): Promise<TrainedEnsemble | null> {
    const { signal, onProgress, retries, runner } = this.#settings;
    const left = this.#timeMs - (performance.now() - this.#started);
    const budget = Number.isFinite(left) ? [AbortSignal.timeout(Math.max(1, Math.ceil(left)))] : [];
    const signals = [...(signal === undefined ? [] : [signal]), ...budget];
    const before = this.#members;
    const training = {
      runner: runner!,
      ...(retries === undefined ? {} : { retries }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals), onInterrupt: 'keep' as const }),
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (progress: Parameters<typeof onProgress>[0]) =>
              onProgress({
                ...progress,
                planned: Math.min(this.#mostMembers, before + progress.planned),
                done: before + progress.done,
                elapsedMs: performance.now() - this.#started,
                remainingMs: Number.isFinite(this.#timeMs)
                  ? Math.max(0, this.#timeMs - (performance.now() - this.#started))
                  : progress.remainingMs,
              }),
          }),
    };
    try {
      return await carryOut('autoEnsemble', this.#dataset, training, async () =>
        workOf(this.#dataset, plan, {}),
      );
    } catch (error) {
      if (!(error instanceof TuttiError) || error.code !== 'ERR_MEMBERS_FAILED') throw error;
      this.#failure = error;
      this.#failed += plan.members.length;
      this.#firstFailure ??= toWire(error.cause ?? error);
      this.#members += plan.members.length;
      return null;
    }
  }

  #complete(): readonly Candidate[] {
    return this.#candidates.filter((own) => isComplete(own) && !own.dropped);
  }

  #settingCount(): number {
    return this.#candidates.filter(isLead).length;
  }

  #choose(): void {
    const complete = this.#complete();
    if (complete.length === 0) return;
    const all = complete.map(({ terms }) => terms);
    this.#choice = chooseGreedily(
      all,
      termsOf(this.#dataset),
      this.#rows,
      this.#size,
      this.#dataset.rowWeights,
    );
    if (this.#choice.loss < this.#best.loss * (1 - LEAST_GAIN))
      this.#best = { loss: this.#choice.loss, wave: this.#waves };
  }

  #tell(): void {
    const choice = this.#choice;
    this.#settings.onWave?.({
      ...{ wave: this.#waves, members: this.#members, settings: this.#settingCount() },
      candidates: this.#complete().length,
      chosen: choice === null ? 0 : choice.counts.filter((count) => count > 0).length,
      loss: choice?.loss ?? null,
    });
  }

  #result(endedBy: AutoReport['endedBy']): AutoResult {
    const last = this.#last;
    if (last === null) throw this.#failure ?? new TuttiError('ERR_MEMBERS_FAILED', NOTHING, {});
    const complete = this.#complete();
    // With no setting on all folds, what there is counts equally.
    const choice = this.#choice ?? { counts: this.#candidates.map(() => 1), loss: Number.NaN };
    const of = this.#choice === null ? this.#candidates : complete;
    const wallMs = performance.now() - this.#started;
    const ensemble = assembleEnsemble(last, of, choice.counts, wallMs);
    const terms = termsOf(this.#dataset);
    const all = complete.map((own) => own.terms);
    const { rowWeights, rows } = this.#dataset;
    const alone = all.map((own) => chooseGreedily([own], terms, this.#rows, 1, rowWeights).loss);
    const total = choice.counts.reduce((sum, count) => sum + count, 0);
    const report: AutoReport = {
      ...{ seed: this.#seed, folds: this.#folds, waves: this.#waves, members: this.#members },
      metric: this.#dataset.task.kind === 'classification' ? 'logLoss' : 'squaredError',
      ...{ kept: ensemble.members.length, settings: this.#settingCount(), candidates: complete.length },
      givenUp: this.#settingCount() - complete.filter(isLead).length,
      ...{ failed: this.#failed, firstFailure: this.#firstFailure },
      chosen:
        this.#choice === null
          ? []
          : complete
              .map(({ place, options, family }, at) => ({
                ...{ place, options: withoutVain(compatible(options)), loss: alone[at]! },
                snapshot: family.length === 1 ? null : family.indexOf(complete[at]!),
                share: choice.counts[at]! / total,
              }))
              .filter(({ share }) => share > 0)
              .sort((a, b) => b.share - a.share || a.place - b.place),
      bestSetting: alone.reduce((least, loss) => Math.min(least, loss), Number.POSITIVE_INFINITY),
      selection:
        this.#choice === null
          ? null
          : measureOptimism(all, terms, rows, this.#size, choice.loss, this.#seed, rowWeights),
      endedBy,
    };
    return { ensemble, report };
  }
}

/** As many as most machines have; more wait a little at the end of a wave. */
const FEW_THREADS = 8;
/** So many settings in a row that make no sense are the fault of what was given. */
const MOST_REFUSED = 64;
/** With less time left than for so many settings on all folds they get fewer folds. */
const FEW_SETTINGS = 5;
const LEAST_FOLDS = 4;
/** More folds than anybody asks for, so that no two members share a key. */
const MOST_FOLDS = 1024;

const NOTHING = 'No member was finished within the time';
