import t from 'tap';
import { createKindsAccumulator } from '../../src/measure/kind-measurement.js';
import type { Predictions } from '../../src/predictions/predictions.js';
import { average, close, randomProbabilities, randomStream } from './synthetic.js';

const three = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const ROWS = 70;
const KINDS = ['tree', 'net', 'tree', 'net', 'net', 'table'];
const stream = randomStream(4);
const means = KINDS.map(() => randomProbabilities(ROWS, 3, stream));
const labels = Int32Array.from({ length: ROWS }, () => stream.below(3));

function measured(mask: Uint8Array | null, size: number) {
  const kinds = createKindsAccumulator(KINDS, { task: three, replicates: 0, outOfBag: mask !== null });
  for (let start = 0; start < ROWS; start += size) {
    const rows = Math.min(size, ROWS - start);
    const members = means.map(
      (mean): Predictions => ({
        ...{ rows, outputs: 3, mean: mean.subarray(3 * start, 3 * (start + rows)) },
        ...{ logProbabilities: null, variance: null },
      }),
    );
    const own =
      mask &&
      Uint8Array.from(
        { length: KINDS.length * rows },
        (_, at) => mask[Math.floor(at / rows) * ROWS + start + (at % rows)]!,
      );
    kinds.addBlock(
      members,
      { rows, labels: labels.subarray(start, start + rows), targets: new Float64Array(0) },
      own,
    );
  }
  return kinds.finish();
}

/** Mean of εᵢ εⱼ over pairs of a member of each of two kinds, by the definition. */
function between(a: string, b: string, counts: (member: number, row: number) => boolean): number {
  const products: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (const [i, one] of KINDS.entries()) {
      for (const [j, other] of KINDS.entries()) {
        if (one !== a || other !== b || i === j || !counts(i, row) || !counts(j, row)) continue;
        const error = (member: number, at: number) => means[member]![3 * row + at]! - +(labels[row] === at);
        products.push([0, 1, 2].reduce((sum, at) => sum + error(i, at) * error(j, at), 0));
      }
    }
  }
  return average(products);
}

t.test(
  'kinds share of their errors what the pairs of their members do, held out and out of bag',
  async (t) => {
    const mask = Uint8Array.from({ length: KINDS.length * ROWS }, () => (stream.uniform() < 0.5 ? 1 : 0));
    for (const own of [null, mask]) {
      const counts = (member: number, row: number) => own === null || own[member * ROWS + row] === 1;
      const kinds = measured(own, ROWS);
      t.same(
        kinds.map(({ kind, memberIndices: members }) => [kind, members]),
        [
          ['tree', [0, 2]],
          ['net', [1, 3, 4]],
          ['table', [5]],
        ],
      );
      for (const [at, { kind, covarianceWith, errorCorrelation }] of kinds.entries()) {
        t.equal(covarianceWith[at], errorCorrelation!.c, 'in its own place its c');
        for (const [other, { kind: name }] of kinds.entries()) {
          if (other !== at)
            t.ok(close(covarianceWith[other]!, between(kind, name, counts), 1e-10), `${kind}, ${name}`);
        }
      }
      t.equal(kinds[2]!.covarianceWith[2], null, 'one member has no pair of its own');
      t.same(measured(own, 9), kinds, 'whatever the blocks');
    }
  },
);

t.test('two kinds that never meet in a row share nothing that could be said', async (t) => {
  const mask = Uint8Array.from({ length: KINDS.length * ROWS }, (_, at) =>
    KINDS[Math.floor(at / ROWS)] === 'table' ? +(at % ROWS < 10) : +(at % ROWS >= 10),
  );
  const [tree, , table] = measured(mask, ROWS);
  t.equal(tree!.covarianceWith[2], null);
  t.equal(table!.covarianceWith[0], null);
  t.notMatch(JSON.stringify(table), /NaN/);
});
