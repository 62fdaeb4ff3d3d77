// What a search may spend: members to the last, or a time whose end is told twice.

import t from 'tap';
import { Budget } from '../../src/auto/budget.js';

t.test('of a number of members there is room for those that are neither trained nor underway', async (t) => {
  const budget = new Budget(Number.POSITIVE_INFINITY, 20, 8);
  t.equal(budget.room(0), 20);
  t.equal(budget.room(13), 7);
  budget.spend(13);
  t.equal(budget.room(5), 2);
  t.equal(budget.ending, null);
  t.equal(budget.leftMs, null);
  t.equal(budget.over, null);
  budget.spend(7);
  t.equal(budget.ending, 'members');
  budget.close();
});

t.test('members are to deliver before the time is over', async (t) => {
  const budget = new Budget(0.05, Number.POSITIVE_INFINITY, 2);
  t.equal(budget.room(3), Number.POSITIVE_INFINITY, 'with no member there is no pace');
  const order: string[] = [];
  budget.deliverEarly!.addEventListener('abort', () => order.push('deliver'));
  // The timer by itself keeps no process.
  const alive = setInterval(() => {}, 1000);
  await new Promise<void>((resolve) => {
    budget.over!.addEventListener('abort', () => {
      order.push('over');
      resolve();
    });
  });
  clearInterval(alive);
  t.same(order, ['deliver', 'over']);
  t.equal(budget.ending, 'time');
  budget.spend(4);
  t.ok(budget.room(0) <= 0);
  budget.close();
});

t.test('by a clock: room at the pace so far, members told before the time, and all over at it', async (t) => {
  let now = 1000;
  let ring: (() => void) | null = null;
  let sleep = 0;
  t.intercept(performance, 'now', { value: () => now });
  t.intercept(globalThis, 'setTimeout', {
    value: (then: () => void, ms: number) => {
      [ring, sleep] = [then, ms];
      return { unref: () => {} };
    },
  });
  /** Until the timer rings that was set last. */
  const pass = () => {
    now += sleep;
    ring!();
  };
  const budget = new Budget(10, Number.POSITIVE_INFINITY, 2);
  const told = () => [budget.deliverEarly!.aborted, budget.over!.aborted];
  now += 2000;
  budget.spend(10);
  // 0.2 s a member; of the 10 s 0.3 are for what comes last.
  t.equal(budget.room(0), Math.floor(7.7 / 0.2));
  t.equal(budget.room(8), Math.floor(7.7 / 0.2) - 8);
  now += 1000;
  budget.spend(10);
  // 3 s for 20 members, and 0.1 s of late: 0.125 s.
  t.equal(budget.room(0), Math.floor(6.7 / 0.125));
  budget.choosing(() => {
    now += 500;
  });
  // Three such choices come after the last member.
  t.equal(budget.room(0), Math.floor(Math.round(1000 * (10 - 0.3 - 1.5 - 3.5)) / ((3500 / 20 + 100) / 2)));
  t.equal(budget.leftMs, 6500);
  t.same([told(), budget.ending], [[false, false], null]);
  pass();
  t.same([told(), budget.elapsedMs, budget.leftMs], [[true, false], 10_000 - 1800, 1800]);
  t.equal(budget.ending, 'time');
  pass();
  t.same([told(), budget.leftMs], [[true, true], 0]);
  budget.close();
});
