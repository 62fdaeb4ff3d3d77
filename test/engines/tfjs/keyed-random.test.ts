// Math.random under a key: for what was asked to run, and for nobody else.

import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { withKeyedRandom, withKeyedRandomAsync } from '../../../src/engines/tfjs/keyed-random.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';

const key = streamKey(3, 'init');
const stream = new RandomStream(key);
const expected = [stream.uniform(), stream.uniform()];

t.test(
  'what runs reads the stream, before and after it waits, and others on the thread do not',
  async (t) => {
    const before = Math.random;
    Math.random = () => 0.25;
    const draw = async () => {
      const first = Math.random();
      await setTimeout(1);
      return [first, Math.random()];
    };
    const both = Promise.all([withKeyedRandomAsync(key, draw), withKeyedRandomAsync(key, draw)]);
    t.equal(Math.random(), 0.25, 'meanwhile the caller has its own');
    t.same(await both, [expected, expected], 'and two at once have a stream each');
    t.equal(Math.random(), 0.25);
    t.same(
      withKeyedRandom(key, () => [Math.random(), Math.random()]),
      expected,
    );
    await t.rejects(
      withKeyedRandomAsync(key, () => Promise.reject(new Error('no'))),
      /no/,
    );
    t.equal(Math.random(), 0.25, 'also after an error');
    Math.random = before;
  },
);
