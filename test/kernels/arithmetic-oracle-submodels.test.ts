// The kernels of submodels that share weights against docs/ARITHMETIC.md, bit by bit.
import t from 'tap';
import { roundUp4 } from '../../src/kernels/weight-layout.js';
import { type Arena, EXECUTORS, numbers, type Panels, setUp } from './harness.js';
import { difference, hard, oracleOf, sizes } from './oracle-cases.js';
import { slopeAt } from './oracle-dense.js';
import * as oracle from './oracle-submodels.js';

const SLOPES = [0, 1, Math.fround(0.01)];

interface Case {
  readonly rows: number;
  readonly submodels: number;
  /** Panels that x has, for all submodels or for each of them. */
  readonly groups: number;
  readonly repeats: boolean;
  readonly slope: number;
  readonly hasFactors: boolean;
  readonly hasShifts: boolean;
  readonly seed: number;
}

function* cases(): Generator<Case> {
  let seed = 0;
  for (const [rows, submodels, groups] of sizes(36, [50, 6, 5], 400, 5)) {
    const number = ++seed;
    yield {
      ...{ rows: rows!, submodels: submodels!, groups: groups!, repeats: number % 2 === 0 },
      ...{
        slope: SLOPES[number % 3]!,
        hasFactors: number % 4 !== 1,
        hasShifts: number % 5 !== 1,
        seed: number * 10,
      },
    };
  }
}

/** f32[submodels][roundUp4(rows)] of an f32[submodels][rows]. */
function putTable(arena: Arena, table: Float32Array, rows: number): number {
  const wide = roundUp4(rows);
  const padded = new Float32Array((table.length / rows) * wide);
  for (let at = 0; at < table.length; at++) padded[Math.floor(at / rows) * wide + (at % rows)] = table[at]!;
  return arena.put(padded);
}

function takeTable(arena: Arena, address: number, rows: number, submodels: number): number[] {
  const wide = roundUp4(rows);
  const all = arena.take(address, submodels * wide);
  return Array.from(
    { length: submodels * rows },
    (_, at) => all[Math.floor(at / rows) * wide + (at % rows)]!,
  );
}

const take = (arena: Arena, panels: Panels) => Float32Array.from(arena.takePanels(panels));

