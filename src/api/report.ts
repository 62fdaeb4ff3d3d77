// A measurement to read off and to print: the command line's table and its JSON, over the plain record.

import type { Task, TaskKind } from '../data/dataset/dataset.js';
import { TuttiError } from '../errors.js';
import type { ErrorCorrelation } from '../measure/correlation/error-report.js';
import type { Measurement } from '../measure/measurement.js';
import type { ScoreName } from '../measure/metrics/metrics.js';
import type { BaselineMeasurement } from '../measure/scores/against-baselines.js';
import type { RowScore, RowScores } from '../measure/scores/row-scores.js';
import { failChoice } from '../option-names.js';
import { measurementJson } from '../report/measurement-json.js';
import { measurementLines } from '../report/measurement-text.js';
import { PLAIN } from '../report/palette.js';
import { failTask } from './predicted-rows.js';
import { scoresOf, type TaskScores } from './task-scores.js';

/** What was measured of an ensemble on some rows. Of a task that is known, scores of the other are of type never. */
export class Report<Kind extends TaskKind = TaskKind> {
  /** Everything that was measured, as plain data. */
  readonly measurement: Measurement;
  readonly #task: Task<Kind>;
  readonly #name: string;

  /** @param name what the table calls the rows. */
  constructor(task: Task<Kind>, measurement: Measurement, name: string) {
    this.measurement = measurement;
    this.#task = task;
    this.#name = name;
  }

  /** Scores of the members' combined predictions. @throws ERR_DATA when their weights left no row a member. */
  get ensemble(): TaskScores<Kind> {
    const { ensemble } = this.measurement;
    return scoresOf(this.#task, ensemble ?? failUncounted());
  }

  /** In each row the mean of the members' scores, then the mean over rows: what averaging is compared with. */
  get meanMember(): TaskScores<Kind> {
    return scoresOf(this.#task, this.measurement.meanMember);
  }

  /** v, c, ρ and what follows from them, of the unweighted mean. */
  get errorCorrelation(): ErrorCorrelation {
    return this.measurement.errorCorrelation;
  }

  /** Of the ensemble. @throws ERR_OPTION for a regression. */
  get accuracy(): TaskScores<Kind>['accuracy'] {
    return scoreOf(this.ensemble, 'accuracy');
  }

  /** Of the ensemble, in nats. @throws ERR_OPTION for a regression and for votes. */
  get logLoss(): TaskScores<Kind>['logLoss'] {
    return scoreOf(this.ensemble, 'logLoss');
  }

  /** Of the ensemble over all targets, in the user's units. @throws ERR_OPTION for a classification. */
  get rmse(): TaskScores<Kind>['rmse'] {
    return scoreOf(this.ensemble, 'rmse');
  }

  /**
   * A score of the ensemble, such as `auroc` or `mae`, with its interval over the choice of rows; by the rows' weights. It has
   * a value, or says in `lacks` why it has none.
   * @throws ERR_OPTION for a score that the task has not.
   */
  score(name: ScoreName<Kind>): RowScore {
    const { scores } = this.#scores;
    const names = scores.map((score) => score.name);
    return scores.find((score) => score.name === name) ?? failChoice('name', names, name);
  }

  /** Every score of the ensemble, in the order of the table. */
  get scores(): readonly RowScore[] {
    return this.#scores.scores;
  }

  /**
   * Weights of rows by [true class][predicted class], in the order of the classes; null of more than 32 classes.
   * @throws ERR_OPTION for a regression.
   */
  get confusion(): readonly (readonly number[])[] | null {
    const task: Task = this.#task;
    if (task.kind === 'regression') failTask('confusion', 'classification', 'score');
    return this.#scores.confusion;
  }

  /** What the ensemble should beat, on the same rows, and by how much it does; empty where no baseline is known. */
  get baselines(): readonly BaselineMeasurement[] {
    return this.measurement.baselines;
  }

  get #scores(): RowScores {
    return this.measurement.scores ?? failUncounted();
  }

  /** The command line's table, without colours. */
  toString(): string {
    const { measurement } = this;
    const task: Task = this.#task;
    const classes = task.kind === 'classification' ? task.classes : [];
    return measurementLines([{ name: this.#name, measurement }], this.#targets, PLAIN, { classes }).join(
      '\n',
    );
  }

  /** What `tutti evaluate --json` prints. */
  toJSON(): Record<string, unknown> {
    return measurementJson(this.measurement, this.#targets);
  }

  get #targets(): readonly string[] {
    const task: Task = this.#task;
    return task.kind === 'regression' ? task.targets : [];
  }
}

function failUncounted(): never {
  throw new TuttiError('ERR_DATA', 'Expected a row with a member that has a weight above 0, got none');
}

/** A score, of the type that its own task gives it. */
function scoreOf<Scores, Name extends keyof Scores>(scores: Scores, name: Name): Scores[Name] {
  return scores[name];
}
