// The kernels of embedded inputs against docs/ARITHMETIC.md, bit by bit, and their cosine against that of the language.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { EXPANSION_KIND } from '../../src/kernels/expansion-kind.js';
import { UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { embedNumbersScratchBytes, roundUp4 } from '../../src/kernels/weight-layout.js';
import { type Arena, EXECUTORS, numbers, type Panels, setUp, testEach } from './harness.js';
import { difference, hard, oracleOf, sizes } from './oracle-cases.js';
import { type Expansion, embeddingOf, type Projection } from './oracle-embedding.js';
import { chain, octetTree } from './oracle-rounding.js';

/** Rows of `width` numbers as weights lie in memory, padding zero. */
function putRows(arena: Arena, values: Float32Array, width: number): number {
  const padded = roundUp4(width);
  const rows = values.length / width;
  const packed = new Float32Array(rows * padded);
  for (let row = 0; row < rows; row++) {
    packed.set(values.subarray(row * width, (row + 1) * width), row * padded);
  }
  return arena.put(packed);
}

function takeRows(arena: Arena, address: number, rows: number, width: number): number[] {
  const padded = roundUp4(width);
  const packed = [...arena.take(address, rows * padded)];
  return Array.from({ length: rows }, (_, row) => packed.slice(row * padded, row * padded + width)).flat();
}

/** An update block that stores gradients as far from their weights. */
function putStore(arena: Arena, gradientOffset: number): number {
  const block = arena.alloc(UPDATE_BLOCK_BYTES);
  writeUpdate(arena.memory, block, { kind: 'store', gradientOffset });
  return block;
}

const column = (all: Float32Array, width: number, at: number) => all.filter((_, i) => i % width === at);
const rowsOf = (all: ArrayLike<number>, width: number) =>
  Array.from({ length: all.length / width }, (_, row) =>
    Array.from({ length: width }, (_, i) => all[row * width + i]!),
  );

interface Case {
  readonly isPeriodic: boolean;
  readonly features: number;
  readonly terms: number;
  /** 0: terms as they are. */
  readonly size: number;
  readonly examples: number;
}

function* cases(): Generator<Case & { seed: number }> {
  let seed = 0;
  for (const [features, terms, size, panels] of sizes(30, [5, 20, 9, 6], 3_000, 5)) {
    const isProjected = ++seed % 3 > 0;
    yield {
      ...{ isPeriodic: seed % 2 === 0, features: features!, terms: terms!, size: isProjected ? size! : 0 },
      ...{ examples: 8 * panels!, seed: 100 * seed },
    };
  }
}

/** Random parameters of each feature, and of all as the kernels have them: bins of a unit's width here and there, some of none. */
function draw({ isPeriodic, features, terms, size }: Case, seed: number) {
  const first = numbers(features * terms, seed).map((value) => 3 * value);
  const second = numbers(features * terms, seed + 1).map((value, at) =>
    isPeriodic ? 4 * value : at % 5 === 0 ? 0 : Math.abs(2 * value),
  );
  const weights = numbers(features * terms * size, seed + 2);
  const bias = numbers(features * size, seed + 3);
  const part = (all: Float32Array, width: number, feature: number) =>
    all.subarray(feature * width, (feature + 1) * width);
  const each = Array.from({ length: features }, (_, feature) => ({
    expansion: { isPeriodic, first: part(first, terms, feature), second: part(second, terms, feature) },
    projection:
      size === 0
        ? null
        : { weights: part(weights, terms * size, feature), bias: part(bias, size, feature), size },
  }));
  const expansions = each.flatMap(({ expansion }) => [...expansion.first, ...expansion.second]);
  const projections = each.flatMap(({ projection }) =>
    projection === null ? [] : [...projection.weights, ...projection.bias],
  );
  return { each, expansions: Float32Array.from(expansions), projections: Float32Array.from(projections) };
}

for (const executor of EXECUTORS) {
  const { madd } = oracleOf(executor.arithmetic);
  const oracle = embeddingOf(madd);

  t.test(`${executor.name}: embedded numbers are as they are defined, forward and back`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const one of cases()) {
      arena.reset();
      const { isPeriodic, features, terms, size, examples, seed } = one;
      const { each, expansions, projections } = draw(one, seed);
      const width = 1 + (size || terms);
      const x = hard(features * examples, seed + 4).map((v) => (Math.abs(v) > 1e6 ? v : 5 * v));
      const dz = numbers(features * width * examples, seed + 5);
      // One behind the other, and room for as much: where gradients are stored.
      const w = putRows(arena, expansions, terms);
      const projection = size === 0 ? 0 : putRows(arena, projections, size);
      const stored = arena.alloc(4 * (expansions.length + projections.length) * 4 + 4096);
      const kind = isPeriodic ? EXPANSION_KIND.periodic : EXPANSION_KIND.piecewise;
      const from = arena.putPanels(x, features);
      const out = arena.allocPanels(examples, features * width);
      const dx = arena.allocPanels(examples, features);
      const gradient = arena.putPanels(dz, features * width);
      const scratch = arena.alloc(Math.max(embedNumbersScratchBytes(terms, size), 32 * terms));
      const args = [
        from.address,
        from.stride,
        from.count,
        features,
        kind,
        terms,
        w,
        size,
        projection,
      ] as const;
      const name = JSON.stringify(one);

      kernels.embedNumbers(...args, scratch, out.address, out.stride);
      const defined = rowsOf(x, features).flatMap((row) =>
        row.flatMap((value, f) => [value, ...oracle.forward(each[f]!.expansion, each[f]!.projection, value)]),
      );
      t.equal(difference(taken(arena, out), defined), '', `forward ${name}`);

      kernels.embedNumbersInputGradient(...args, gradient.address, gradient.stride, dx.address, dx.stride);
      const back = rowsOf(x, features).flatMap((row, b) =>
        row.map((value, f) => {
          const own = (b * features + f) * width;
          const { expansion, projection: projects } = each[f]!;
          const became = dz.subarray(own + 1, own + width);
          return oracle.inputGradient(expansion, projects, value, dz[own]!, became);
        }),
      );
      t.equal(difference(taken(arena, dx), back), '', `input gradient ${name}`);

      if (!isPeriodic && size === 0) continue;
      const update = putStore(arena, stored - w);
      kernels.embedNumbersWeightGradient(...args, gradient.address, gradient.stride, scratch, update);
      const gradients = each.map(({ expansion, projection: projects }, f) =>
        oracle.weightGradient(
          expansion,
          projects,
          column(x, features, f),
          Array.from({ length: examples }, (_, b) => {
            const own = (b * features + f) * width;
            return dz.subarray(own + 1, own + width);
          }),
        ),
      );
      if (isPeriodic) {
        const expected = gradients.flatMap(({ first, second }) => [...first, ...second]);
        t.equal(difference(takeRows(arena, stored, 2 * features, terms), expected), '', `expansion ${name}`);
      }
      if (size > 0) {
        const expected = gradients.flatMap(({ weights, bias }) => [...weights, ...bias]);
        const at = stored + projection - w;
        t.equal(
          difference(takeRows(arena, at, features * (terms + 1), size), expected),
          '',
          `projection ${name}`,
        );
      }
      t.ok(arena.guardsHold());
    }
  });

  t.test(`${executor.name}: embedded categories and factors are as they are defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const [categories, size, panels] of sizes(20, [30, 12, 6], 1_500, 9)) {
      arena.reset();
      const examples = 8 * panels!;
      const values = numbers(categories! * examples, 3).map((v) => (v > 0.6 ? v : 0));
      const [w, dz] = [hard(categories! * size!, 4), numbers(size! * examples, 5)];
      const [x, g] = [arena.putPanels(values, categories!), arena.putPanels(dz, size!)];
      const [out, dx] = [arena.allocPanels(examples, size!), arena.allocPanels(examples, categories!)];
      const at = putRows(arena, w, size!);
      const stored = arena.alloc(4 * categories! * roundUp4(size!));
      const [scratch, update] = [arena.alloc(32 * roundUp4(size!)), putStore(arena, stored - at)];
      const isAbsent = (octet: number, i: number) =>
        Array.from({ length: 8 }, (_, lane) => values[(8 * octet + lane) * categories! + i]).every(
          (v) => v === 0,
        );
      kernels.embedCategories(x.address, x.stride, x.count, categories!, at, size!, out.address, out.stride);
      const defined = Array.from({ length: examples * size! }, (_, place) => {
        const [b, e] = [Math.floor(place / size!), place % size!];
        return chain(categories!, 0, (sum, i) =>
          isAbsent(Math.floor(b / 8), i) ? sum : madd(w[i * size! + e]!, values[b * categories! + i]!, sum),
        );
      });
      t.equal(difference(taken(arena, out), defined), '', `${categories} → ${size}`);
      const to = [dx.address, dx.stride] as const;
      kernels.embedCategoriesInputGradient(g.address, g.stride, g.count, categories!, at, size!, ...to);
      const back = Array.from({ length: examples * categories! }, (_, place) => {
        const [b, i] = [Math.floor(place / categories!), place % categories!];
        return chain(size!, 0, (sum, e) => madd(w[i * size! + e]!, dz[b * size! + e]!, sum));
      });
      t.equal(difference(taken(arena, dx), back), '', 'input gradient');
      const from = [x.address, x.stride, x.count, categories!, g.address, g.stride, size!] as const;
      kernels.embedCategoriesWeightGradient(...from, at, scratch, update);
      const gradient = Array.from({ length: categories! * size! }, (_, place) => {
        const [i, e] = [Math.floor(place / size!), place % size!];
        const lane = (l: number) =>
          chain(panels!, 0, (sum, octet) => {
            const b = 8 * octet + l;
            return isAbsent(octet, i) ? sum : madd(values[b * categories! + i]!, dz[b * size! + e]!, sum);
          });
        return octetTree(Array.from({ length: 8 }, (_, l) => lane(l)));
      });
      t.equal(difference(takeRows(arena, stored, categories!, size!), gradient), '', 'gradient of the table');

      const rows = size!;
      const [own, factors] = [numbers(rows * examples, 6), arena.put(numbers(roundUp4(rows), 7))];
      const kept = arena.alloc(4 * roundUp4(rows));
      const input = arena.putPanels(own, rows);
      const places = [input.address, input.stride, input.count, rows, g.address, g.stride] as const;
      kernels.factorGradient(...places, factors, arena.alloc(128), putStore(arena, kept - factors));
      const sums = Array.from({ length: rows }, (_, r) => {
        const lane = (l: number) =>
          chain(panels!, 0, (sum, octet) => {
            const b = 8 * octet + l;
            return madd(own[b * rows + r]!, dz[b * rows + r]!, sum);
          });
        return octetTree(Array.from({ length: 8 }, (_, l) => lane(l)));
      });
      t.equal(difference([...arena.take(kept, rows)], sums), '', 'factors');
      t.ok(arena.guardsHold());
    }
  });

  t.test(`${executor.name}: rows are copied, and padding cleared, alone`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const [from, to] = [arena.putPanels(numbers(9 * 16, 1), 9), arena.putPanels(numbers(6 * 16, 2), 6, 128)];
    kernels.copyRows(from.address + 32, from.stride, 2, 3, to.address + 64, to.stride);
    const [x, expected] = [numbers(9 * 16, 1), numbers(6 * 16, 2)];
    for (let b = 0; b < 16; b++) expected.set(x.subarray(b * 9 + 1, b * 9 + 4), b * 6 + 2);
    t.equal(difference(taken(arena, to), expected), '');
    const dirty = arena.allocPanels(16, 6);
    kernels.clearPadding(dirty.address, dirty.stride, 2, 6);
    t.ok(arena.paddingRowsAreZero(dirty));
    t.ok(taken(arena, dirty).every(Number.isNaN));
    t.ok(arena.guardsHold());
  });
}

t.test('the cosine is right to 3e-7 over many turns, and its slope to 2e-6 of the steepest', async (t) => {
  const { madd } = oracleOf('fused');
  const oracle = embeddingOf(madd);
  let worst = 0;
  let steepest = 0;
  for (let at = -20_000; at <= 20_000; at++) {
    const x = Math.fround(at / 3_000);
    const expansion: Expansion = { isPeriodic: true, first: [1.25], second: [Math.fround(0.7)] };
    const none: Projection = null;
    // As far as one rounding of the number of turns.
    const angle = 2 * Math.PI * 1.25 * x + Math.fround(0.7);
    const rounding = 2 * Math.PI * 2 ** -24 * Math.abs(angle / (2 * Math.PI));
    worst = Math.max(worst, Math.abs(oracle.forward(expansion, none, x)[0]! - Math.cos(angle)) - rounding);
    const slope = oracle.inputGradient(expansion, none, x, 0, [1]);
    const expected = -2 * Math.PI * 1.25 * Math.sin(angle);
    steepest = Math.max(steepest, Math.abs(slope - expected) / (2 * Math.PI * 1.25) - rounding);
  }
  t.ok(worst < 3e-7, String(worst));
  t.ok(steepest < 2e-6, String(steepest));
});

/** Of torch: see `embedded` in test/engines/wasm/torch-trainings.py, which says what goes in. */
type Embedded = Readonly<
  Record<
    'x' | 'c' | 'b' | 'projection' | 'g' | 'h' | 'byX' | 'byExpansion' | 'byProjection' | 'byTable',
    number[]
  >
>;
const TORCH: Embedded = JSON.parse(readFileSync('test/engines/wasm/torch-trainings.json', 'utf8')).embedded;

testEach(t, 'numbers and categories are embedded as PyTorch embeds them', (t, { arena, kernels }) => {
  const near = (actual: ArrayLike<number>, expected: readonly number[], what: string) =>
    t.ok(
      expected.every((value, at) => Math.abs(actual[at]! - value) < 1e-5),
      `${what}: ${Array.from(actual)}`,
    );
  const from = arena.putPanels(TORCH.x, 1);
  const g = arena.putPanels(TORCH.g, 3);
  const [out, dx] = [arena.allocPanels(8, 3), arena.allocPanels(8, 1)];
  const w = putRows(arena, Float32Array.from([...TORCH.c, ...TORCH.b]), 3);
  const projection = putRows(arena, Float32Array.from(TORCH.projection), 2);
  const stored = arena.alloc(4096);
  const scratch = arena.alloc(embedNumbersScratchBytes(3, 2));
  const args = [from.address, from.stride, 1, 1, EXPANSION_KIND.periodic, 3, w, 2, projection] as const;
  kernels.embedNumbers(...args, scratch, out.address, out.stride);
  near(
    taken(arena, out).filter((_, at) => at % 3 > 0),
    TORCH.h,
    'h',
  );
  kernels.embedNumbersInputGradient(...args, g.address, g.stride, dx.address, dx.stride);
  near(taken(arena, dx), TORCH.byX, 'dx');
  const update = putStore(arena, stored - w);
  kernels.embedNumbersWeightGradient(...args, g.address, g.stride, scratch, update);
  near(takeRows(arena, stored, 2, 3), TORCH.byExpansion, 'c and b');
  near(takeRows(arena, stored + projection - w, 4, 2), TORCH.byProjection, 'W and d');

  const chosen = arena.putPanels([0, 0, 1, 1, 0, 0, 0, 0, 1, ...Array(15).fill(0)], 3);
  const dz = arena.putPanels([1, -1, 0.5, 2, 3, 1, ...Array(10).fill(0)], 2);
  const [table, rows] = [putRows(arena, Float32Array.of(1, 2, 3, 4, 5, 6), 2), arena.allocPanels(8, 2)];
  kernels.embedCategories(chosen.address, chosen.stride, 1, 3, table, 2, rows.address, rows.stride);
  near(taken(arena, rows), [5, 6, 1, 2, 5, 6], 'rows of the table');
  const kept = arena.alloc(64);
  const places = [chosen.address, chosen.stride, 1, 3, dz.address, dz.stride, 2] as const;
  kernels.embedCategoriesWeightGradient(...places, table, arena.alloc(128), putStore(arena, kept - table));
  near(takeRows(arena, kept, 3, 2), TORCH.byTable, 'the table');
  t.end();
});

function taken(arena: Arena, panels: Panels): Float32Array {
  return Float32Array.from(arena.takePanels(panels));
}
