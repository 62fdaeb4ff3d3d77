// Who takes part: each contender's name and the command that starts it, and why some are left out.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentOf, type InstructionSet } from './instruction-set.js';
import type { Command } from './protocol.js';

/** The checkout; this file runs as dist/scripts/bench/contenders.js. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const PEERS = join(ROOT, 'scripts/bench/peers');

/** Python contenders that train; jax-pmap is jit(vmap) on one host device per core. */
const PYTHON_PEERS = [
  'jax-pmap',
  'jax-vmap',
  'jax',
  'torch',
  'torch-processes',
  'torch-batched',
  'sklearn',
] as const;

/** Contenders of other libraries that run on Node: the package each needs, and its script. */
const NODE_PEERS = {
  'jax-js': { package: '@jax-js/jax', script: 'jax-js-contender.js' },
  'tfjs-node': { package: '@tensorflow/tfjs-node', script: 'tfjs-contender.js' },
} as const;

/** tutti as it chooses for itself, on WebAssembly, in strict arithmetic, and on other versions of Node. */
export const TUTTI_VARIANTS = [
  'tutti',
  'tutti-wasm',
  'tutti-strict',
  'tutti-node22',
  'tutti-node24',
  'tutti-node26',
] as const;

export const TRAINERS: readonly string[] = [...TUTTI_VARIANTS, ...PYTHON_PEERS, ...Object.keys(NODE_PEERS)];

/** Libraries whose matrix product may be the machine's limit. */
export const NATIVES: readonly string[] = ['native-torch', 'native-numpy'];

export function isPeer(contender: string): boolean {
  return !contender.startsWith('tutti');
}

export interface Places {
  /** A Python that has the packages of requirements.txt; undefined leaves the peers out. */
  readonly peers: string | undefined;
  /** A folder whose node_modules has packages of peers that run on Node; the checkout may have others. */
  readonly nodePackages: string;
  /** Executables of other versions of Node, by `node22` and so on. */
  readonly nodes: ReadonlyMap<string, string>;
  readonly isa: InstructionSet;
}

/** A contender's command, or why it cannot take part. */
export function commandOf(name: string, threads: number, places: Places): Command | string {
  if (name in NODE_PEERS) return nodePeerCommand(name as keyof typeof NODE_PEERS, threads, places);
  if (name.startsWith('tutti')) return nodeCommand('contender.js', name, threads, places);
  if (name.startsWith('row-')) return rowServerCommand(name.slice('row-'.length), threads, places);
  if (name.startsWith('kernels')) return nodeCommand('kernel-timer.js', name, threads, places);
  if (places.peers === undefined) return 'no Python with the peers was given (--peers)';
  const args = [join(PEERS, 'server.py'), name, String(threads)];
  // The checkout stays as it is.
  const env = { ...environmentOf(places.isa), PYTHONDONTWRITEBYTECODE: '1' };
  return { file: places.peers, args, env };
}

/** The Node of a variant of tutti, and its environment. */
export type Variant = Pick<Command, 'file' | 'env'>;

/** A variant's, or why there is none. */
export function variantOf(name: string, { nodes, isa }: Pick<Places, 'nodes' | 'isa'>): Variant | string {
  const node = /-(node\d+)$/.exec(name)?.[1];
  const file = node === undefined ? process.execPath : nodes.get(node);
  if (file === undefined) return `no such Node was given (--nodes)`;
  // Strict arithmetic has no native executor.
  const onWasm = name.endsWith('-wasm') || name.endsWith('-strict');
  return { file, env: { ...environmentOf(isa), ...(onWasm ? { TUTTI_EXECUTOR: 'wasm' } : {}) } };
}

function nodeCommand(script: string, name: string, threads: number, places: Places): Command | string {
  const variant = variantOf(name, places);
  if (typeof variant === 'string') return variant;
  const arithmetic = name.endsWith('-strict') ? 'strict' : 'auto';
  return { ...variant, args: [scriptPath(script), arithmetic, String(threads)] };
}

function rowServerCommand(name: string, threads: number, places: Places): Command | string {
  const variant = variantOf(name, places);
  if (typeof variant === 'string') return variant;
  const folder = isPeer(name) ? folderOf(name, places) : ROOT;
  if (folder === null) return notInstalled(name, places);
  const engine = /^tutti(-strict)?|.*/.exec(name)![0];
  return { ...variant, args: [scriptPath('row-server.js'), engine, folder, String(threads)] };
}

/** The folder whose node_modules has a package: the one that was given, or the checkout; null for neither. */
function folderOf(name: string, { nodePackages }: Places): string | null {
  return [nodePackages, ROOT].find((folder) => existsSync(join(folder, 'node_modules', name))) ?? null;
}

function notInstalled(name: string, { nodePackages }: Places): string {
  return `${name} is not installed in ${nodePackages} (--node-packages)`;
}

function nodePeerCommand(name: keyof typeof NODE_PEERS, threads: number, places: Places): Command | string {
  const peer = NODE_PEERS[name];
  const folder = folderOf(peer.package, places);
  if (folder === null) return notInstalled(peer.package, places);
  return {
    file: process.execPath,
    args: [scriptPath(peer.script), folder, String(threads)],
    env: { ...environmentOf(places.isa), TF_CPP_MIN_LOG_LEVEL: '2' },
  };
}

export function scriptPath(script: string): string {
  return fileURLToPath(new URL(script, import.meta.url));
}

/** Executables by `node` and their major version, as each says it itself. */
export function findNodes(paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    paths.map((path) => {
      const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
      const [, major] = /^v(\d+)\./.exec(version) ?? [];
      if (major === undefined) throw new Error(`Expected ${path} to be a Node.js, got ${version}`);
      return [`node${major}`, path];
    }),
  );
}
