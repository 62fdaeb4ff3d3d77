// The control block: what one side stores with Atomics, the other reads.

import t from 'tap';
import { CONTROL_HEADER_BYTES, CONTROL_SLOT_BYTES, ControlBlock } from '../../src/memory/control-block.js';

function twoSides(slots: number): [coordinator: ControlBlock, thread: ControlBlock] {
  const buffer = new SharedArrayBuffer(CONTROL_HEADER_BYTES + slots * CONTROL_SLOT_BYTES);
  return [new ControlBlock(buffer, slots), new ControlBlock(buffer, slots)];
}

t.test('zeroed memory reads as idle slots and no stop', async (t) => {
  const [coordinator] = twoSides(3);
  t.equal(coordinator.stopRequested, false);
  for (const slot of [0, 1, 2]) {
    t.strictSame(coordinator.read(slot), { slot, member: null, epoch: 0, epochs: 0, share: 0, loss: null });
  }
});

t.test('a stop requested on one side is seen on the other and touches no record', async (t) => {
  const [coordinator, thread] = twoSides(2);
  thread.begin(0, 0, 4, 10);
  coordinator.requestStop();
  t.equal(thread.stopRequested, true);
  t.equal(coordinator.read(0).member, 0);
});

t.test('progress counts epochs and the steps within one', async (t) => {
  const [coordinator, thread] = twoSides(2);
  thread.begin(1, 7, 4, 10);
  t.match(coordinator.read(1), { member: 7, epoch: 0, epochs: 4, share: 0, loss: null });
  thread.step(1, 5);
  t.equal(coordinator.read(1).share, 0.5 / 4);
  thread.endEpoch(1, 2, 0.25);
  t.match(coordinator.read(1), { epoch: 2, share: 0.5, loss: 0.25 });
  t.equal(coordinator.read(0).member, null, 'the other slot is untouched');
  thread.end(1);
  t.equal(coordinator.read(1).member, null);
});

t.test('a slot begins anew for its next member', async (t) => {
  const [coordinator, thread] = twoSides(1);
  thread.begin(0, 0, 4, 10);
  thread.endEpoch(0, 4, 0.5);
  thread.end(0);
  thread.begin(0, 1, 8, 10);
  t.match(coordinator.read(0), { member: 1, epoch: 0, epochs: 8, share: 0, loss: null });
});
