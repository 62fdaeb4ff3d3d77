// Whose value a row is given: out of bag never one that a member that counts for the row has seen.

import t from 'tap';
import { createDonors } from '../../src/explain/donors.js';
import type { ExplainedRows } from '../../src/explain/explained-rows.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

const MEMBERS = 40;
const ROWS = 500;

function rowsWith(mask: Uint8Array | null, groups: Int32Array | null = null): ExplainedRows {
  return {
    ...{ rowsFrom: mask === null ? 'heldOut' : 'outOfBag', rows: ROWS, of: ROWS, mask, groups },
    index: Uint32Array.from({ length: ROWS }, (_, row) => row),
    x: new Float64Array(ROWS),
    truth: { rows: ROWS, labels: new Int32Array(0), targets: new Float64Array(ROWS) },
    weights: null,
  };
}

/** Each row out of bag for a member with a probability of e⁻¹. */
function bootstrapMask(rowOf: (row: number) => number = (row) => row): Uint8Array {
  const random = new RandomStream(streamKey(1, 'noise'));
  const draws = Float64Array.from({ length: MEMBERS * ROWS }, () => random.uniform());
  return Uint8Array.from(draws, (_, at) => {
    const [member, row] = [Math.floor(at / ROWS), at % ROWS];
    return draws[member * ROWS + rowOf(row)]! < Math.exp(-1) ? 1 : 0;
  });
}

t.test('held-out rows are permuted, anew for each column and repeat', async (t) => {
  const draw = createDonors(rowsWith(null), 7);
  const { of, mask } = draw(3, 1);
  t.equal(mask, null);
  t.strictSame(
    [...of].sort((a, b) => a - b),
    [...of.keys()],
  );
  t.strictSame(draw(3, 1).of, of, 'the same for the same column and repeat');
  for (const [feature, repeat] of [
    [3, 2],
    [4, 1],
  ] as const)
    t.notSame(draw(feature, repeat).of, of);
  t.notSame(createDonors(rowsWith(null), 8)(3, 1).of, of);
});

t.test('a member counts where it saw neither the row nor the row whose value it is given', async (t) => {
  const mask = bootstrapMask();
  const { of, mask: own } = createDonors(rowsWith(mask), 0)(0, 0);
  let counted = 0;
  for (let row = 0; row < ROWS; row++) {
    for (let member = 0; member < MEMBERS; member++) {
      const both = mask[member * ROWS + row]! & mask[member * ROWS + of[row]!]!;
      if (own![member * ROWS + row] !== both) t.fail(`row ${row}, member ${member}`);
      counted += both;
    }
    if (of[row] === row) t.fail(`row ${row} is given its own value`);
  }
  // By chance a donor leaves e⁻² of the members; the best of eight leaves more.
  t.ok(counted / (MEMBERS * ROWS) > 0.18, `${counted / (MEMBERS * ROWS)}`);
});

t.test('where groups stay whole the value comes from another group', async (t) => {
  const groups = Int32Array.from({ length: ROWS }, (_, row) => row % 10);
  const mask = bootstrapMask((row) => groups[row]!);
  const { of, mask: own } = createDonors(rowsWith(mask, groups), 0)(0, 0);
  const donated = new Float64Array(10);
  for (let row = 0; row < ROWS; row++) {
    const counts = Array.from({ length: MEMBERS }, (_, member) => own![member * ROWS + row]!).includes(1);
    if (counts && groups[of[row]!] === groups[row]) t.fail(`row ${row}`);
    if (counts) donated[groups[of[row]!]!]!++;
  }
  t.ok(Math.min(...donated) > 20, `every group gives: ${donated}`);
});

t.test('a row without a partner is left out', async (t) => {
  // Of two members each row is out of bag for one, and the first row alone for the first member.
  const mask = new Uint8Array(2 * ROWS).fill(1, ROWS);
  mask[0] = 1;
  mask[ROWS] = 0;
  const { mask: own } = createDonors(rowsWith(mask), 0)(0, 0);
  t.equal(own![0], 0);
  t.equal(own![ROWS], 0);
  t.ok(own!.subarray(ROWS + 1).every((bit) => bit === 1));
});
