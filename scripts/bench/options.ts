// The command line of `npm run bench`.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { findNode26, TRAINERS } from './contenders.js';
import type { BenchOptions } from './session.js';
import { WORKLOADS } from './workloads.js';

export const MEASURES = [
  'steady',
  'cold',
  'start',
  'threads',
  'scaling',
  'memory',
  'resident',
  'predict',
  'latency',
  'peak',
  'techniques',
] as const;
export type Measure = (typeof MEASURES)[number];

export const USAGE = `npm run bench -- [options]
  --peers PYTHON       a Python with scripts/bench/requirements.txt; without it only tutti runs
  --node26 PATH        a Node 26 for tutti-node26 (or TUTTI_BENCH_NODE26, or the npm package node)
  --workloads A,B      of ${WORKLOADS.map((workload) => workload.name).join(', ')} (default: all)
  --contenders A,B     of ${TRAINERS.join(', ')} (default: all)
  --measure A,B        of ${MEASURES.join(', ')}, or all (default: steady)
  --rounds N           interleaved rounds (default: 5)
  --threads N          threads of every contender (default: 2)
  --min-seconds S      a sample repeats its job until this much time has passed (default: 1)
  --out FILE.json      writes the result there and a Markdown table beside it
`;

export interface CommandLine extends BenchOptions {
  readonly measures: readonly Measure[];
  readonly out: string | undefined;
}

/** @throws Error that says which option was wrong; null when help was asked for. */
export function parseCommandLine(args: readonly string[]): CommandLine | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'string' },
      node26: { type: 'string' },
      workloads: { type: 'string' },
      contenders: { type: 'string' },
      measure: { type: 'string' },
      rounds: { type: 'string' },
      threads: { type: 'string' },
      'min-seconds': { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return null;
  const names = WORKLOADS.map((workload) => workload.name);
  const chosen = choose('workloads', values.workloads, names) ?? names;
  const measures = values.measure === 'all' ? MEASURES : choose('measure', values.measure, MEASURES);
  return {
    workloads: WORKLOADS.filter((workload) => chosen.includes(workload.name)),
    contenders: choose('contenders', values.contenders, TRAINERS) ?? TRAINERS,
    measures: measures ?? ['steady'],
    rounds: number('rounds', values.rounds, 5, (value) => Number.isInteger(value) && value >= 1),
    threads: number(
      'threads',
      values.threads,
      Math.min(2, availableParallelism()),
      (value) => Number.isInteger(value) && value >= 1,
    ),
    minSeconds: number('min-seconds', values['min-seconds'], 1, (value) => value >= 0),
    peers: values.peers,
    node26: findNode26(values.node26),
    out: values.out,
  };
}

function choose<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((name) => {
    if ((known as readonly string[]).includes(name)) return name as Name;
    throw new Error(`Expected \`--${option}\` to be of ${known.join(', ')}, got ${JSON.stringify(name)}`);
  });
}

function number(
  option: string,
  text: string | undefined,
  fallback: number,
  fits: (value: number) => boolean,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() !== '' && fits(value)) return value;
  throw new Error(`Expected \`--${option}\` to be a number that makes sense, got ${JSON.stringify(text)}`);
}
