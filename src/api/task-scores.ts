// Scores as an ensemble's task has them: those of the other task throw when they are looked at.

import type { Task, TaskKind } from '../data/dataset/dataset.js';
import { TuttiError } from '../errors.js';
import type { Scores } from '../measure/metrics/metrics.js';
import { failTask, type NamedNumbers } from './predicted-rows.js';

/** Scores of a classification: means over rows. */
export class ClassScores {
  readonly rows: number;
  /** Share of rows whose class is predicted right, in [0, 1]. */
  readonly accuracy: number;
  /** 1 − accuracy. */
  readonly errorRate: number;
  /** The Brier score: squared differences of probabilities, summed over classes, in [0, 2]. */
  readonly squaredError: number;
  readonly #logLoss: number | null;

  constructor({ rows, accuracy, errorRate, squaredError, logLoss }: Scores) {
    this.rows = rows;
    this.accuracy = accuracy ?? Number.NaN;
    this.errorRate = errorRate ?? Number.NaN;
    this.squaredError = squaredError;
    this.#logLoss = logLoss;
  }

  /** Mean of −ln p(true class), in nats. @throws ERR_OPTION for a vote, whose shares are no probabilities. */
  get logLoss(): number {
    if (this.#logLoss !== null) return this.#logLoss;
    const message = 'Expected `logLoss` of a mean of probabilities, got that of a vote';
    throw new TuttiError('ERR_OPTION', message, { property: 'logLoss' });
  }

  /** @throws ERR_OPTION: classes have none. */
  get rmse(): never {
    return failTask('rmse', 'regression', 'accuracy');
  }

  /** @throws ERR_OPTION: classes have none. */
  get rmseByTarget(): never {
    return failTask('rmseByTarget', 'regression', 'accuracy');
  }
}

/** Scores of a regression. */
export class ValueScores {
  readonly rows: number;
  /** Mean over rows of the squared error summed over targets, in the square of the user's units. */
  readonly squaredError: number;
  /** √ of the mean squared error over rows and targets, in the user's units. */
  readonly rmse: number;
  /** The same of each target, by its name. */
  readonly rmseByTarget: NamedNumbers;

  constructor({ rows, squaredError, rmse }: Scores, targets: readonly string[]) {
    this.rows = rows;
    this.squaredError = squaredError;
    this.rmse = Math.sqrt(squaredError / targets.length);
    this.rmseByTarget = Object.fromEntries(targets.map((name, at) => [name, rmse?.[at] ?? Number.NaN]));
  }

  /** @throws ERR_OPTION: numbers have none. */
  get accuracy(): never {
    return failTask('accuracy', 'classification', 'rmse');
  }

  /** @throws ERR_OPTION: numbers have none. */
  get errorRate(): never {
    return failTask('errorRate', 'classification', 'rmse');
  }

  /** @throws ERR_OPTION: numbers have none. */
  get logLoss(): never {
    return failTask('logLoss', 'classification', 'rmse');
  }
}

/** The scores of a task; of one that is not known, either, and what the other lacks throws when it is looked at. */
export type TaskScores<Kind extends TaskKind = TaskKind> = {
  readonly classification: ClassScores;
  readonly regression: ValueScores;
}[Kind];

/** Scores as the task has them. */
export function scoresOf<Kind extends TaskKind>(task: Task<Kind>, scores: Scores): TaskScores<Kind>;
export function scoresOf(task: Task, scores: Scores): TaskScores {
  return task.kind === 'classification' ? new ClassScores(scores) : new ValueScores(scores, task.targets);
}
