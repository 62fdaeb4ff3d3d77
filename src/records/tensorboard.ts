// Records for TensorBoard: a run per member, `tensorboard/member-000`, and one of the ensemble, `tensorboard/ensemble`. A
// training that is gone on with has event files of its own beside those that are there, as TensorBoard expects it.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EpochRecord, TrainedEnsemble } from '../ensemble/ensemble.js';
import type { EnsemblePlan } from '../model/spec.js';
import {
  restartRecord,
  SESSION_STATUS,
  scalarRecord,
  sessionEndRecord,
  sessionStartRecord,
  versionRecord,
} from './event-file.js';
import type { RowFigures } from './figures.js';
import type { FileQueue } from './file-queue.js';
import { memberParameters, type Parameters, planParameters } from './parameters.js';
import { type Ending, epochValues, meanHistory, memberName, type RecordSink } from './sink.js';

const ENSEMBLE = 'ensemble';

export class TensorBoardSink implements RecordSink {
  readonly #folder: string;
  readonly #queue: FileQueue;
  /** Of this process’s event files. */
  readonly #name: string;
  /** Runs of which other processes have event files here. */
  readonly #earlier: ReadonlySet<string>;
  /** Runs that have an event file of this process. */
  readonly #begun = new Set<string>();
  /** Those of which it has told a number. */
  readonly #own = new Set<string>();
  /** Those whose parameters it has told. */
  readonly #sessions = new Set<string>();

  /** @param at when this process began to record: no other of the same folder began in the same millisecond. */
  constructor(folder: string, queue: FileQueue, at: number) {
    this.#folder = join(folder, 'tensorboard');
    this.#queue = queue;
    this.#name = `events.out.tfevents.${Math.floor(at / 1000)}.tutti.${at % 1000}`;
    this.#earlier = new Set(existsSync(this.#folder) ? readdirSync(this.#folder) : []);
  }

  plan(plan: EnsemblePlan, members: readonly number[], at: number): void {
    for (const index of members) this.#session(memberName(index), memberParameters(plan.members[index]!), at);
    this.#session(ENSEMBLE, planParameters(plan), at);
  }

  epoch(member: number, record: EpochRecord, at: number): void {
    const run = memberName(member);
    this.#supersede(run, record.epoch, at);
    for (const [name, value] of epochValues(record)) this.#scalar(run, record.epoch, name, value, at);
  }

  restart(member: number, at: number): void {
    this.#add(memberName(member), restartRecord(at / 1000, 0), at);
  }

  end({ status, ensemble, figures }: Ending, at: number): void {
    if (ensemble !== null) this.#ensemble(ensemble, figures, at);
    const ended = status === 'failed' ? SESSION_STATUS.failure : SESSION_STATUS.success;
    for (const run of this.#sessions) this.#add(run, sessionEndRecord(at / 1000, ended), at);
  }

  #ensemble(ensemble: TrainedEnsemble, figures: readonly RowFigures[], at: number): void {
    this.#supersede(ENSEMBLE, 0, at);
    for (const { epoch, values } of meanHistory(ensemble))
      for (const [name, value] of values) this.#scalar(ENSEMBLE, epoch, name, value, at);
    const step = ensemble.members.length;
    for (const { rows, metrics, curve } of figures) {
      for (const [name, value] of Object.entries(metrics))
        this.#scalar(ENSEMBLE, step, `${rows}/${name}`, value, at);
      for (const { memberCount, squaredError } of curve)
        this.#scalar(ENSEMBLE, memberCount, `${rows}/curve/squaredError`, squaredError, at);
    }
  }

  #session(run: string, parameters: Parameters, at: number): void {
    this.#sessions.add(run);
    this.#add(run, sessionStartRecord(at / 1000, run, parameters), at);
  }

  /** What another process may have said of a run, of this step and later ones, is void. */
  #supersede(run: string, step: number, at: number): void {
    if (this.#own.has(run)) return;
    this.#own.add(run);
    if (this.#earlier.has(run)) this.#add(run, restartRecord(at / 1000, step), at);
  }

  #scalar(run: string, step: number, tag: string, value: number, at: number): void {
    this.#add(run, scalarRecord(at / 1000, step, tag, value), at);
  }

  #add(run: string, record: Uint8Array, at: number): void {
    const path = join(this.#folder, run, this.#name);
    if (!this.#begun.has(run)) this.#queue.append(path, versionRecord(at / 1000));
    this.#begun.add(run);
    this.#queue.append(path, record);
  }
}
