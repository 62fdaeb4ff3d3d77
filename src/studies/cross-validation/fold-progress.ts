// The progress of all folds as that of one training.

import type { HostProgress, TrainingProgress } from '../../training/session/progress.js';

export interface FoldsProgress extends TrainingProgress {
  /** Folds trained and measured, of all repeats. */
  readonly foldsDone: number;
  readonly folds: number;
}

export interface FoldsObserver {
  /** What the training of a fold says. */
  training(fold: number, progress: TrainingProgress): void;
  /** A fold is measured. */
  done(fold: number): void;
}

/** @param folds of all repeats. @param tell null where nobody listens. */
export function observeFolds(
  folds: number,
  tell: ((progress: FoldsProgress) => void) | undefined,
): FoldsObserver {
  const started = performance.now();
  const latest = new Map<number, TrainingProgress>();
  let foldsDone = 0;
  const say = () => {
    if (tell === undefined) return;
    const all = [...latest.values()];
    const sum = (of: (progress: TrainingProgress) => number) =>
      all.reduce((total, progress) => total + of(progress), 0);
    // Every fold plans as many members as the first.
    const planned = folds * (all[0]?.planned ?? 0);
    const slots = all.flatMap((progress) => (isOver(progress) ? [] : progress.slots));
    const work =
      sum(({ done, failed }) => done + failed) + slots.reduce((total, { share }) => total + share, 0);
    const elapsedMs = performance.now() - started;
    const losses = all.flatMap(({ loss }) => loss ?? []);
    tell({
      ...{ planned, done: sum(({ done }) => done), failed: sum(({ failed }) => failed), elapsedMs, slots },
      remainingMs: work > 0 ? (elapsedMs * Math.max(0, planned - work)) / work : null,
      loss: losses.at(-1) ?? null,
      fewerThreads: all.find(({ fewerThreads }) => fewerThreads !== null)?.fewerThreads ?? null,
      hosts: sumOfHosts(all.flatMap(({ hosts }) => (hosts === null ? [] : [hosts]))),
      ...{ foldsDone, folds },
    });
  };
  return {
    training(fold, progress) {
      latest.set(fold, progress);
      say();
    },
    done() {
      foldsDone++;
      say();
    },
  };
}

/** Each host once, with what it does for all trainings. */
function sumOfHosts(all: readonly (readonly HostProgress[])[]): readonly HostProgress[] | null {
  if (all.length === 0) return null;
  const known = new Map<string, HostProgress>();
  for (const { name, running, done } of all.flat()) {
    const other = known.get(name) ?? { running: 0, done: 0 };
    known.set(name, { name, running: running + other.running, done: done + other.done });
  }
  return [...known.values()];
}

function isOver({ planned, done, failed }: TrainingProgress): boolean {
  return done + failed >= planned;
}
