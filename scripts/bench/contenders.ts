// Who takes part: each contender's name and the command that starts it, and why some are left out.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './protocol.js';

/** The checkout; this file runs as dist/scripts/bench/contenders.js. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const PEERS = join(ROOT, 'scripts/bench/peers');

/** Python contenders that train; jax-pmap is jit(vmap) on one host device per core. */
export const PYTHON_PEERS = [
  'jax-pmap',
  'jax-vmap',
  'jax',
  'torch',
  'torch-processes',
  'torch-batched',
  'sklearn',
] as const;

export const TUTTI_VARIANTS = ['tutti', 'tutti-strict', 'tutti-node26'] as const;

export const TRAINERS: readonly string[] = [...TUTTI_VARIANTS, ...PYTHON_PEERS, 'tfjs-node'];

export interface Places {
  /** A Python that has the packages of requirements.txt; undefined leaves the peers out. */
  readonly peers: string | undefined;
  /** A Node 26 executable. */
  readonly node26: string | undefined;
}

/** A contender's command, or why it cannot take part. */
export function commandOf(name: string, threads: number, places: Places): Command | string {
  if (name === 'tfjs-node') return tensorflowCommand();
  if (name.startsWith('tutti')) return nodeCommand('contender.js', name, threads, places);
  if (name.startsWith('kernels')) return nodeCommand('kernel-timer.js', name, threads, places);
  if (places.peers === undefined) return 'no Python with the peers was given (--peers)';
  const args = [join(PEERS, 'server.py'), name, String(threads)];
  // The checkout stays as it is.
  return { file: places.peers, args, env: { PYTHONDONTWRITEBYTECODE: '1' } };
}

function nodeCommand(script: string, name: string, threads: number, places: Places): Command | string {
  const file = name.endsWith('-node26') ? places.node26 : process.execPath;
  if (file === undefined)
    return 'no Node 26 was found (--node26, TUTTI_BENCH_NODE26, or the npm package `node`)';
  const arithmetic = name.endsWith('-strict') ? 'strict' : 'auto';
  return { file, args: [fileURLToPath(new URL(script, import.meta.url)), arithmetic, String(threads)] };
}

function tensorflowCommand(): Command | string {
  if (!existsSync(join(ROOT, 'node_modules/@tensorflow/tfjs-node')))
    return '@tensorflow/tfjs-node is not installed (scripts/install-tfjs-node.sh)';
  const file = fileURLToPath(new URL('tfjs-contender.js', import.meta.url));
  return { file: process.execPath, args: [file], env: { TF_CPP_MIN_LOG_LEVEL: '2' } };
}

/** Node 26 from the option, the environment or an installed npm package `node`; checked to be one. */
export function findNode26(option: string | undefined): string | undefined {
  const installed = join(ROOT, 'node_modules/node/bin/node');
  const path = option ?? process.env.TUTTI_BENCH_NODE26 ?? (existsSync(installed) ? installed : undefined);
  if (path === undefined) return undefined;
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
  if (version.startsWith('v26.')) return path;
  throw new Error(`Expected ${path} to be Node 26, got ${version}`);
}
