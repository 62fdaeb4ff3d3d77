// What WebAssembly calls a module and a memory, by shape. Declaration files use these names, since TypeScript declares
// its own with the DOM only, which a program for Node.js need not have.

/** A compiled `WebAssembly.Module`. */
export interface CompiledModule {
  readonly [Symbol.toStringTag]: string;
}

/** A shared `WebAssembly.Memory`. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}
