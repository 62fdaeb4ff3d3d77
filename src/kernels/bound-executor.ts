// An executor of either kind, bound to a memory.

import { TuttiError } from '../errors.js';
import type { SharedMemory } from '../memory/webassembly-types.js';
import { bindWebAssembly, type Executor, type ExecutorCode, type ExecutorName } from './executor.js';
import { type NativeRun, openAddon } from './native-addon.js';

/** Binds an executor to one shared memory. */
export function bindExecutor(code: ExecutorCode, memory: SharedMemory): Executor {
  return code.name === 'wasm' ? bindWebAssembly(code.module, memory) : bindNative(code, memory);
}

function bindNative(
  { name, addon }: Exclude<ExecutorCode, { name: 'wasm' }>,
  memory: SharedMemory,
): Executor {
  const run = nativeRun(name, addon);
  const bytes = new Uint8Array(memory.buffer);
  return { name, run: ({ address }, segment, stepBlock) => run(bytes, address, segment, stepBlock) };
}

/** The thread that sent the code has loaded the addon before, and Node.js lets it stay. */
function nativeRun(name: ExecutorName, path: string): NativeRun {
  const opened = openAddon(path, 'set TUTTI_EXECUTOR=wasm');
  if ('missing' in opened) throw new TuttiError('ERR_EXECUTOR', `${opened.missing}; ${opened.remedy}`);
  const runs = Object.entries(opened.addon.runners).find(([set]) => name === `native-${set}`);
  if (runs === undefined)
    throw new TuttiError('ERR_EXECUTOR', `${path} has no ${name}; set TUTTI_EXECUTOR=wasm`);
  return runs[1];
}

const bound = new WeakMap<SharedMemory, Map<ExecutorCode, Executor>>();

/** The executor of a memory that is used again and again: a WebAssembly instance is slow for its first thousand calls. */
export function executorOf(code: ExecutorCode, memory: SharedMemory): Executor {
  const own = bound.get(memory) ?? new Map<ExecutorCode, Executor>();
  const executor = own.get(code) ?? bindExecutor(code, memory);
  bound.set(memory, own.set(code, executor));
  return executor;
}
