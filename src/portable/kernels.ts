// The kernels by their addresses, so that bundlers take the files along, each compiled once: those whose memory is not shared,
// which any page may have.

import type { ProgramSite } from '../engines/wasm/program-site.js';
import { TuttiError } from '../errors.js';
import { canFuse } from '../kernels/arithmetic.js';
import { bindWebAssembly } from '../kernels/executor.js';
import type { CompiledModule, SharedMemory } from '../memory/webassembly-types.js';
import type { Arithmetic } from '../model/spec.js';
import { type ByteOrigin, bytesOf } from './bytes-of.js';

const PAGE_BYTES = 65_536;

/** The kernels there are: those of an arithmetic, and those that do fused arithmetic with double precision: a row takes seven times as long, many rows up to forty-five times. */
type Kernels = Arithmetic | 'emulated';

/** Written out, since bundlers look for this form. */
const FILES: Readonly<Record<Kernels, () => URL>> = {
  emulated: () => new URL('./emulated.wasm', import.meta.url),
  fused: () => new URL('./fused.wasm', import.meta.url),
  strict: () => new URL('./strict.wasm', import.meta.url),
};

const compiled = new Map<Kernels, Promise<CompiledModule>>();

/**
 * The kernels of an arithmetic, compiled.
 * @param origin where they are. @default beside this file
 * @throws ERR_FILE, ERR_EXECUTOR for what are no kernels.
 */
export function kernelsOf(arithmetic: Arithmetic, origin?: ByteOrigin): Promise<CompiledModule> {
  if (origin !== undefined) return compile(origin);
  const kernels = arithmetic === 'fused' && !canFuse() ? 'emulated' : arithmetic;
  const own = compiled.get(kernels) ?? compile(FILES[kernels]());
  compiled.set(kernels, own);
  // What could not be fetched may be there the next time.
  own.catch(() => compiled.delete(kernels));
  return own;
}

async function compile(origin: ByteOrigin): Promise<CompiledModule> {
  const { bytes, name } = await bytesOf(origin, 'file of kernels');
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    const message = `${name} cannot be compiled to kernels: ${(error as Error).message}`;
    throw new TuttiError('ERR_EXECUTOR', message, {}, error);
  }
}

/** Where the programs of one predictor run: in a memory of its own, which goes with it. */
export function ownSite(module: CompiledModule): ProgramSite {
  return {
    lend(bytes, what) {
      const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
      try {
        return new WebAssembly.Memory({ initial: pages, maximum: pages }) as SharedMemory;
      } catch (error) {
        const message = `${what} needs ${bytes} bytes of memory, which the system refused`;
        throw new TuttiError('ERR_MEMORY', message, { needed: bytes }, error);
      }
    },
    giveBack: () => undefined,
    lendAgain: () => null,
    bind: (memory) => bindWebAssembly(module, memory),
    // Nobody else's bytes are in it, and WebAssembly lets nothing out.
    validate: () => undefined,
  };
}
