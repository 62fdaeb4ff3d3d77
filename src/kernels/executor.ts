// What runs programs in one memory. All executors give the same bytes.

import type { CompiledModule, SharedMemory } from '../memory/webassembly-types.js';
import type { Program } from './program.js';

export interface Executor {
  readonly name: 'wasm';
  /**
   * Runs a segment of a program that lies in the executor's memory, with what the step block at that address says.
   * @returns the sum of the losses; no call follows one that makes it not finite.
   */
  run(program: Program, segment: number, stepBlock: number): number;
}

/** What strict.wasm and fused.wasm export; see assembly/program.ts. */
interface ProgramExports {
  run(program: number, segment: number, stepBlock: number): number;
}

/** Binds an executor to one shared memory. */
export function bindExecutor(module: CompiledModule, memory: SharedMemory): Executor {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const { run } = instance.exports as unknown as ProgramExports;
  return { name: 'wasm', run: ({ address }, segment, stepBlock) => run(address, segment, stepBlock) };
}

const bound = new WeakMap<SharedMemory, Map<CompiledModule, Executor>>();

/** The executor of a memory that is used again and again: an instance is slow for its first thousand calls. */
export function executorOf(module: CompiledModule, memory: SharedMemory): Executor {
  const own = bound.get(memory) ?? new Map<CompiledModule, Executor>();
  const executor = own.get(module) ?? bindExecutor(module, memory);
  bound.set(memory, own.set(module, executor));
  return executor;
}
