// Puts a keyed stream in Math.random's place. TensorFlow.js draws there whatever a user gave no seed for: initial
// weights, dropout masks, noise. Keyed, the same seed gives the same member on any thread.

import { RandomStream, type StreamKey } from '../../math/random.js';

/** Runs something with Math.random reading the stream of a key. */
export function withKeyedRandom<T>(key: StreamKey, run: () => T): T {
  const restore = replaceRandom(key);
  try {
    return run();
  } finally {
    restore();
  }
}

let last: Promise<unknown> = Promise.resolve();

/** The same for what may wait; one at a time, since there is one Math.random to replace. */
export function withKeyedRandomAsync<T>(key: StreamKey, run: () => T | Promise<T>): Promise<T> {
  const turn = last.then(async () => {
    const restore = replaceRandom(key);
    try {
      return await run();
    } finally {
      restore();
    }
  });
  last = turn.catch(() => {});
  return turn;
}

/** @returns what puts the one before back. */
function replaceRandom(key: StreamKey): () => void {
  const stream = new RandomStream(key);
  const { random } = Math;
  Math.random = () => stream.uniform();
  return () => {
    Math.random = random;
  };
}
