// The kernels of techniques, and what is elementwise, against docs/ARITHMETIC.md, bit by bit.
import t from 'tap';
import { type Arena, EXECUTORS, numbers, type Panels, setUp } from './harness.js';
import { difference, hard, oracleOf, padded, sizes } from './oracle-cases.js';
import * as oracle from './oracle-techniques.js';

const SLOPES = [0, 1, Math.fround(0.01)];
const KEY = [0xdeadbeef, 0x01234567] as const;

function take(arena: Arena, panels: Panels): Float32Array {
  return Float32Array.from(arena.takePanels(panels));
}

/** Panels of random sizes, each with a seed of its own. */
function* panels(count: number): Generator<{ rows: number; examples: number; seed: number }> {
  let seed = 0;
  for (const [rows, batch] of sizes(count, [60, 100], 3_000, 11)) {
    yield { rows: rows!, examples: padded(batch!), seed: ++seed * 10 };
  }
}

for (const executor of EXECUTORS) {
  const { arithmetic } = executor;
  const { madd, functions } = oracleOf(arithmetic);

  t.test(`${executor.name}: masks, factors and activity penalties are as they are defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const { rows, examples, seed } of panels(25)) {
      arena.reset();
      const [h, dh] = [hard(rows * examples, seed), hard(rows * examples, seed + 1)];
      const [weights, factors] = [numbers(examples, seed + 2), hard(rows, seed + 3)];
      const [layer, slope] = [seed % 5, SLOPES[seed % 3]!];
      const from = arena.putPanels(h, rows);
      const [out, scaled] = [arena.allocPanels(examples, rows), arena.allocPanels(examples, rows)];
      const count = (from.count * from.stride) / 4;
      const mask = arena.alloc(count);
      kernels.drawMask(mask, count * 4, 1, 40_000, ...KEY, layer);
      kernels.applyMask(from.address, mask, 1.3, out.address, count * 4, 1);
      const float = (at: number) => panelPlace(from, Math.floor(at / rows), at % rows);
      const scale = Math.fround(1.3);
      const kept = h.map((v, at) => (oracle.isKept(float(at), 40_000, KEY, layer) ? v * scale : 0));
      t.equal(difference(take(arena, out), kept), '', 'masks');
      kernels.scaleRows(from.address, scaled.address, from.stride, from.count, rows, arena.put(factors));
      t.equal(
        difference(
          take(arena, scaled),
          h.map((v, at) => v * factors[at % rows]!),
        ),
        '',
        'factors',
      );
      const gradient = arena.putPanels(dh, rows);
      const at = [gradient.address, from.address, from.stride, from.count, rows, arena.put(weights)] as const;
      kernels.addActivityGradient(...at, 0.7, slope);
      const defined = dh.map((g, place) => {
        const weight = weights[Math.floor(place / rows)]!;
        return oracle.withActivityGradient(g, h[place]!, weight, Math.fround(0.7), slope);
      });
      t.equal(difference(take(arena, gradient), defined), '', 'activity');
      t.ok(arena.guardsHold());
    }
  });

  t.test(`${executor.name}: noise is as it is defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const { rows, examples, seed } of panels(15)) {
      arena.reset();
      const x = numbers(rows * examples, seed);
      const to = arena.putPanels(x, rows);
      kernels.addNoise(to.address, to.stride, to.count, rows, 0.2, KEY[0], seed);
      const defined = x.map((value, at) => {
        const [b, row] = [Math.floor(at / rows), at % rows];
        const place = Math.floor(b / 8) * rows + row;
        return value + oracle.noiseOfRow(functions, place, Math.fround(0.2), [KEY[0], seed])[b % 8]!;
      });
      t.equal(difference(take(arena, to), defined), '', `${rows} × ${examples}`);
    }
  });

  t.test(`${executor.name}: perturbations are as they are defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const { rows, examples, seed } of panels(25)) {
      const values = [1, 2, 3].map((part) => numbers(rows * examples, seed + part));
      const [x, origin, gradient] = values as [Float32Array, Float32Array, Float32Array];
      if (seed % 4 === 0) gradient.fill(0);
      const radius = numbers(rows, seed + 4).map((v, r) => (r % 7 === 3 ? 0 : Math.abs(v) / 3));
      const low = numbers(rows, seed + 5).map((v) => v - 0.5);
      const bounds = [...radius].map((r, row) => ({ radius: r, low: low[row]!, high: low[row]! + 1 }));
      const high = Float32Array.from(bounds, (one) => one.high);
      const exact = bounds.map((one, row) => ({ ...one, high: high[row]! }));
      const step = Math.fround(0.3);
      for (const kind of ['perturbMax', 'perturbEuclidean'] as const) {
        arena.reset();
        const [to, from, up] = [x, origin, gradient].map((v) => arena.putPanels(v, rows)) as [
          Panels,
          Panels,
          Panels,
        ];
        const blocks = [to.address, from.address, up.address, to.stride, to.count, rows] as const;
        kernels[kind](...blocks, arena.put(radius), arena.put(low), arena.put(high), 0.3);
        const defined = Array.from({ length: examples }, (_, b) => {
          const row = (all: Float32Array) => [...all.subarray(b * rows, (b + 1) * rows)];
          const [own, start, slopes] = [row(x), row(origin), row(gradient)];
          if (kind === 'perturbEuclidean') return oracle.perturbEuclidean(own, start, slopes, exact, step);
          return own.map((v, r) => oracle.perturbMax(v, start[r]!, slopes[r]!, exact[r]!, step));
        });
        t.equal(difference(take(arena, to), defined.flat()), '', `${kind}, ${rows} × ${examples}`);
      }
    }
  });

  t.test(`${executor.name}: what is elementwise is as it is defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const n = 1_000;
    const [a, b, c, d] = [1, 2, 3, 4].map((seed) => hard(n, seed)) as [Vector, Vector, Vector, Vector];
    const place = () => [a, b, c, d].map((values) => arena.put(values)) as [number, number, number, number];
    const check = (
      run: (at: readonly [number, number, number, number]) => void,
      define: Define,
      what: string,
    ) => {
      arena.reset();
      const at = place();
      run(at);
      t.equal(
        difference(
          arena.take(at[0], n),
          Float32Array.from(a, (_, i) => define(i)),
        ),
        '',
        what,
      );
      t.ok(arena.guardsHold());
    };
    check(
      ([at, by]) => kernels.multiply(at, by, n * 4, 1),
      (i) => a[i]! * b[i]!,
      'multiply',
    );
    check(
      ([at, by]) => kernels.add(at, by, n * 4, 1),
      (i) => a[i]! + b[i]!,
      'add',
    );
    check(
      ([out, x, y]) => kernels.product(x, y, out, n * 4, 1),
      (i) => b[i]! * c[i]!,
      'product',
    );
    check(
      ([sum, x, y, z]) => kernels.addProduct(sum, x, y, z, n * 4, 1),
      (i) => oracle.withProduct(madd, a[i]!, b[i]!, c[i]!, d[i]!),
      'addProduct',
    );
    for (const slope of SLOPES) {
      const define = (i: number) => oracle.throughSlope(a[i]!, b[i]!, slope);
      check(([at, h]) => kernels.multiplySlope(at, h, slope, n * 4, 1), define, 'multiplySlope');
    }
    const share = Math.fround(0.4);
    const pull = (i: number) => oracle.pulled(madd, a[i]!, b[i]!, share);
    check(([w, anchor]) => kernels.pullToward(w, anchor, n, 0.4), pull, 'pullToward');
    const limit = Math.fround(1e-22);
    const flushed = (i: number) => (Math.abs(a[i]!) < limit ? 0 : a[i]!);
    check(([at]) => kernels.flushDenormals(at, n, 1e-22), flushed, 'flushDenormals');
    for (const most of [0.75, 1e30]) {
      const limited = oracle.limited(a, most);
      check(
        ([at]) => kernels.limitNorm(at, n, most),
        (i) => limited[i]!,
        'limitNorm',
      );
    }
  });
}

type Vector = Float32Array;
type Define = (index: number) => number;

/** Which float of the panels this is, counted from the first. */
function panelPlace({ stride }: Panels, example: number, row: number): number {
  return (Math.floor(example / 8) * stride) / 4 + row * 8 + (example % 8);
}
