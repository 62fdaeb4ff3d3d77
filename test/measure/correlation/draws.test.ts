import t from 'tap';
import { eachDraw } from '../../../src/measure/correlation/draws.js';

/** The first two replicates. */
function firstTwo(count: number, replicates: number, seed: number): number[][] {
  const first: number[][] = [];
  eachDraw(count, replicates, seed, (picked, replicate) => {
    if (replicate < 2) first.push([...picked]);
  });
  return first;
}

t.test('draws are the same whether they are kept or drawn as they are asked for', async (t) => {
  const kept = firstTwo(1024, 2, 5);
  t.same(firstTwo(1024, 2, 5), kept, 'asked for again');
  t.same(firstTwo(1024, 2100, 5), kept, 'of more replicates than are kept');
  t.notSame(firstTwo(1024, 2, 6), kept, 'another seed has others');
  t.ok(kept.flat().every((unit) => unit < 1024));
  t.equal(firstTwo(1023, 2, 5)[0]!.length, 1023);
});
