// What runs programs in one memory. All executors give the same bytes.

import type { CompiledModule, SharedMemory } from '../memory/webassembly-types.js';
import type { InstructionSet } from './native-addon.js';
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

/** What strict.wasm and fused.wasm export; see assembly/program.ts. */
interface ProgramExports {
  run(program: number, segment: number, stepBlock: number): number;
}

/** Binds compiled kernels to a memory of the kind they were compiled for. */
export function bindWebAssembly(module: CompiledModule, memory: SharedMemory): Executor {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const { run } = instance.exports as unknown as ProgramExports;
  return { name: 'wasm', run: ({ address }, segment, stepBlock) => run(address, segment, stepBlock) };
}
