// What this machine has for trainings: cores, memory, WebAssembly, folders. Each check is short and touches nothing.

import { readFileSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { loadTensorFlow } from '../../../engines/tfjs/tensorflow.js';
import { checkWritable } from '../../../files/atomic-file.js';
import { resolveArithmetic } from '../../../kernels/arithmetic.js';
import { compileKernels } from '../../../kernels/compile-kernels.js';
import { chooseExecutor } from '../../../kernels/executor-choice.js';
import { availableMemory, type MemoryRoom, usableMemory } from '../../../machine/available-memory.js';
import { byteSize, counted, figure } from '../../../report/words.js';
import { trustedModulesPath } from '../../files/trusted-modules.js';
import { attempt, type Finding, fine, limited, wrong } from './finding.js';

export function nodeCheck(): Finding {
  // A version that is too old was refused before any command.
  return fine('Node.js', `${process.versions.node}, ${process.platform} ${process.arch}`);
}

/** @param quota processors that the control group allows; null without a limit */
export function coresCheck(cores = availableParallelism(), quota = processorQuota()): Finding {
  if (quota === null || quota >= cores) return fine('Cores', counted(cores, 'core'));
  const threads = Math.max(1, Math.floor(quota));
  const found = `${counted(cores, 'core')}, of which this process may use ${figure(quota, 2)} at a time`;
  return limited('Cores', found, `give --threads ${threads}, or raise the limit of the container`);
}

/** The processor time that the control group may use, in processors. */
function processorQuota(): number | null {
  try {
    return quotaIn(readFileSync('/sys/fs/cgroup/cpu.max', 'utf8'));
  } catch {
    return null;
  }
}

/** `150000 100000` → 1.5; `max 100000` → null. */
export function quotaIn(text: string): number | null {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : null;
}

/** Below this even a small training on one thread may not fit. */
const LEAST_MEMORY = 256e6;

export function memoryCheck(usable = usableMemory(), room = availableMemory()): Finding {
  const free = Math.min(usable, room.available);
  const found = `${byteSize(usable)} may be used, ${byteSize(free)} are free`;
  if (free >= LEAST_MEMORY) return fine('Memory', found);
  return wrong('Memory', found, MEMORY_REMEDIES[room.of]);
}

const MEMORY_REMEDIES: Readonly<Record<MemoryRoom['of'], string>> = {
  'this machine': 'end other programs',
  'its control group': 'raise the memory limit of the container, or end other programs in it',
  'its address space (ulimit -v)':
    'ulimit -v unlimited: WebAssembly reserves 10 GB of addresses for a memory',
  'its data (ulimit -d)': 'ulimit -d unlimited',
};

export function simdCheck(): Promise<Finding> {
  const remedy =
    'run Node.js without --jitless, on a processor with SSE4.1 (x64) or on arm64; networks cannot be trained without it';
  return attempt('WebAssembly', remedy, () => {
    compileKernels('strict');
    return fine('WebAssembly', 'with SIMD and threads');
  });
}

export function arithmeticCheck(): Promise<Finding> {
  return attempt('Arithmetic', 'unset TUTTI_ARITHMETIC, or set it to strict, fused or auto', () => {
    if (resolveArithmetic('auto') === 'fused') return fine('Arithmetic', 'fused: relaxed SIMD, rounded once');
    return limited(
      'Arithmetic',
      'strict: no relaxed SIMD that rounds once, or TUTTI_ARITHMETIC says so',
      'for the same bytes on other machines train with --arithmetic strict there too',
    );
  });
}

/** What runs the kernels. WebAssembly alone is slower and no fault. */
export function executorCheck(): Promise<Finding> {
  return attempt('Executor', 'unset TUTTI_EXECUTOR, or set it to auto, wasm or native', () => {
    const { native, why, remedy } = chooseExecutor(resolveArithmetic('auto'));
    if (native !== null) return fine('Executor', `${native.name}: ${why}`);
    return remedy === null ? fine('Executor', `wasm: ${why}`) : limited('Executor', `wasm: ${why}`, remedy);
  });
}

const SHARED_BYTES = 64 * 2 ** 20;
const PAGE_BYTES = 2 ** 16;

export function sharedMemoryCheck(): Promise<Finding> {
  const remedy = 'raise the limit of address space (ulimit -v unlimited) or of the container';
  return attempt('Shared memory', remedy, () => {
    const pages = SHARED_BYTES / PAGE_BYTES;
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    return fine('Shared memory', `${byteSize(buffer.byteLength)} at once`);
  });
}

/** An engine that few need, so that its absence is no fault; one that is there and does not load is. */
export async function tensorFlowCheck(): Promise<Finding> {
  const name = 'TensorFlow.js';
  try {
    await loadTensorFlow();
    return fine(name, 'installed, and its native library loads');
  } catch (error) {
    const { cause, message } = error as Error;
    const absent = (cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_MODULE_NOT_FOUND';
    const install = 'npm install @tensorflow/tfjs-node';
    if (absent) return limited(name, 'not installed', `only --engine tfjs needs it: ${install}`);
    return wrong(
      name,
      message.split('\n')[0]!,
      `${install} again with this version of Node.js, or remove it`,
    );
  }
}

export function folderCheck(): Promise<Finding> {
  const remedy = 'save elsewhere: --out with a path in a folder that you may write';
  return attempt('This folder', remedy, async () => {
    await checkWritable(join(process.cwd(), '.tutti-doctor'));
    return fine('This folder', `${process.cwd()} can be written`);
  });
}

/** Where the modules that somebody has trained with are remembered. */
export async function stateFolderCheck(): Promise<Finding> {
  const name = 'State folder';
  const folder = dirname(trustedModulesPath());
  const existing = await nearestFolder(folder);
  const writable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (writable) return fine(name, folder);
  return limited(
    name,
    `${folder} cannot be written`,
    'set XDG_STATE_HOME to a folder that can, or give --allow-modules to predict with modules of your own',
  );
}

async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found !== null || at === dirname(at)) return at;
  }
}
