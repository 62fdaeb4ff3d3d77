// Globals of Node.js in a browser's worker, and the one of browsers that pages without isolation hide: a WebAssembly memory
// is shared all the same, and no such buffer ever leaves its worker.

globalThis.SharedArrayBuffer ??= new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer
  .constructor as typeof SharedArrayBuffer;

/** A saved ensemble says where it was saved. */
export const process = { versions: { node: 'none', v8: 'none' }, platform: 'browser', arch: 'wasm' };
