// What a search trains next, in waves: the folds that promising settings lack, then the first fold of new ones.

import type { MemberOptions } from '../model/options/training-options.js';
import type { Candidate } from './candidates.js';
import type { TriedSettings } from './tried-settings.js';

/** A member to train, with those that its run leaves beside it. */
export interface WaveTask {
  readonly candidate: Candidate;
  readonly fold: number;
}

/** What a wave is made by. */
export interface WaveLimits {
  /** Which wave it is, from 0. */
  readonly wave: number;
  /** Members that there is room for. */
  readonly room: number;
  readonly threads: number;
  /** Of each new setting. */
  readonly folds: number;
  /** Settings of the ensemble, each as often as it is in it. */
  readonly parents: readonly MemberOptions[];
}

/** New settings for each that is trained on all its folds: the others are given up after one. */
const TRIED_FOR_EACH = 3;

/**
 * The members of a wave; none where there is no room. The first has all folds of the first setting, since there must be something to
 * hold others against, and the second those of the second: when it is made nothing is known yet.
 */
export function nextWave(tried: TriedSettings, limits: WaveLimits): readonly WaveTask[] {
  const { wave, room, threads, folds, parents } = limits;
  const tasks = new Tasks(room);
  const bags = Math.max(1, Math.round((2 * threads) / folds));
  if (wave === 0) tasks.addAll(tried.think(parents, folds));
  if (wave === 1 && tried.second !== undefined) tasks.addAll(tried.second);
  // Of what is tried a part is trained on all folds; with little left the most promising that there is room for, and nothing new.
  let whole = 0;
  for (const candidate of tried.promising) if (whole < bags && tasks.addWhole(candidate)) whole++;
  const fresh = wave === 0 ? Math.max(tried.knownCount - 1, 2) : bags * TRIED_FOR_EACH;
  // A new setting is of no use unless its other folds can follow.
  for (let more = 0; more < fresh && tasks.left >= folds; more++) tasks.add(tried.think(parents, folds), 0);
  return tasks.list;
}

/** Tasks while there is room for their members. */
class Tasks {
  readonly list: WaveTask[] = [];
  #left: number;

  constructor(room: number) {
    this.#left = room;
  }

  get left(): number {
    return this.#left;
  }

  add(candidate: Candidate, fold: number): void {
    const members = candidate.family.length;
    if (members > this.#left) return;
    this.#left -= members;
    candidate.asked[fold] = true;
    this.list.push({ candidate, fold });
  }

  /** The folds that a setting lacks, as many as there is room for. */
  addAll(candidate: Candidate): void {
    for (const [fold, asked] of candidate.asked.entries()) if (!asked) this.add(candidate, fold);
  }

  /** All of them, or none. @returns whether there is room for them. */
  addWhole(candidate: Candidate): boolean {
    const lacking = candidate.asked.filter((asked) => !asked).length;
    const fits = lacking * candidate.family.length <= this.#left;
    if (fits) this.addAll(candidate);
    return fits;
  }
}

/** Of many rows a fold is large enough to judge by, and training without it takes long. */
export function defaultFolds(rows: number): number {
  if (rows <= 5000) return 8;
  return rows <= 30_000 ? 5 : 3;
}
