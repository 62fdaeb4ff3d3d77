// The shuffle: the same as its scalar twin, word for word.
import t from 'tap';
import { RandomStream, shuffleInPlace } from '../../src/math/random.js';
import { testEach } from './harness.js';

testEach(t, 'shuffle is the scalar shuffle, for every size', (t, { arena, kernels }) => {
  for (const n of [0, 1, 2, 3, 7, 8, 9, 10, 17, 64, 1000, 4099]) {
    arena.reset();
    const key = [n + 1, 77] as const;
    const indices = Uint32Array.from({ length: n }, (_, at) => at);
    const at = arena.putInts(indices);
    kernels.shuffle(at, n, ...key);
    shuffleInPlace(indices, new RandomStream(key));
    t.same(arena.words.slice(at / 4, at / 4 + n), indices);
    t.ok(arena.guardsHold());
  }
});
