// What runs programs in one memory. All executors give the same bytes.

import { TuttiError } from '../errors.js';
import type { CompiledModule, SharedMemory } from '../memory/webassembly-types.js';
import { type InstructionSet, type NativeRun, openAddon } from './native-addon.js';
import type { Program } from './program.js';

/** WebAssembly, which defines every byte, or native code for one set of instructions. */
export type ExecutorName = 'wasm' | `native-${InstructionSet}`;

export interface Executor {
  readonly name: ExecutorName;
  /**
   * Runs a segment of a program that lies in the executor's memory, with what the step block at that address says.
   * @returns the sum of the losses; no call follows one that makes it not finite.
   */
  run(program: Program, segment: number, stepBlock: number): number;
}

/** The code of an executor, which threads are sent: a compiled module, or the file of an addon. */
export type ExecutorCode =
  | { readonly name: 'wasm'; readonly module: CompiledModule }
  | { readonly name: `native-${InstructionSet}`; readonly addon: string };

/** Binds an executor to one shared memory. */
export function bindExecutor(code: ExecutorCode, memory: SharedMemory): Executor {
  return code.name === 'wasm' ? bindWebAssembly(code.module, memory) : bindNative(code, memory);
}

/** What strict.wasm and fused.wasm export; see assembly/program.ts. */
interface ProgramExports {
  run(program: number, segment: number, stepBlock: number): number;
}

function bindWebAssembly(module: CompiledModule, memory: SharedMemory): Executor {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const { run } = instance.exports as unknown as ProgramExports;
  return { name: 'wasm', run: ({ address }, segment, stepBlock) => run(address, segment, stepBlock) };
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
