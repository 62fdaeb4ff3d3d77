import t from 'tap';
import { placesText } from '../../../src/plan-folder/job-files/member-places.js';
import {
  longestPart,
  type Part,
  type Piece,
  partsOfMembers,
  partsOfTime,
} from '../../../src/plan-folder/job-files/parts.js';

/** Pieces of a member each, of such costs. */
const single = (costs: readonly number[]): Piece[] =>
  costs.map((cost, index) => ({ members: [index], width: 1, cost }));
const equal = (count: number, cost: number) => single(Array.from({ length: count }, () => cost));
const texts = (parts: readonly Part[]) => parts.map(({ members }) => placesText(members));

t.test('members are written as ranges and single places', async (t) => {
  t.equal(placesText([0, 1, 2, 3, 7, 9, 10]), '0-3,7,9-10');
  t.equal(placesText([5]), '5');
});

t.test('as many members as asked for, and what is left over', async (t) => {
  t.same(texts(partsOfMembers(equal(10, 1), 4)), ['0-3', '4-7', '8-9']);
  t.same(texts(partsOfMembers(equal(4, 1), 100)), ['0-3']);
});

t.test('a piece is never cut', async (t) => {
  const pieces = [
    { members: [0, 1, 2], width: 1, cost: 3 },
    { members: [3], width: 1, cost: 1 },
    { members: [4, 6], width: 2, cost: 2 },
    { members: [5], width: 1, cost: 1 },
  ];
  t.same(texts(partsOfMembers(pieces, 2)), ['0-2', '3-4,6', '5']);
  t.same(texts(partsOfTime(pieces, 1, 1)), ['0-2', '3-4,6', '5']);
});

t.test(
  '100 members of 30 seconds on 4 threads are 2 tasks of some 6 minutes, where 10 are asked for',
  async (t) => {
    const pieces = equal(100, 30);
    const parts = partsOfTime(pieces, 600, 4);
    t.same(texts(parts), ['0-47', '48-99']);
    t.equal(longestPart(parts, pieces, 4), 13 * 30);
  },
);

t.test('a member that takes longer than a task is a task of its own', async (t) => {
  t.same(texts(partsOfTime(equal(3, 900), 600, 1)), ['0', '1', '2']);
  t.same(texts(partsOfTime(equal(3, 900), 600, 2)), ['0-1', '2']);
  t.same(texts(partsOfTime(single([1, 900, 1, 1]), 600, 1)), ['0-1', '2-3']);
});

t.test('a group that trains on all threads at once takes its share of the time', async (t) => {
  const group = { members: [0, 1, 2, 3], width: 4, cost: 40 };
  t.equal(longestPart([{ members: [0, 1, 2, 3] }], [group], 4), 10);
  t.equal(longestPart([{ members: [0, 1, 2, 3] }], [group], 2), 20);
});

t.test('whatever the costs: every member once, parts in order, none empty, none much too long', async (t) => {
  let state = 1;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 300; round++) {
    const costs = Array.from({ length: 1 + next(60) }, () => 1 + next(50));
    const pieces = single(costs);
    const [target, threads] = [1 + next(200), 1 + next(6)];
    const parts = partsOfTime(pieces, target, threads);
    t.same(
      parts.flatMap(({ members }) => members),
      costs.map((_, index) => index),
    );
    t.ok(parts.every(({ members }) => members.length > 0));
    // Cut evenly, a part is no longer than its share and the two batches at its ends.
    t.ok(longestPart(parts, pieces, threads) <= target + 100, `${costs} ${target} ${threads}`);
  }
});

t.test('pieces that cost nothing are one part', async (t) => {
  t.same(texts(partsOfTime(equal(5, 0), 600, 2)), ['0-4']);
});
