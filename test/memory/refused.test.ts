// Memory that the system refuses although it was there when the training began: an error of a member, and no crash.

import t from 'tap';
import { isFailedAllocation, toWire } from '../../src/errors.js';
import { allocateShared } from '../../src/memory/uncounted-bytes.js';

function thrown(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

t.test('a shared buffer that cannot be had', async (t) => {
  t.throws(() => allocateShared(2 ** 45), {
    code: 'ERR_MEMORY',
    message: /^The system refused 32 TiB of shared memory/,
    details: { needed: 2 ** 45 },
  });
});

t.test('what JavaScript throws itself has the code too, on any thread', async (t) => {
  const refused = thrown(() => new Float64Array(2 ** 32));
  t.ok(isFailedAllocation(refused));
  t.equal(toWire(refused).code, 'ERR_MEMORY');
  const memory = new RangeError('WebAssembly.Memory(): could not allocate memory');
  t.equal(toWire(memory).code, 'ERR_MEMORY');
  t.equal(
    toWire(new DOMException('Data cannot be cloned, out of memory.', 'DataCloneError')).code,
    'ERR_MEMORY',
  );
  t.equal(toWire(new RangeError('Invalid array length')).code, 'ERR_INTERNAL');
  t.equal(toWire(new Error('out of memory')).code, 'ERR_INTERNAL', 'whatever a message says');
  t.notOk(isFailedAllocation('Array buffer allocation failed'));
});
