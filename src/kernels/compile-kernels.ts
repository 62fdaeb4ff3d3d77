// Compiles the kernels. Apart from executor.ts, because threads get compiled modules and need no bytes.

import type { CompiledModule } from '../memory/webassembly-types.js';
import type { Arithmetic } from '../model/spec.js';
import { enableRelaxedSimd } from './arithmetic.js';
import { embeddedKernels } from './embedded.js';

const compiled = new Map<Arithmetic, CompiledModule>();

/** The kernels, compiled once; the module can be cloned to threads, which then share its machine code. */
export function compileKernels(arithmetic: Arithmetic): CompiledModule {
  let module = compiled.get(arithmetic);
  if (module === undefined) {
    if (arithmetic === 'fused') enableRelaxedSimd();
    module = new WebAssembly.Module(fromBase64(embeddedKernels[arithmetic]));
    compiled.set(arithmetic, module);
  }
  return module;
}

function fromBase64(text: string): Uint8Array {
  if (typeof Buffer === 'function') return Buffer.from(text, 'base64');
  const bytes = atob(text);
  return Uint8Array.from({ length: bytes.length }, (_, at) => bytes.charCodeAt(at));
}
