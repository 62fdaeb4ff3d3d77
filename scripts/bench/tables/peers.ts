// What users of Python would take, in a process of its own (peers.py): a job a line there, an answer a line back.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Answer } from './scores.js';
import type { Split } from './tables.js';

/** Contenders of peers.py, by their names there. */
export const PEERS = [
  'HistGradientBoosting',
  'RandomForest',
  'BaggingClassifier of MLPs',
  'deep ensemble',
  'RealMLP',
  'TabM',
  'HistGradientBoosting, tuned 2 min',
] as const;

/** What a contender says of a split's test rows, and what fitting and predicting took. */
export interface Tried {
  readonly answer: Answer;
  /** By the clock. */
  readonly seconds: number;
  /** Of processors, all threads together. */
  readonly cpuSeconds: number;
}

interface PeerAnswer {
  readonly probabilities?: number[][];
  readonly mean?: number[];
  readonly sd?: number[];
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** The process of Python. */
export class Peers {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string, threads: number) {
    const script = join(import.meta.dirname, '../../../../scripts/bench/tables/peers.py');
    const limit = `${threads}`;
    const env = { ...process.env, OMP_NUM_THREADS: limit, OPENBLAS_NUM_THREADS: limit };
    this.#child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async run(way: string, { train, test, goal, task, split }: Split): Promise<Tried> {
    const classes = task.kind === 'classification' ? task.classes : null;
    const job = { way, train, test, target: goal.target, classes, seed: split };
    this.#child.stdin.write(`${JSON.stringify(job)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${way} ended without an answer`);
    const { probabilities, mean, sd, seconds, cpuSeconds } = JSON.parse(value) as PeerAnswer;
    const answer: Answer = probabilities ? { probabilities } : { mean: mean!, sd: sd! };
    return { answer, seconds, cpuSeconds };
  }

  close(): void {
    this.#child.stdin.end();
  }
}
