// A measurement to read off and to print: the command line's table and its JSON, over the plain record.

import type { Task, TaskKind } from '../data/dataset/dataset.js';
import { TuttiError } from '../errors.js';
import type { ErrorCorrelation } from '../measure/correlation/error-report.js';
import type { Measurement } from '../measure/measurement.js';
import { measurementJson } from '../report/measurement-json.js';
import { measurementLines } from '../report/measurement-text.js';
import { PLAIN } from '../report/palette.js';
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
    if (ensemble !== null) return scoresOf(this.#task, ensemble);
    throw new TuttiError('ERR_DATA', 'Expected a row with a member that has a weight above 0, got none');
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

  /** The command line's table, without colours. */
  toString(): string {
    const { measurement } = this;
    const task: Task = this.#task;
    const classes = task.kind === 'classification' ? task.classes : [];
    return measurementLines([{ name: this.#name, measurement }], this.#targets, PLAIN, classes).join('\n');
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

/** A score, of the type that its own task gives it. */
function scoreOf<Scores, Name extends keyof Scores>(scores: Scores, name: Name): Scores[Name] {
  return scores[name];
}
