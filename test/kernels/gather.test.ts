// Batches gathered by index from a row-major dataset.
import t from 'tap';
import { roundUp4 } from '../../src/kernels/weight-layout.js';
import { type Arena, integers, numbers, testEach } from './harness.js';

const ROWS = 23;

/** A dataset of ROWS rows at a stride of whole vectors, zero-filled. */
function putDataset(arena: Arena, features: number) {
  const stride = roundUp4(features) + 4;
  const values = numbers(ROWS * features, features);
  const padded = new Float32Array(ROWS * stride);
  for (let at = 0; at < values.length; at++) {
    padded[Math.floor(at / features) * stride + (at % features)] = values[at]!;
  }
  return { values, x: arena.put(padded), strideBytes: stride * 4 };
}

/** Lanes beyond the batch, which must be zero. */
function lanesBeyond(
  arena: Arena,
  out: { address: number; stride: number; count: number; rows: number; batch: number },
) {
  const whole = { ...out, batch: out.count * 8 };
  return arena.takePanels(whole).subarray(out.batch * out.rows);
}

testEach(
  t,
  'gatherRows writes the chosen rows, zeros in padding lanes and padding rows',
  (t, { arena, kernels }) => {
    for (const features of [1, 2, 3, 4, 5, 8, 9, 31, 40]) {
      for (const count of [0, 1, 2, 7, 8, 9, 16, 29]) {
        arena.reset();
        const { values, x, strideBytes } = putDataset(arena, features);
        const chosen = integers(count, ROWS, count + features);
        const out = arena.allocPanels(count, features, 16);
        const indices = arena.putInts(chosen);
        kernels.gatherRows(x, strideBytes, indices, count, features, out.address, out.stride);
        const expected = Float64Array.from({ length: count * features }, (_, at) => {
          return values[chosen[Math.floor(at / features)]! * features + (at % features)]!;
        });
        const right = Buffer.from(arena.takePanels(out).buffer).equals(Buffer.from(expected.buffer));
        const zero = lanesBeyond(arena, out).every((value) => value === 0) && arena.paddingRowsAreZero(out);
        t.ok(right && zero && arena.guardsHold(), `${features} features, ${count} rows`);
      }
    }
  },
);

testEach(t, 'gatherColumns writes the chosen columns of the chosen rows', (t, { arena, kernels }) => {
  for (const features of [1, 3, 4, 6, 13]) {
    for (const count of [1, 8, 11]) {
      arena.reset();
      const { values, x, strideBytes } = putDataset(arena, 17);
      const chosen = integers(count, ROWS, count);
      const columns = integers(features, 17, features);
      const out = arena.allocPanels(count, features);
      const [indices, listed] = [arena.putInts(chosen), arena.putInts(columns)];
      kernels.gatherColumns(x, strideBytes, indices, count, listed, features, out.address, out.stride);
      const expected = Float64Array.from({ length: count * features }, (_, at) => {
        return values[chosen[Math.floor(at / features)]! * 17 + columns[at % features]!]!;
      });
      const right = Buffer.from(arena.takePanels(out).buffer).equals(Buffer.from(expected.buffer));
      const zero = lanesBeyond(arena, out).every((value) => value === 0) && arena.paddingRowsAreZero(out);
      t.ok(right && zero && arena.guardsHold(), `${features} columns, ${count} rows`);
    }
  }
});

testEach(
  t,
  'gatherLabels and gatherWeights fill whole panels, padding lanes with 0',
  (t, { arena, kernels }) => {
    for (const count of [0, 1, 8, 11]) {
      arena.reset();
      const padded = Math.ceil(count / 8) * 8;
      const labels = integers(ROWS, 1000, 1);
      const weights = numbers(ROWS, 2);
      const chosen = integers(count, ROWS, 3);
      const [labelsAt, weightsAt, indices] = [
        arena.putInts(labels),
        arena.put(weights),
        arena.putInts(chosen),
      ];
      const [outLabels, outWeights, outOnes] = [
        arena.alloc(padded * 4),
        arena.alloc(padded * 4),
        arena.alloc(padded * 4),
      ];
      kernels.gatherLabels(labelsAt, indices, count, outLabels);
      kernels.gatherWeights(weightsAt, indices, count, 0.5, outWeights);
      kernels.gatherWeights(0, indices, count, 0.25, outOnes);
      const lanes = Array.from({ length: padded }, (_, b) => (b < count ? chosen[b]! : null));
      t.same(
        [...arena.ints.subarray(outLabels / 4, outLabels / 4 + padded)],
        lanes.map((r) => (r === null ? 0 : labels[r]!)),
      );
      t.same(
        [...arena.take(outWeights, padded)],
        lanes.map((r) => (r === null ? 0 : weights[r]! / 2)),
      );
      t.same(
        [...arena.take(outOnes, padded)],
        lanes.map((r) => (r === null ? 0 : 0.25)),
      );
      t.ok(arena.guardsHold());
    }
  },
);
