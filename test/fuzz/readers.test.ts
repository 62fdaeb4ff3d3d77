// Thousands of inputs with fixed seeds, each refused with one of tutti's own errors or answered without a contradiction;
// `node dist/scripts/fuzz.js` goes on for as long as one likes, and reads a single input again.

import t from 'tap';
import { arrays } from '../../scripts/support/fuzz/array-target.js';
import { blobTarget } from '../../scripts/support/fuzz/blob-target.js';
import { columnarTarget } from '../../scripts/support/fuzz/columnar-target.js';
import { configTarget } from '../../scripts/support/fuzz/config-target.js';
import { data } from '../../scripts/support/fuzz/data-target.js';
import { Draws } from '../../scripts/support/fuzz/draws.js';
import { messageTarget } from '../../scripts/support/fuzz/message-target.js';
import { plain } from '../../scripts/support/fuzz/plain-target.js';
import { Contradiction, type FuzzTarget, faultOf, inputOf } from '../../scripts/support/fuzz/target.js';
import { TuttiError } from '../../src/errors.js';
import { clusters } from '../support/datasets.js';
import { fuzzed } from './support.js';

t.test('data files', (t) => fuzzed(t, data, 2500));
t.test('arrays and images', (t) => fuzzed(t, arrays, 1500));
t.test('files of columns', (t) => fuzzed(t, columnarTarget(), 200));
t.test('config files', (t) => fuzzed(t, configTarget(t.testdir()), 1200));
t.test('stored models', (t) => fuzzed(t, plain, 4000));
t.test('blobs', async (t) => fuzzed(t, await blobTarget(), 4000));
t.test('messages between hosts', async (t) => fuzzed(t, await messageTarget(clusters(24, 3, 2)), 2500));

t.test('inputs are those of their seed and round, and not all of them are refused', async (t) => {
  t.same(inputOf(data, 1, 7), data.make(new Draws(1, 7)));
  t.not(Buffer.compare(inputOf(data, 1, 7), inputOf(data, 1, 8)), 0);
  let read = 0;
  for (let round = 0; round < 200; round++) {
    await data.read(inputOf(data, 1, round)).then(
      () => read++,
      () => undefined,
    );
  }
  t.ok(read > 10 && read < 190, `${read} of 200 are read`);
});

t.test('faults are told from refusals', async (t) => {
  const target = (read: () => void): FuzzTarget => ({
    ...{ name: 'x', codes: ['ERR_DATA'], make: () => new Uint8Array(1) },
    read: async () => read(),
  });
  const throwing = (error: unknown) =>
    target(() => {
      throw error;
    });
  const bytes = new Uint8Array(1);
  t.equal(await faultOf(throwing(new TuttiError('ERR_DATA', 'no')), bytes), null);
  t.match(await faultOf(throwing(new TuttiError('ERR_INTERNAL', 'no')), bytes), /no/);
  t.match(await faultOf(throwing(new Contradiction('two')), bytes), /two/);
  t.match(await faultOf(throwing(null), bytes), /thrown: null/);
  const polluting = target(() => Object.assign(Object.prototype, { polluted: 1 }));
  t.match(await faultOf(polluting, bytes), /Object\.prototype has polluted/);
  Reflect.deleteProperty(Object.prototype, 'polluted');
});
