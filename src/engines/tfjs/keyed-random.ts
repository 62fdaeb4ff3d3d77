// Puts a keyed stream in Math.random's place. TensorFlow.js draws there whatever a user gave no seed for: initial
// weights, dropout masks, noise. Keyed, the same seed gives the same member on any thread.

import { AsyncLocalStorage } from 'node:async_hooks';
import { RandomStream, type StreamKey } from '../../math/random.js';

/** Runs something with Math.random reading the stream of a key. */
export function withKeyedRandom<T>(key: StreamKey, run: () => T): T {
  const stream = new RandomStream(key);
  const { random } = Math;
  Math.random = () => stream.uniform();
  try {
    return run();
  } finally {
    Math.random = random;
  }
}

const streams = new AsyncLocalStorage<RandomStream>();
let waiting = 0;
let own: () => number = Math.random;

/**
 * The same for what may wait: only what it calls, now or after an await, reads the stream. Whatever else runs on the
 * thread meanwhile has its own Math.random.
 */
export async function withKeyedRandomAsync<T>(key: StreamKey, run: () => T | Promise<T>): Promise<T> {
  if (waiting++ === 0) {
    own = Math.random;
    Math.random = () => streams.getStore()?.uniform() ?? own();
  }
  try {
    return await streams.run(new RandomStream(key), run);
  } finally {
    if (--waiting === 0) Math.random = own;
  }
}
