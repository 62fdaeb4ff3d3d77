// The settings that a search has thought of, in their order: what is known to be good, then draws; which of them are trained, which
// promise something, and which are forgotten, so that a long search needs no more memory than a short one.

import type { Dataset } from '../data/dataset/dataset.js';
import { TuttiError } from '../errors.js';
import type { MemberOptions } from '../model/options/training-options.js';
import type { MemberSpec } from '../model/spec.js';
import { type PlanContext, resolvePlan } from '../training/options/options.js';
import { drawAll, type SearchedOptions, withoutVain } from '../training/options/search-options.js';
import { type Candidate, forget, isComplete, isLead, newCandidates } from './candidates.js';
import { meanLossOf } from './greedy-ensemble.js';
import { byPromise, drawSetting } from './promise.js';
import { compatible, knownSettings, narrowed, requireUse, searchSpace } from './search-space.js';
import { type Terms, termsOf } from './terms.js';

/** So many settings in a row that make no sense are the fault of what was given. */
const MOST_REFUSED = 64;
/** More folds than anybody asks for, so that no two members share a key. */
const MOST_FOLDS = 1024;
/** Candidates on all folds that are kept to choose from, the best by themselves beside those that are chosen. */
export const MOST_CANDIDATES = 200;
/** Settings of one fold that are kept to be trained on the others, the most promising. */
export const MOST_WAITING = 64;

export class TriedSettings {
  readonly terms: Terms;
  readonly #dataset: Dataset;
  readonly #context: PlanContext;
  readonly #space: SearchedOptions;
  readonly #known: readonly MemberOptions[];
  /** Those that are not forgotten. */
  #candidates: Candidate[] = [];
  /** Loss of each candidate by itself. */
  readonly #losses = new Map<Candidate, number>();
  /** Settings thought of, those that make no sense among them. */
  #places = 0;
  #settings = 0;
  #candidatesMade = 0;
  #settingsMade = 0;

  /** @param search values, or ranges, in the place of what is searched by default. */
  constructor(dataset: Dataset, context: PlanContext, search: SearchedOptions) {
    this.terms = termsOf(dataset);
    this.#dataset = dataset;
    this.#context = context;
    this.#space = narrowed(searchSpace(dataset), search);
    this.#known = knownSettings(dataset).map((own) => drawAll(narrowed(own, search), context.seed, 0));
    requireUse(this.#space, search);
  }

  /** Settings that are tried before any is drawn. */
  get knownCount(): number {
    return this.#known.length;
  }

  /** Settings tried, candidates that were trained on all folds, and settings that were. */
  get counts(): { readonly settings: number; readonly candidates: number; readonly complete: number } {
    return { settings: this.#settings, candidates: this.#candidatesMade, complete: this.#settingsMade };
  }

  /** All that can be chosen from, in the order in which they were thought of. */
  get complete(): readonly Candidate[] {
    return this.#candidates.filter((own) => isComplete(own) && !own.dropped);
  }

  get all(): readonly Candidate[] {
    return this.#candidates;
  }

  /** Settings with folds that nobody was asked to train, the most promising first. */
  get promising(): readonly Candidate[] {
    return byPromise(this.#candidates, this.terms);
  }

  /** The second setting, while it lacks folds. */
  get second(): Candidate | undefined {
    return this.#candidates.find((own) => isLead(own) && own.place === 1 && own.asked.includes(false));
  }

  lossOf(candidate: Candidate): number {
    const known = this.#losses.get(candidate);
    if (known !== undefined) return known;
    const loss = meanLossOf(candidate.terms, this.terms, this.#dataset.rowWeights);
    this.#losses.set(candidate, loss);
    return loss;
  }

  /** Counts the settings of some tasks that are trained on all folds now. */
  noteComplete(tasks: readonly { readonly candidate: Candidate }[]): void {
    for (const candidate of new Set(tasks.map((task) => task.candidate))) {
      if (!isComplete(candidate) || candidate.dropped) continue;
      this.#candidatesMade += candidate.family.filter(isComplete).length;
      this.#settingsMade++;
    }
  }

  /**
   * A setting that was not tried yet.
   * @param parents settings of the ensemble, each as often as it is in it. @param folds that it is trained on.
   */
  think(parents: readonly MemberOptions[], folds: number): Candidate {
    for (let refused = 0; ; refused++) {
      const place = this.#places++;
      const known = this.#known[place];
      const options = known ?? drawSetting(this.#space, this.#context.seed, place, parents);
      try {
        const family = newCandidates(place, options, this.#runsOf(options, place, folds), this.#dataset);
        this.#candidates.push(...family);
        this.#settings++;
        return family[0]!;
      } catch (error) {
        // What was drawn need not make sense together: dropout for each of two layers, where three were drawn.
        const isRefusal = error instanceof TuttiError && error.code === 'ERR_OPTION';
        if (!isRefusal || refused >= MOST_REFUSED) throw error;
      }
    }
  }

  /** Of each fold the members that its run leaves. */
  #runsOf(options: MemberOptions, place: number, folds: number): readonly (readonly MemberSpec[])[] {
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

  /**
   * Forgets the members of settings that are too far behind to be chosen, and those that were given up.
   * @param chosen candidates of the ensemble, which are kept.
   */
  forgetHopeless(chosen: ReadonlySet<Candidate>): void {
    const complete = this.complete.filter((own) => !chosen.has(own));
    const behind = complete
      .sort((a, b) => this.lossOf(a) - this.lossOf(b) || a.place - b.place)
      .slice(Math.max(0, MOST_CANDIDATES - chosen.size));
    const waiting = this.promising.slice(MOST_WAITING).flatMap(({ family }) => family);
    const forgotten = new Set([...behind, ...waiting]);
    for (const own of forgotten) {
      forget(own);
      this.#losses.delete(own);
    }
    this.#candidates = this.#candidates.filter((own) => !forgotten.has(own));
  }
}
