// The part of the WebAssembly JavaScript interface tutti uses. TypeScript declares it in its DOM library
// only, and Node's types do not.
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  /** Shared but in tutti/predict, whose one thread knows it by no other name. */
  interface Memory {
    readonly buffer: SharedArrayBuffer;
  }
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module, imports?: Record<string, Record<string, unknown>>) => Instance;
  /** Sizes in pages of 64 KiB. */
  const Memory: new (descriptor: { initial: number; maximum: number; shared?: true }) => Memory;
  function compile(bytes: Uint8Array): Promise<Module>;
  function validate(bytes: Uint8Array): boolean;
}