for (const executor of EXECUTORS) {
  const { madd, functions } = oracleOf(executor.arithmetic);

  t.test(`${executor.name}: submodels scale, sum and average as is defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const { rows, submodels, groups, repeats, slope, hasFactors, hasShifts, seed } of cases()) {
      arena.reset();
      const name = JSON.stringify({ rows, submodels, groups, repeats, slope, hasFactors, hasShifts });
      // Without repeats panels need not come in whole groups.
      const panels = repeats ? groups * submodels : groups + submodels - 1;
      const own = repeats ? groups : panels;
      const x = hard(own * 8 * rows, seed);
      const dz = hard(panels * 8 * rows, seed + 1);
      const factors = hard(submodels * rows, seed + 2);
      const shifts = numbers(submodels * rows, seed + 3);
      const submodelOf = (example: number) => Math.floor(example / 8) % submodels;
      const source = (example: number) =>
        repeats ? Math.floor(example / 8 / submodels) * 8 + (example % 8) : example;
      const given = <T>(has: boolean, value: T) => (has ? value : null);
      const factorsAt = hasFactors ? putTable(arena, factors, rows) : 0;
      const shiftsAt = hasShifts ? putTable(arena, shifts, rows) : 0;
      const [from, to] = [arena.putPanels(x, rows), arena.allocPanels(panels * 8, rows)];
      kernels.scaleSubmodels(
        ...([from.address, from.stride, repeats ? 1 : 0, panels, rows, submodels] as const),
        ...([factorsAt, shiftsAt, to.address, to.stride, slope] as const),
      );
      const scaled = dz.map((_, at) => {
        const [example, row] = [Math.floor(at / rows), at % rows];
        const place = submodelOf(example) * rows + row;
        const [factor, shift] = [given(hasFactors, factors[place]!), given(hasShifts, shifts[place]!)];
        return oracle.scaled(madd, x[source(example) * rows + row]!, factor, shift, slope);
      });
      t.equal(difference(take(arena, to), scaled), '', `scaleSubmodels ${name}`);
      t.ok(arena.paddingRowsAreZero(to));

      const dzAt = arena.putPanels(dz, rows);
      const bytes = submodels * roundUp4(rows) * 4;
      const [gFactors, gShifts, scratch] = [arena.alloc(bytes), arena.alloc(bytes), arena.alloc(128)];
      kernels.submodelGradients(
        ...([dzAt.address, dzAt.stride, panels, rows, submodels, from.address, from.stride] as const),
        ...([repeats ? 1 : 0, hasFactors ? gFactors : 0, hasShifts ? gShifts : 0, scratch] as const),
      );
      const summed = (add: (sum: number, dz: number, x: number) => number) =>
        factors.map((_, at) => {
          const [submodel, row] = [Math.floor(at / rows), at % rows];
          const octets = Math.max(0, Math.ceil((panels - submodel) / submodels));
          return oracle.octetSum(octets, (sum, octet, lane) => {
            const example = (octet * submodels + submodel) * 8 + lane;
            return add(sum, dz[example * rows + row]!, x[source(example) * rows + row]!);
          });
        });
      if (hasFactors) {
        const defined = summed((sum, g, value) => madd(value, g, sum));
        t.equal(difference(takeTable(arena, gFactors, rows, submodels), defined), '', `factors ${name}`);
      }
      if (hasShifts) {
        const defined = summed((sum, g) => Math.fround(sum + g));
        t.equal(difference(takeTable(arena, gShifts, rows, submodels), defined), '', `shifts ${name}`);
      }

      const h = numbers(own * 8 * rows, seed + 4);
      const [hAt, dx] = [arena.putPanels(h, rows), arena.allocPanels(own * 8, rows)];
      kernels.scaleSubmodelsGradient(
        ...([dzAt.address, dzAt.stride, own, rows, submodels, repeats ? 1 : 0] as const),
        ...([factorsAt, hAt.address, slope, dx.address, dx.stride] as const),
      );
      const gathered = h.map((hidden, at) => {
        const [example, row] = [Math.floor(at / rows), at % rows];
        const copies = repeats ? submodels : 1;
        const first = repeats ? Math.floor(example / 8) * submodels * 8 + (example % 8) : example;
        const copiesOf = Array.from({ length: copies }, (_, j) => dz[(first + j * 8) * rows + row]!);
        if (!repeats) {
          const factor = given(hasFactors, factors[submodelOf(example) * rows + row]!);
          const s = factor === null ? copiesOf[0]! : Math.fround(copiesOf[0]! * factor);
          return slope === 1 ? s : Math.fround(s * slopeAt(hidden, slope));
        }
        const table = hasFactors ? copiesOf.map((_, j) => factors[j * rows + row]!) : null;
        return oracle.gathered(madd, copiesOf, table, hidden, slope);
      });
      t.equal(difference(take(arena, dx), gathered), '', `scaleSubmodelsGradient ${name}`);
      t.ok(arena.guardsHold());
    }
  });

  t.test(`${executor.name}: means of submodels are as they are defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    let seed = 1;
    for (const [rows, submodels, panels] of sizes(25, [40, 8, 5], 300, 6)) {
      for (const ofProbabilities of [false, true]) {
        arena.reset();
        const z = numbers(rows! * submodels! * panels! * 8, ++seed).map((v) =>
          ofProbabilities ? 20 * v - 20 : v,
        );
        const [from, out] = [arena.putPanels(z, rows!), arena.allocPanels(panels! * 8, rows!)];
        const to = [ofProbabilities ? 1 : 0, out.address, out.stride] as const;
        kernels.meanOfSubmodels(from.address, from.stride, panels!, rows!, submodels!, ...to);
        const defined = Float32Array.from({ length: rows! * panels! * 8 }, (_, at) => {
          const [example, row] = [Math.floor(at / rows!), at % rows!];
          const first = Math.floor(example / 8) * submodels! * 8 + (example % 8);
          const own = Array.from({ length: submodels! }, (_, j) => z[(first + j * 8) * rows! + row]!);
          return oracle.mean(functions, own, ofProbabilities);
        });
        t.equal(difference(take(arena, out), defined), '', `${rows} × ${submodels} × ${panels}`);
        t.ok(arena.guardsHold());
      }
    }
  });
}
