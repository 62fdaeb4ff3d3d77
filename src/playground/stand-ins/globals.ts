// Globals of Node.js in a browser's worker, and the one of browsers that pages without isolation hide: a WebAssembly memory
// is shared all the same, and no such buffer ever leaves its worker.

globalThis.SharedArrayBuffer ??= new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer
  .constructor as typeof SharedArrayBuffer;

/** A saved ensemble says where it was saved. */
export const process = { versions: { node: 'none', v8: 'none' }, platform: 'browser', arch: 'wasm' };

/** Of `Buffer` what is used: bytes of base64, and of a length. */
export const Buffer = {
  from(text: string, _encoding: 'base64'): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  },
  alloc: bytesWithNumbers,
  allocUnsafeSlow: bytesWithNumbers,
};

function bytesWithNumbers(length: number) {
  const bytes = new Uint8Array(length);
  const writeBigUInt64LE = (value: bigint) => new DataView(bytes.buffer).setBigUint64(0, value, true);
  return Object.assign(bytes, { writeBigUInt64LE });
}
