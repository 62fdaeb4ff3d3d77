// The random stream and the shuffle: known answers, and the same as the scalar twin word for word.
import t from 'tap';
import { RandomStream, shuffleInPlace } from '../../src/math/random.js';
import { setUp } from './harness.js';

/** Threefry2x32-20 of Random123's kat_vectors with second counter word 0, which the stream always has. */
t.test('the first block of key 0 is the published known answer', async (t) => {
  const { arena, kernels } = setUp('strict');
  const out = arena.alloc(8);
  kernels.fillRandom(out, 2, 0, 0);
  t.same([...arena.words.subarray(out / 4, out / 4 + 2)], [0x6b200159, 0x99ba4efe]);
});

t.test('fillRandom is the scalar stream, for any count', async (t) => {
  const { arena, kernels } = setUp('strict');
  for (const [key0, key1] of [
    [0, 0],
    [1, 2],
    [0xffffffff, 0x80000000],
    [0xdeadbeef, 0x12345678],
  ] as const) {
    for (let words = 0; words <= 35; words++) {
      arena.reset();
      const out = arena.alloc(words * 4);
      kernels.fillRandom(out, words, key0, key1);
      const stream = new RandomStream([key0, key1]);
      const expected = Array.from({ length: words }, () => stream.uint32());
      t.same([...arena.words.subarray(out / 4, out / 4 + words)], expected);
      t.ok(arena.guardsHold());
    }
  }
});

t.test('shuffle is the scalar shuffle, for every size', async (t) => {
  const { arena, kernels } = setUp('fused');
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
