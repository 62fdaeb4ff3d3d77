// Bytes that V8 does not count: those of shared buffers and of WebAssembly memories. It collects garbage by what it
// counts, so that a small object that holds a gigabyte may never go. They are counted here instead, in each thread for
// itself, and V8 is told to collect when as many have come up as were in use.

import { TuttiError } from '../errors.js';
import { formatBytes } from '../machine/memory-limit.js';
import { nodeBuiltin, nodeProcess } from '../node-builtins.js';

/** Before so much has come up nothing is collected; the heap of a pool's thread is small and quickly looked through. */
const LEAST_BYTES = (nodeBuiltin('node:worker_threads')?.isMainThread === false ? 4 : 16) * 2 ** 20;

let liveBytes = 0;
let newBytes = 0;
const counted = new WeakSet<SharedArrayBuffer>();
const collected = new FinalizationRegistry<number>((bytes) => {
  liveBytes -= bytes;
});

/** A shared buffer, counted. @throws ERR_MEMORY when the system refuses it. */
export function allocateShared(bytes: number): SharedArrayBuffer {
  const buffer = attempt(bytes);
  countShared(buffer);
  return buffer;
}

function attempt(bytes: number): SharedArrayBuffer {
  try {
    // A page has none unless its server says that nothing else may look into it; nor has it threads to share with.
    if (typeof SharedArrayBuffer === 'undefined')
      return new ArrayBuffer(bytes) as unknown as SharedArrayBuffer;
    return new SharedArrayBuffer(bytes);
  } catch (error) {
    const message = `The system refused ${formatBytes(bytes)} of shared memory; others may have taken what there was`;
    throw new TuttiError('ERR_MEMORY', message, { needed: bytes }, error);
  }
}

/** Counts a shared buffer that came from another thread; one that is counted already is not counted twice. */
export function countShared(buffer: SharedArrayBuffer): void {
  if (counted.has(buffer)) return;
  counted.add(buffer);
  collected.register(buffer, buffer.byteLength);
  liveBytes += buffer.byteLength;
  newBytes += buffer.byteLength;
  if (newBytes > Math.max(LEAST_BYTES, liveBytes - newBytes)) collectSoon();
}

let willCollect = false;

/** Has garbage collected when whoever runs now has let go of it. */
export function collectSoon(): void {
  newBytes = 0;
  // Nobody can call the collector of a browser.
  if (willCollect || nodeProcess === undefined) return;
  willCollect = true;
  setImmediate(() => {
    willCollect = false;
    collectGarbage();
  }).unref();
}

let collect: (() => void) | null | undefined;

function collectGarbage(): void {
  if (collect === undefined) collect = findCollector();
  collect?.();
}

/** The engine's own function, where there is one; null in engines that have none. */
function findCollector(): (() => void) | null {
  try {
    nodeBuiltin('node:v8')?.setFlagsFromString('--expose-gc');
    const found: unknown = nodeBuiltin('node:vm')?.runInNewContext('typeof gc === "function" ? gc : null');
    return (found ?? null) as (() => void) | null;
  } catch {
    return null;
  }
}
