// Ends the process without joining its threads, as process.exit() would: one that waits in the operating system would
// keep it for ever. Whoever calls this has said and written everything.

import { constants } from 'node:os';

/** Milliseconds; a signal to oneself comes at once. */
const LOOK_MS = 10_000;

/**
 * Ends the process at once, with this status; by the signal where Node.js may not (its permission model), and then the
 * signal's number is in the status. A status that is the signal's own needs no other way: the C library's exit takes
 * things away from threads that still run, which then crash.
 */
export function endNow(status: number, signal: NodeJS.Signals): never {
  // A container's first process gets no signal that it does not listen for.
  if (status !== 128 + constants.signals[signal] || process.pid === 1) attemptExit(status);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The signal comes before this returns to anybody.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
}

function attemptExit(status: number): void {
  for (const exit of [becomeExit, exitOfC]) {
    try {
      exit(status);
    } catch {
      // Not allowed here, or not to be had.
    }
  }
}

/** A program that does nothing but end takes the place of this one, and with it of all its threads (from Node.js 22.15 on). */
function becomeExit(status: number): void {
  process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${status})`], {});
}

/**
 * The exit of a WebAssembly program is `exit` of the C library, which knows nothing of Node.js's threads. What it takes away
 * from them makes one in eight processes crash on Node.js 26, and none was seen to on 20, which has no other way.
 */
function exitOfC(status: number): void {
  const { WASI } = process.getBuiltinModule('node:wasi');
  const wasi = new WASI({ version: 'preview1', returnOnExit: false });
  // A program of nothing but the memory that it has to have.
  wasi.initialize({ exports: { memory: new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }) } });
  (wasi.wasiImport as { proc_exit(status: number): void }).proc_exit(status);
}
