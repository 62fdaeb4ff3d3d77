// Orders of numbers: by hand, and both ways of sorting alike.

import t from 'tap';
import { descendingOrder } from '../../src/math/order.js';
import { RandomStream } from '../../src/math/random.js';

t.test('from the largest on, ties by index', async (t) => {
  t.same([...descendingOrder(Float64Array.of(1, 3, 2, 3, -1), 5)], [1, 3, 2, 0, 4]);
  t.same([...descendingOrder(Float32Array.of(0.5, 0, -0, 0.25, 0.5), 5)], [0, 4, 3, 1, 2]);
  t.same([...descendingOrder(Float32Array.of(-0.5, 0, 0.5), 3)], [2, 1, 0], 'below 0 too');
  t.same([...descendingOrder(Float32Array.of(9, 1, 9, 3, 9, 2), 3, 1, 2)], [1, 2, 0], 'a column');
  t.same([...descendingOrder(new Float64Array(0), 0)], []);
});

t.test('singles as whole numbers and as numbers have one order', async (t) => {
  const random = new RandomStream([1, 2]);
  const singles = Float32Array.from({ length: 3000 }, () => Math.fround(random.uniform() ** 8));
  for (let at = 0; at < 3000; at += 7) singles[at] = singles[3 * (at % 900)]!;
  t.same(descendingOrder(singles, 3000), descendingOrder(Float64Array.from(singles), 3000));
});
