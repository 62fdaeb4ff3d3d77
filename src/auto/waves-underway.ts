// The waves of a search that are in training, told of as one: they share the runner's threads, and are taken over in the order in
// which they were made.

import type { Dataset } from '../data/dataset/dataset.js';
import { TuttiError } from '../errors.js';
import type { PlanContext } from '../training/options/options.js';
import type { TrainingProgress } from '../training/session/progress.js';
import type { MemberRunner } from '../training/session/runner.js';
import type { AutoSettings } from './auto-options.js';
import type { Budget } from './budget.js';
import { membersOf, type TrainedWave, trainWave, type WaveSettings } from './train-wave.js';
import type { WaveTask } from './waves.js';

interface Wave {
  readonly members: number;
  readonly trained: Promise<TrainedWave>;
  progress: TrainingProgress | null;
}

export class WavesUnderway {
  readonly #dataset: Dataset;
  readonly #context: PlanContext;
  readonly #settings: AutoSettings & { readonly runner: MemberRunner };
  readonly #budget: Budget;
  readonly #failed = new AbortController();
  #waves: readonly Wave[] = [];

  constructor(
    dataset: Dataset,
    context: PlanContext,
    settings: AutoSettings & { readonly runner: MemberRunner },
    budget: Budget,
  ) {
    this.#dataset = dataset;
    this.#context = context;
    this.#settings = settings;
    this.#budget = budget;
  }

  get count(): number {
    return this.#waves.length;
  }

  /** Members of all of them. */
  get members(): number {
    return this.#waves.reduce((sum, { members }) => sum + members, 0);
  }

  begin(tasks: readonly WaveTask[]): void {
    const before = this.#waves.at(-1);
    const wave: Wave = {
      members: membersOf(tasks),
      trained: this.#train(tasks, before, (progress) => {
        wave.progress = progress;
        this.#tell();
      }),
      progress: null,
    };
    // Who awaits it comes later, and may never come.
    wave.trained.catch(() => {});
    this.#waves = [...this.#waves, wave];
  }

  /** The wave that was made first, when it has ended. @throws what ended it. */
  async next(): Promise<TrainedWave> {
    const trained = await this.#waves[0]!.trained;
    this.#waves = this.#waves.slice(1);
    return trained;
  }

  /** Ends all that is in training still. */
  async close(): Promise<void> {
    this.#failed.abort();
    await Promise.allSettled(this.#waves.map(({ trained }) => trained));
  }

  /** Where two at once need more memory than there is, the second waits for the first. */
  async #train(
    tasks: readonly WaveTask[],
    before: Wave | undefined,
    onProgress: (progress: TrainingProgress) => void,
  ): Promise<TrainedWave> {
    const settings = this.#waveSettings(onProgress);
    const train = () => trainWave(tasks, this.#dataset, this.#context, settings, this.#budget.deliverEarly);
    try {
      return await train();
    } catch (error) {
      if (before === undefined || !(error instanceof TuttiError) || error.code !== 'ERR_MEMORY') throw error;
      await before.trained;
      return train();
    }
  }

  #waveSettings(onProgress: (progress: TrainingProgress) => void): WaveSettings {
    const { runner, retries, signal } = this.#settings;
    const signals = [this.#failed.signal, signal, this.#budget.over].filter((own) => own != null);
    return {
      runner,
      ...(retries === undefined ? {} : { retries }),
      ...{ signal: AbortSignal.any(signals), onInterrupt: 'keep' },
      ...(this.#settings.onProgress === undefined ? {} : { onProgress }),
    };
  }

  #tell(): void {
    const all = this.#waves.flatMap(({ progress }) => (progress === null ? [] : [progress]));
    const first = all[0];
    if (first === undefined) return;
    const sum = (of: (progress: TrainingProgress) => number) =>
      all.reduce((total, own) => total + of(own), 0);
    const { members, mostMembers, elapsedMs, leftMs } = this.#budget;
    const done = members + sum((own) => own.done);
    const untimedMs = done === 0 ? null : (elapsedMs * Math.max(0, mostMembers - done)) / done;
    this.#settings.onProgress!({
      ...first,
      planned: leftMs === null ? mostMembers : members + this.members,
      done,
      failed: sum(({ failed }) => failed),
      ...{ elapsedMs, remainingMs: leftMs ?? untimedMs },
      slots: busiest(all),
    });
  }
}

/** Each thread's member, of whichever wave it is. */
function busiest(all: readonly TrainingProgress[]): TrainingProgress['slots'] {
  const most = Math.max(...all.map(({ slots }) => slots.length));
  const slots = all.flatMap((own) => own.slots);
  const busy = slots.filter(({ member }) => member !== null);
  const idle = slots.filter(({ member }) => member === null);
  return [...busy, ...idle].slice(0, most).map((own, slot) => ({ ...own, slot }));
}
