// What the control block says of states: from which epoch one is wanted, once, and that all threads are to pause; here and,
// as orders, in a block of another process.

import t from 'tap';
import { CONTROL_HEADER_BYTES, CONTROL_SLOT_BYTES, ControlBlock } from '../../src/memory/control-block.js';

const makeBlock = () =>
  new ControlBlock(new SharedArrayBuffer(CONTROL_HEADER_BYTES + 3 * CONTROL_SLOT_BYTES), 3);

t.test('a state is wanted from an epoch on, of one slot, and taken once', async (t) => {
  const control = makeBlock();
  t.notOk(control.takeWanted(1, 5), 'of memory that was never written none is');
  control.want(1, 4);
  t.notOk(control.takeWanted(1, 3));
  t.notOk(control.takeWanted(2, 9));
  t.ok(control.takeWanted(1, 6));
  t.notOk(control.takeWanted(1, 7));
  control.want(1, 8);
  control.want(1, null);
  t.notOk(control.takeWanted(1, 8));
});

t.test('orders cross to another block', async (t) => {
  const [here, there] = [makeBlock(), makeBlock()];
  here.want(2, 3);
  there.takeOrders(2, here.orders(2));
  t.notOk(there.pauseRequested);
  t.ok(there.takeWanted(2, 3));
  here.requestPause();
  there.takeOrders(2, here.orders(2));
  t.ok(there.pauseRequested);
  t.notOk(there.stopRequested);
  t.notOk(there.deliveryRequested);
  here.requestDelivery();
  there.takeOrders(2, here.orders(2));
  t.ok(there.deliveryRequested);
});
