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
