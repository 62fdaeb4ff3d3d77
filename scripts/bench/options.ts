// The command line of `npm run bench`.

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findNodes, ROOT, TRAINERS } from './contenders.js';
import { INSTRUCTION_SETS } from './instruction-set.js';
import type { BenchOptions } from './session.js';
import { shrunk, WORKLOADS } from './workloads.js';

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
  --node-packages DIR  where onnxruntime-node, @jax-js/jax and @tensorflow/tfjs-node are (default: the checkout)
  --nodes A,B          executables of other versions of Node, for tutti-node22, tutti-node24, tutti-node26
  --isa NAME           ${INSTRUCTION_SETS.join(' or ')}: vectors that tutti and its peers may use (default: best)
  --workloads A,B      of ${WORKLOADS.map((workload) => workload.name).join(', ')} (default: all)
  --contenders A,B     of ${TRAINERS.join(', ')} (default: all)
  --measure A,B        of ${MEASURES.join(', ')}, or all (default: steady)
  --rounds N           interleaved rounds (default: 5)
  --threads N          threads of every contender (default: 2)
  --min-seconds S      a sample repeats its job until this much time has passed (default: 1)
  --quick              a try in a minute: small workloads, few contenders, figures without meaning
  --out FILE.json      writes the result there and a Markdown table beside it
`;

export interface CommandLine extends BenchOptions {
  readonly measures: readonly Measure[];
  readonly quick: boolean;
  readonly out: string | undefined;
}

/** What `--quick` stands for unless options say otherwise. */
const QUICK = {
  rounds: 2,
  minSeconds: 0.2,
  contenders: ['tutti', 'tutti-wasm', 'jax-pmap', 'torch-batched'],
};
const FULL = { rounds: 5, minSeconds: 1, contenders: TRAINERS };

/** @throws Error that says which option was wrong; null when help was asked for. */
export function parseCommandLine(args: readonly string[]): CommandLine | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'string' },
      'node-packages': { type: 'string' },
      nodes: { type: 'string' },
      isa: { type: 'string' },
      quick: { type: 'boolean' },
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
  const quick = values.quick ?? false;
  const usual = quick ? QUICK : FULL;
  const names = WORKLOADS.map((workload) => workload.name);
  const chosen = choose('workloads', values.workloads, names) ?? names;
  const workloads = WORKLOADS.filter((workload) => chosen.includes(workload.name));
  const measures = values.measure === 'all' ? MEASURES : choose('measure', values.measure, MEASURES);
  const [isa = 'best'] = choose('isa', values.isa, INSTRUCTION_SETS) ?? [];
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  return {
    workloads: quick ? workloads.map(shrunk) : workloads,
    contenders: choose('contenders', values.contenders, TRAINERS) ?? usual.contenders,
    measures: measures ?? ['steady'],
    rounds: number('rounds', values.rounds, usual.rounds, isCount),
    threads: number('threads', values.threads, Math.min(2, availableParallelism()), isCount),
    minSeconds: number('min-seconds', values['min-seconds'], usual.minSeconds, (value) => value >= 0),
    peers: values.peers,
    nodePackages: resolve(values['node-packages'] ?? ROOT),
    nodes: findNodes(values.nodes?.split(',') ?? []),
    isa,
    quick,
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
