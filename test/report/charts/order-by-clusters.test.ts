import t from 'tap';
import { clusterOrder } from '../../../src/report/charts/order-by-clusters.js';

t.test('what is alike stands together', async (t) => {
  // Two clusters, {0, 2, 4} and {1, 3}, mixed.
  const near = (i: number, j: number) => (i === j ? 0 : i % 2 === j % 2 ? 0.1 : 1);
  const distances = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => near(i, j)));
  const order = clusterOrder(distances);
  t.same([...order].sort(), [0, 1, 2, 3, 4]);
  t.same(order.map((at) => at % 2).join(''), order[0]! % 2 === 0 ? '00011' : '11000');
});

t.test('leaves come as average linkage joins them', async (t) => {
  // By hand: 0 and 3 join at 1; their mean distance to 1 is 3, to 2 is 7; 1 joins at 3; 2 comes last.
  const distances = [
    [0, 2, 8, 1],
    [2, 0, 5, 4],
    [8, 5, 0, 6],
    [1, 4, 6, 0],
  ];
  t.same(clusterOrder(distances), [0, 3, 1, 2]);
});

t.test('one, none, and pairs that share no row', async (t) => {
  t.same(clusterOrder([[0]]), [0]);
  t.same(clusterOrder([]), []);
  t.same(
    clusterOrder([
      [0, null],
      [null, 0],
    ]),
    [0, 1],
  );
});
