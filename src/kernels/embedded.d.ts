// The compiled kernels as text, written by scripts/build.mjs: as a module they are wherever the code is, bundled or not.

import type { Arithmetic } from '../model/spec.js';

/** The bytes of each WebAssembly module, in base64. */
export declare const embeddedKernels: Readonly<Record<Arithmetic, string>>;
