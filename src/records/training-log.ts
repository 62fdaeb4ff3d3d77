// The records of one training: takes what it is told, writes JSON Lines, and tells the other kinds of records. A folder that
// holds records already is gone on with: nothing is recorded twice.

import { appendFile, lstat, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochRecord, FailedMember, TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { TuttiError, toWire } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { loadYaml } from '../files/yaml.js';
import type { EnsemblePlan } from '../model/spec.js';
import type { EnsembleReport } from '../report/ensemble-report.js';
import type { TrainingWatcher } from '../training/session/watchers.js';
import { VERSION } from '../version.js';
import { DvcLiveSink } from './dvclive.js';
import { figuresOf, type RowCurves, type RowFigures } from './figures.js';
import { FileQueue } from './file-queue.js';
import {
  type EndStatus,
  epochLineOf,
  finite,
  lineText,
  parseLines,
  RECORDS_SCHEMA,
  type RecordLine,
  type RunLine,
  timeText,
} from './lines.js';
import { type MlflowOptions, MlflowSink } from './mlflow.js';
import type { RecordSink } from './sink.js';
import { TensorBoardSink } from './tensorboard.js';

/** What training is recorded. */
export type LoggedTraining = Omit<RunLine, 'type' | 'schema' | 'time' | 'tutti'>;

export interface LogOptions {
  readonly training: LoggedTraining;
  /** @default none */
  readonly mlflow?: MlflowOptions | undefined;
  /** Told in a sentence of records that cannot be written any more, once for each kind. */
  readonly warn: (problem: string) => void;
  /** In milliseconds since 1970. @default the clock */
  readonly now?: () => number;
}

/** How every file of records begins. */
const FIRST_WORDS = '{"type":"run"';

/** The file of JSON Lines in a folder of records. */
export const LINES_FILE = 'metrics.jsonl';

export class TrainingLog {
  readonly #path: string;
  readonly #queue: FileQueue;
  readonly #now: () => number;
  readonly #sinks: RecordSink[] = [];
  readonly #histories = new Map<number, EpochRecord[]>();
  /** Members that are told of as finished. */
  readonly #settled = new Set<number>();
  /** Those that are told of as failed, by this process. */
  readonly #failed = new Set<number>();
  #mlflow: MlflowSink | null = null;
  #planned = 0;
  #ended = false;

  private constructor(folder: string, { warn, now = Date.now }: LogOptions) {
    this.#path = join(folder, LINES_FILE);
    this.#now = now;
    const lost = (error: unknown) =>
      warn(`Recording in ${folder} has ended: ${messageOf(error)}; the training goes on`);
    this.#queue = new FileQueue(this.#path, lost);
  }

  /**
   * Opens a folder of records: one that is not there is made, one that holds records of the same training is gone on with.
   * @throws ERR_FILE when nothing can be written there, ERR_OPTION when it holds anything else, ERR_DATA when its records
   * are damaged.
   */
  static async open(folder: string, options: LogOptions): Promise<TrainingLog> {
    const { training } = options;
    const log = new TrainingLog(folder, options);
    const at = log.#now();
    const known = await knownLines(folder, training);
    const { stringify } = await loadYaml();
    const dvc = new DvcLiveSink(folder, log.#queue, (value) => stringify(value));
    log.#replay(known, dvc);
    log.#sinks.push(new TensorBoardSink(folder, log.#queue, at), dvc);
    const run: RecordLine = {
      ...{ type: 'run', schema: RECORDS_SCHEMA, time: timeText(at), tutti: VERSION },
      ...training,
    };
    await unlessUnwritable(folder, () => appendFile(log.#path, lineText(run)));
    if (options.mlflow !== undefined) log.#beginMlflow(known, options, at);
    return log;
  }

  /** What watches the training. */
  get watcher(): TrainingWatcher {
    return {
      onPlan: ({ plan, kept }) => this.#plan(plan, kept),
      onEpochs: (events) => {
        for (const event of events) this.epoch(event.member, event);
      },
      onIncident: ({ member, becomes, error }) => {
        if (becomes === 'reseed') this.#restart(member);
        if (becomes === 'failure') this.#failure({ index: member, error: toWire(error) });
      },
      onMember: (member) => this.member(member),
    };
  }

  #plan(plan: EnsemblePlan, kept: readonly TrainedMember[]): void {
    this.#planned = plan.members.length;
    const there = new Set(kept.map(({ index }) => index));
    const toTrain = plan.members.map((_, index) => index).filter((index) => !there.has(index));
    const at = this.#now();
    for (const sink of this.#sinks) sink.plan(plan, toTrain, at);
    for (const member of kept) this.member(member);
  }

  /** An epoch of a member: of one that is told of already nothing is written, of one that differs the member begins again. */
  epoch(member: number, record: EpochRecord): void {
    const known = this.#histories.get(member) ?? [];
    this.#histories.set(member, known);
    const before = known.findLast(({ epoch }) => epoch <= record.epoch);
    if (before !== undefined && isSame(before, record)) return;
    if (known.length > 0 && known.at(-1)!.epoch >= record.epoch) this.#restart(member);
    const at = this.#now();
    known.push(record);
    for (const sink of this.#sinks) sink.epoch(member, record, at);
    this.#line(epochLineOf(member, record, at));
  }

  #restart(member: number): void {
    const known = this.#histories.get(member);
    if (known === undefined || known.length === 0) return;
    known.length = 0;
    this.#settled.delete(member);
    const at = this.#now();
    for (const sink of this.#sinks) sink.restart(member, at);
    this.#line({ type: 'restart', time: timeText(at), member });
  }

  /** A finished member, with its whole history. */
  member({ index, history, epoch, inBagRows }: TrainedMember): void {
    for (const record of history) this.epoch(index, record);
    if (this.#settled.has(index)) return;
    this.#settled.add(index);
    const epochs = history.length;
    this.#line({ type: 'member', time: timeText(this.#now()), member: index, epoch, epochs, inBagRows });
  }

  /**
   * The end of the training.
   * @param ensemble what came of it; null where nothing did. @param report what was measured of it. @param curves of the rows
   * that are drawn: those to test on, or else those out of bag.
   * Resolves once all is written, or cannot be. Never rejects.
   */
  async end(
    status: EndStatus,
    ensemble: TrainedEnsemble | null = null,
    report: EnsembleReport | null = null,
    curves: Pick<RowCurves, 'roc' | 'calibration'> | null = null,
  ): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    for (const member of ensemble?.members ?? []) this.member(member);
    for (const failure of ensemble?.failures ?? []) this.#failure(failure);
    const at = this.#now();
    const figures = report === null ? [] : figuresOf(report).map((own) => withCurves(own, report, curves));
    for (const sink of this.#sinks) sink.end({ status, ensemble, figures }, at);
    const time = timeText(at);
    for (const { rows, metrics } of figures) this.#line({ type: 'scores', time, rows, metrics });
    const members = ensemble?.members.length ?? 0;
    this.#line({ type: 'end', time, status, members, planned: this.#planned });
    await Promise.all([this.#queue.flush(), this.#mlflow?.close()]);
    await this.#queue.flush();
  }

  #failure({ index, error: { code, message } }: FailedMember): void {
    if (this.#failed.has(index)) return;
    this.#failed.add(index);
    this.#line({ type: 'failure', time: timeText(this.#now()), member: index, code, message });
  }

  #line(line: RecordLine): void {
    this.#queue.append(this.#path, lineText(line));
  }

  /** Makes what was recorded known, and has tables that are written anew have it too. */
  #replay(lines: readonly RecordLine[], tables: RecordSink): void {
    for (const line of lines) {
      if (line.type === 'restart') {
        this.#histories.delete(line.member);
        this.#settled.delete(line.member);
        tables.restart(line.member, Date.parse(line.time));
      }
      if (line.type === 'member') this.#settled.add(line.member);
      if (line.type !== 'epoch') continue;
      const { member, time, epoch, validationLoss } = line;
      const record: EpochRecord = {
        ...{ epoch, loss: line.loss ?? Number.NaN, learningRate: line.learningRate ?? Number.NaN },
        ...(validationLoss === undefined ? {} : { validationLoss: validationLoss ?? Number.NaN }),
      };
      const known = this.#histories.get(member) ?? [];
      known.push(record);
      this.#histories.set(member, known);
      tables.epoch(member, record, Date.parse(time));
    }
  }

  #beginMlflow(known: readonly RecordLine[], { mlflow, training, warn }: LogOptions, at: number): void {
    const { url } = mlflow!;
    const before = known.findLast((line) => line.type === 'mlflow');
    const run = before?.type === 'mlflow' && before.url === url ? before.runId : null;
    const { datasetHash, task } = training;
    this.#mlflow = new MlflowSink(
      mlflow!,
      {
        ...{ run, at, name: `tutti seed ${training.seed}` },
        tags: { 'mlflow.source.name': 'tutti', 'tutti.version': VERSION, datasetHash, task },
      },
      (runId) => this.#line({ type: 'mlflow', time: timeText(this.#now()), url, runId }),
      (error) => warn(`Recording at ${url} has ended: ${messageOf(error)}; the training goes on`),
    );
    this.#sinks.push(this.#mlflow);
  }
}

/** The records in a folder of this training; none of one that is made now, or is empty. */
async function knownLines(folder: string, training: LoggedTraining): Promise<readonly RecordLine[]> {
  await unlessUnwritable(folder, () => makeFolder(folder));
  const path = join(folder, LINES_FILE);
  const names = await unlessUnwritable(folder, () => readdir(folder));
  if (!names.includes(LINES_FILE)) {
    if (names.length > 0) failFolder(folder, 'other files');
    await unlessUnwritable(folder, () => writeFile(path, '', { flag: 'wx' }));
    return [];
  }
  // What a link leads to is not the folder’s.
  if (!(await unlessUnwritable(folder, () => lstat(path))).isFile())
    failFolder(folder, 'a link in place of records');
  const text = await unlessUnwritable(folder, () => readFile(path, 'utf8'));
  const { lines, whole } = parseLines(path, text);
  const own = lines.find((line) => line.type === 'run');
  // A process may have been killed as it wrote the first line, but no other file is taken for that.
  if (own === undefined && !text.startsWith(FIRST_WORDS.slice(0, text.length)))
    failFolder(folder, 'other files');
  const { command, seed, datasetHash } = training;
  if (own !== undefined && (command === 'train' || own.seed !== seed || own.datasetHash !== datasetHash))
    failFolder(folder, 'records of another training');
  // What a process that was killed wrote half.
  if (whole.length < text.length)
    await unlessUnwritable(folder, () => truncate(path, Buffer.byteLength(whole)));
  return lines;
}

function failFolder(folder: string, holds: string): never {
  const message = `Expected \`log\` to be a folder that is empty or not there, got ${folder}, which holds ${holds}`;
  throw new TuttiError('ERR_OPTION', message, { option: 'log' });
}

/** @throws ERR_FILE */
async function unlessUnwritable<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw new TuttiError(
      'ERR_FILE',
      `Cannot write records in ${folder}: ${messageOf(error)}`,
      { path: folder },
      error,
    );
  }
}

function isSame(a: EpochRecord, b: EpochRecord): boolean {
  return (
    a.epoch === b.epoch &&
    finite(a.loss) === finite(b.loss) &&
    finite(a.validationLoss ?? Number.NaN) === finite(b.validationLoss ?? Number.NaN)
  );
}

/** The curves are of the test rows, where there are any. */
function withCurves(
  figures: RowFigures,
  { test }: EnsembleReport,
  curves: Pick<RowCurves, 'roc' | 'calibration'> | null,
): RowFigures {
  const isDrawn = figures.rows === 'test' || test === null;
  return isDrawn && curves !== null ? { ...figures, curves: { ...figures.curves, ...curves } } : figures;
}

/** What went wrong, with what a failed request hides in its cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
