// Records on an MLflow server, by its REST interface alone: a run whose metrics are `member-003/loss` and `test/accuracy`. The
// training never waits for the server, and loses nothing but these records when it does not answer.
// **Source:** mlflow.org/docs/latest/rest-api.html.

import type { EpochRecord } from '../ensemble/ensemble.js';
import { failOption } from '../errors.js';
import type { EnsemblePlan } from '../model/spec.js';
import { planParameters } from './parameters.js';
import { type Ending, epochValues, meanHistory, memberName, type RecordSink } from './sink.js';

export interface MlflowOptions {
  /** Of the server, http or https, without a password. */
  readonly url: string;
  readonly experiment: string;
  /** Sent as a bearer token. @default none */
  readonly token?: string | undefined;
}

/** What a request may hold. **Source:** “Request Limits” of log-batch. */
const MOST_METRICS = 1000;
const MOST_PARAMETERS = 100;
/** Lengths that every store takes. */
const LONGEST_NAME = 250;
const LONGEST_PARAMETER = 500;
/** A server that takes longer is one that does not answer. */
const PATIENCE_MS = 10_000;
/** Metrics wait so long for others of the same request. */
const INTERVAL_MS = 1000;

interface Metric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

/** @throws ERR_OPTION for what is no address of a server. */
export function checkMlflowUrl(text: unknown): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    failOption('mlflow', 'the address of a server, such as http://localhost:5000', text);
  if (url.username !== '' || url.password !== '')
    failOption('mlflow', 'an address without a password, which MLFLOW_TRACKING_TOKEN is for', 'one with it');
  return url.href.replace(/\/+$/, '');
}

export class MlflowSink implements RecordSink {
  readonly #options: MlflowOptions;
  readonly #onLost: (error: unknown) => void;
  /** Its id; null once the server is lost. */
  readonly #run: Promise<string | null>;
  readonly #isNew: boolean;
  #waiting: Metric[] = [];
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> = Promise.resolve();
  #lost = false;

  /**
   * @param options its server. @param run that is gone on with; null for a new one.
   * @param onRun is told the new run. @param onLost called once, when the server failed: nothing is sent from then on.
   */
  constructor(
    options: MlflowOptions,
    { run, name, tags, at }: NewRun,
    onRun: (id: string) => void,
    onLost: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#onLost = onLost;
    this.#isNew = run === null;
    this.#run = this.#guarded(async () => {
      if (run !== null) {
        await this.#call('runs/update', { run_id: run, status: 'RUNNING' });
        return run;
      }
      const id = await this.#create(name, tags, at);
      onRun(id);
      return id;
    });
  }

  plan(plan: EnsemblePlan): void {
    const params = Object.entries(planParameters(plan)).map(([key, value]) => ({
      key: allowedName(key),
      value: String(value).slice(0, LONGEST_PARAMETER),
    }));
    // A parameter that is there already has to stay as it is: a training that is gone on with may have more members.
    if (this.#isNew) this.#send((run) => this.#logParameters(run, params));
  }

  epoch(member: number, record: EpochRecord, at: number): void {
    for (const [name, value] of epochValues(record))
      this.#metric(`${memberName(member)}/${name}`, value, record.epoch, at);
  }

  restart(): void {
    // MLflow takes nothing back: values of the same step stand beside each other, the newest last.
  }

  end({ status, ensemble, figures }: Ending, at: number): void {
    if (ensemble !== null) {
      for (const { epoch, values } of meanHistory(ensemble))
        for (const [name, value] of values) this.#metric(`mean/${name}`, value, epoch, at);
      const step = ensemble.members.length;
      for (const { rows, metrics } of figures)
        for (const [name, value] of Object.entries(metrics)) this.#metric(`${rows}/${name}`, value, step, at);
    }
    this.#sendWaiting();
    const ended = { finished: 'FINISHED', interrupted: 'KILLED', failed: 'FAILED' }[status];
    this.#send((run) => this.#call('runs/update', { run_id: run, status: ended, end_time: at }));
  }

  /** Resolves once all is sent, or the server is lost. */
  async close(): Promise<void> {
    this.#sendWaiting();
    await this.#sending;
  }

  async #create(name: string, tags: Readonly<Record<string, string>>, at: number): Promise<string> {
    const { experiment } = this.#options;
    const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`;
    const found = await this.#ask(query);
    const id =
      found === null
        ? textAt(await this.#call('experiments/create', { name: experiment }), 'experiment_id')
        : textAt(found, 'experiment', 'experiment_id');
    const run = await this.#call('runs/create', {
      experiment_id: id,
      run_name: name,
      start_time: at,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    });
    return textAt(run, 'run', 'info', 'run_id');
  }

  #metric(key: string, value: number, step: number, timestamp: number): void {
    if (this.#lost) return;
    this.#waiting.push({ key: allowedName(key), value, timestamp, step });
    if (this.#waiting.length >= MOST_METRICS) this.#sendWaiting();
    else this.#timer ??= setTimeout(() => this.#sendWaiting(), INTERVAL_MS).unref();
  }

  #sendWaiting(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const metrics = this.#waiting;
    this.#waiting = [];
    if (metrics.length > 0)
      this.#send((run) => this.#call('runs/log-batch', { run_id: run, metrics, params: [], tags: [] }));
  }

  async #logParameters(run: string, params: readonly object[]): Promise<void> {
    for (let at = 0; at < params.length; at += MOST_PARAMETERS) {
      const part = params.slice(at, at + MOST_PARAMETERS);
      await this.#call('runs/log-batch', { run_id: run, metrics: [], params: part, tags: [] });
    }
  }

  /** One after the other, in the order in which they were asked for. */
  #send(what: (run: string) => Promise<unknown>): void {
    this.#sending = this.#sending.then(async () => {
      const run = await this.#run;
      if (run !== null && !this.#lost) await this.#guarded(() => what(run));
    });
  }

  /** @returns null once the server is lost. */
  async #guarded<Result>(what: () => Promise<Result>): Promise<Result | null> {
    try {
      return await what();
    } catch (error) {
      if (!this.#lost) this.#onLost(error);
      this.#lost = true;
      this.#waiting = [];
      return null;
    }
  }

  #call(path: string, body: object): Promise<unknown> {
    return this.#fetch(path, { method: 'POST', body: JSON.stringify(body) }, false);
  }

  /** @returns null for what is not there. */
  #ask(path: string): Promise<unknown> {
    return this.#fetch(path, { method: 'GET' }, true);
  }

  async #fetch(path: string, init: RequestInit, mayMiss: boolean): Promise<unknown> {
    const { url, token } = this.#options;
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      ...init,
      headers: { 'Content-Type': 'application/json', ...authorization },
      // A token is for the server that was named.
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (mayMiss && response.status === 404) return null;
    if (!response.ok) throw new Error(`${path.split('?')[0]}: ${response.status} ${text.slice(0, 200)}`);
    return text === '' ? {} : JSON.parse(text);
  }
}

/** How a run begins. */
interface NewRun {
  /** The one that is gone on with; null for a new one. */
  readonly run: string | null;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly at: number;
}

/** Letters, digits, underscores, dashes, dots, spaces and slashes are what names may have. */
function allowedName(name: string): string {
  return name.replace(/[^\w\-. /]/g, '_').slice(0, LONGEST_NAME);
}

function textAt(answer: unknown, ...path: readonly string[]): string {
  let at = answer;
  for (const name of path) at = (at as Record<string, unknown> | null | undefined)?.[name];
  if (typeof at !== 'string' || at === '') throw new Error(`the answer has no ${path.join('.')}`);
  return at;
}
