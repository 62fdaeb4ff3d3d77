// The line protocol between the harness and a contender's process: one JSON object a line each way, an
// answer for every message, and a greeting once the process is ready. peers/server.py and contender.ts
// speak its other side.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Environment } from './instruction-set.js';
import type { Workload } from './workloads.js';

/** The first line of a contender: seconds from its first statement until its library was loaded. */
export interface Greeting {
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
}

export type KernelName = 'forward' | 'inputGradient' | 'weightGradient';

/** A job that was repeated. */
export interface Timed {
  /** Of one, the mean. */
  readonly seconds: number;
  readonly repeats: number;
  /** Processor time of one, of all threads and processes; waiting in a loop counts. */
  readonly processorSeconds: number;
}

/** Each message and its answer. A job is one whole training (or prediction) of the prepared workload. */
export interface Exchanges {
  /**
   * Reads the rows, compiles and runs once; `compileSeconds` where the library compiles.
   * `frugal`: the variant that needs least memory, none tried beside it, instead of the fastest.
   */
  prepare: {
    message: { workload: Workload; folder: string; frugal: boolean };
    answer: { compileSeconds?: number; variant?: string };
  };
  /** Repeats the job until `minSeconds` have passed. */
  train: {
    message: { seed: number; minSeconds: number; evaluate: boolean };
    answer: Timed & { finalLoss?: number };
  };
  /**
   * The members' mean prediction for all rows, each `copies` times over, by the members trained last.
   * `models`: a folder of ONNX files with an ensemble of that shape. `variant`: the fastest of several ways, where a
   * library has them.
   */
  predict: {
    message: { minSeconds: number; copies: number; models: string };
    answer: Timed & { variant?: string };
  };
  /** Opens a server on the loopback address that predicts one row a request. */
  listen: { message: { workload: Workload; models: string }; answer: { port: number; variant?: string } };
  /** What each request since the last asking took, from the row to its answer, and the processor time of all. */
  handled: { message: object; answer: { microseconds: readonly number[]; processorMs: number } };
  /** The same, of `times` predictions in a row without a server. */
  inARow: {
    message: { workload: Workload; models: string; times: number };
    answer: { microseconds: readonly number[]; processorMs: number; variant?: string };
  };
  /** Native matrix product, [m, n, k]. */
  sgemm: {
    message: { shape: readonly [number, number, number]; minSeconds: number };
    answer: { gflops: number };
  };
  /** One kernel on one thread in a layer's shape: its best GFLOP/s. */
  kernel: {
    message: { kernel: KernelName; batch: number; inputs: number; units: number; minSeconds: number };
    answer: { gflops: number };
  };
  /** Peak resident memory of the process so far. */
  memory: { message: object; answer: { peakBytes: number } };
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Environment;
}

/** Far above the slowest job; a contender that hangs is left out instead of hanging the run. */
const ANSWER_MS = 15 * 60_000;
const STDERR_KEPT = 4000;

/** A contender's process, asked one thing at a time. */
export class ContenderProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  #stderr = '';
  #closed = false;
  /** From starting the process to its greeting. */
  startSeconds = 0;
  greeting: Greeting = { seconds: 0, versions: {} };

  private constructor(command: Command) {
    this.#child = spawn(command.file, command.args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...command.env },
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk).slice(-STDERR_KEPT);
    });
    this.#child.on('close', () => {
      this.#closed = true;
    });
    // A process that ended is noticed by its missing answer.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', () => {});
  }

  /** @throws Error with the process's own words when it does not come up. */
  static async start(command: Command): Promise<ContenderProcess> {
    const begun = performance.now();
    const contender = new ContenderProcess(command);
    contender.greeting = (await contender.#answer()) as Greeting;
    contender.startSeconds = (performance.now() - begun) / 1000;
    return contender;
  }

  /** @throws Error when the contender answers with one, ends, or stays silent. */
  async ask<Kind extends keyof Exchanges>(
    kind: Kind,
    message: Exchanges[Kind]['message'],
  ): Promise<Exchanges[Kind]['answer']> {
    const answer = this.#answer();
    this.#child.stdin.write(`${JSON.stringify({ do: kind, ...message })}\n`);
    return (await answer) as Exchanges[Kind]['answer'];
  }

  /** Ends the process by closing its input, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#closed) return;
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(timer);
  }

  #answer(): Promise<object> {
    if (this.#closed) return Promise.reject(this.#ended());
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#lines.off('line', onLine);
        this.#child.off('close', onClose).off('error', onError);
        finish();
      };
      const onLine = (line: string) => settle(() => parseAnswer(line, resolve, reject));
      const onError = (error: Error) => settle(() => reject(error));
      const onClose = () => settle(() => reject(this.#ended()));
      const timer = setTimeout(() => {
        this.#child.kill('SIGKILL');
        settle(() => reject(new Error(`no answer within ${ANSWER_MS / 60_000} minutes`)));
      }, ANSWER_MS);
      this.#lines.once('line', onLine);
      this.#child.once('close', onClose).once('error', onError);
    });
  }

  #ended(): Error {
    return new Error(`the process ended: ${lastLine(this.#stderr)}`);
  }
}

function parseAnswer(line: string, resolve: (answer: object) => void, reject: (error: Error) => void): void {
  try {
    const answer = JSON.parse(line) as { error?: string };
    if (answer.error === undefined) resolve(answer);
    else reject(new Error(answer.error));
  } catch {
    reject(new Error(`not an answer: ${line.slice(0, 200)}`));
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it said nothing';
}
