// The clock of a job: it runs while whoever took it up last has it in hand.

import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { watchDeadline } from '../../../src/training/coordinator/deadline.js';

t.test('a job that waits has no time behind it, however long', async (t) => {
  let passed = 0;
  const watch = watchDeadline(
    () => 0,
    20,
    () => passed++,
  );
  await wait(200);
  watch.stop();
  t.same([passed, watch.passed], [0, false]);
});

t.test('a job that is taken up again begins anew', async (t) => {
  let passed = 0;
  let takings = 0;
  const watch = watchDeadline(
    () => ++takings,
    20,
    () => passed++,
  );
  await wait(200);
  watch.stop();
  t.ok(takings > 1);
  t.same([passed, watch.passed], [0, false]);
});

t.test('a job in hand for longer than it may is told of once', async (t) => {
  let passed = 0;
  const watch = watchDeadline(
    () => 1,
    20,
    () => passed++,
  );
  while (!watch.passed) await wait(5);
  await wait(100);
  watch.stop();
  t.equal(passed, 1);
  t.ok(watch.elapsedMs > 20);
});
