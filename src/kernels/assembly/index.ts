// The only export of strict.wasm and fused.wasm: it runs the programs that src/kernels/program.ts describes. Raw addresses
// of one imported shared memory; no state, no allocation, no data segments (they would overwrite shared memory at every
// instantiation). The first 1024 bytes of memory are never used by tutti, which lets the compiler fold constant addends of
// addresses into the instructions.
export { run } from './program';
