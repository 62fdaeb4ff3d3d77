// Things done over and over in a process of their own, for the measure `resident`: what there is to do, and how
// that process is asked. What it does is in-a-row-process.ts.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { scriptPath, type Variant, variantOf } from './contenders.js';
import type { Session } from './session.js';

/** What is done in a row, and how often. */
export const SERIES = {
  'trainings inline': 100,
  'trainings in a pool': 100,
  'one-row predictions': 10_000,
  'one-row predictions of a predictor': 10_000,
} as const;
export type Series = keyof typeof SERIES;

/** Shares of a series after which resident memory is read. */
export const MARKS = [0.1, 0.25, 0.5, 1] as const;

export interface ResidentAnswer {
  /** At each of {@link MARKS}. */
  readonly residentBytes: readonly number[];
}

/** The contenders that take part, with the Node each runs on. */
export function contendersInARow({
  options,
}: Session): { readonly name: string; readonly command: Variant }[] {
  return options.contenders
    .filter((name) => name === 'tutti' || name.startsWith('tutti-node'))
    .flatMap((name) => {
      const command = variantOf(name, options);
      return typeof command === 'string' ? [] : [{ name, command }];
    });
}

/** Starts the process, and waits for what it says. */
export async function askInARow(
  { file, env }: Variant,
  series: Series,
  threads: number,
): Promise<ResidentAnswer> {
  const script = scriptPath('in-a-row-process.js');
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(file, [script, series, String(threads)], options);
  return JSON.parse(stdout) as ResidentAnswer;
}
