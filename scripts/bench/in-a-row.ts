// Things done over and over in a process of their own, for the measures `resident` and `latency`: what there is to do,
// and how that process is asked. What it does is in-a-row-process.ts.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Session } from './session.js';

/** What is done in a row, and how often. */
export const SERIES = {
  'trainings inline': 100,
  'trainings in a pool': 100,
  'one-row predictions': 10_000,
  'one-row predictions of a predictor': 10_000,
} as const;
export type Series = keyof typeof SERIES;

/** How a row is predicted: members loaded each time, or once. */
export const WAYS = ['predictEnsemble', 'createPredictor'] as const;
export type Way = (typeof WAYS)[number];

/** Shares of a series after which resident memory is read. */
export const MARKS = [0.1, 0.25, 0.5, 1] as const;

export interface ResidentAnswer {
  /** At each of {@link MARKS}. */
  readonly residentBytes: readonly number[];
}

export interface LatencyAnswer {
  /** Processor time, of all the process's threads, and wall time of one prediction of one row. */
  readonly processorMs: number;
  readonly wallMs: number;
}

/** The contenders that take part, with the Node each runs on. */
export function contendersInARow({ options }: Session): { readonly name: string; readonly file: string }[] {
  const nodes = { tutti: process.execPath, 'tutti-node26': options.node26 };
  return Object.entries(nodes).flatMap(([name, file]) =>
    file === undefined || !options.contenders.includes(name) ? [] : [{ name, file }],
  );
}

/** Starts the process on a Node, and waits for what it says. */
export async function askInARow<Answer extends ResidentAnswer | LatencyAnswer>(
  node: string,
  measure: Answer extends ResidentAnswer ? 'resident' : 'latency',
  what: string,
  how: string,
): Promise<Answer> {
  const script = fileURLToPath(new URL('in-a-row-process.js', import.meta.url));
  const { stdout } = await promisify(execFile)(node, [script, measure, what, how]);
  return JSON.parse(stdout) as Answer;
}
