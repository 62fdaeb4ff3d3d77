// Embedded inputs as docs/ARITHMETIC.md defines them. Matrices are row-major: examples × rows of a panel.
import { chain, f32, type MultiplyAdd, octetTree, pmax, pmin } from './oracle-rounding.js';

type Numbers = ArrayLike<number>;

const ROUNDER = 1.5 * 2 ** 23;
const TAU = f32(6.28318531);
const TURNS = f32(0.159154943);
const SINE = [39.536705, -76.54978, 81.601006, -41.341656, 6.283185].map(f32);

/** What expands a number: periodic, its frequencies and phases; else where bins begin, and what they take per unit. */
export interface Expansion {
  readonly isPeriodic: boolean;
  readonly first: Numbers;
  readonly second: Numbers;
}

/** What projects terms: rows [terms][size] and biases; null where terms are as they are. */
export type Projection = { readonly weights: Numbers; readonly bias: Numbers; readonly size: number } | null;

export function embeddingOf(madd: MultiplyAdd) {
  const sine = (q: number) => {
    const square = f32(q * q);
    const p = SINE.slice(1).reduce((sum, coefficient) => madd(sum, square, coefficient), SINE[0]!);
    return f32(p * q);
  };
  const fromQuarter = (r: number) => f32(0.25 - Math.abs(r));
  const turn = (x: number, frequency: number, phase: number) => {
    const t = madd(frequency, x, f32(phase * TURNS));
    const r = f32(t - f32(f32(t + ROUNDER) - ROUNDER));
    return pmin(pmax(r, -0.5), 0.5);
  };
  const negativeSine = (r: number) => {
    const s = sine(fromQuarter(fromQuarter(r)));
    return Math.sign(1 / r) < 0 || r < 0 ? s : -s;
  };
  const through = (x: number, low: number, perUnit: number) => f32(f32(x - low) * perUnit);

  const term = ({ isPeriodic, first, second }: Expansion, x: number, f: number) =>
    isPeriodic
      ? sine(fromQuarter(turn(x, first[f]!, second[f]!)))
      : pmin(pmax(through(x, first[f]!, second[f]!), 0), 1);

  /** The gradient of a term, from that of what it became. */
  const termGradient = (projection: Projection, dz: Numbers, f: number) =>
    projection === null
      ? dz[f]!
      : chain(projection.size, 0, (sum, e) =>
          madd(projection.weights[f * projection.size + e]!, dz[e]!, sum),
        );

  return {
    /** What a number becomes, beside itself. */
    forward(expansion: Expansion, projection: Projection, x: number): number[] {
      const terms = Array.from(expansion.first, (_, f) => term(expansion, x, f));
      if (projection === null) return terms;
      const { weights, bias, size } = projection;
      return Array.from({ length: size }, (_, e) =>
        chain(terms.length, bias[e]!, (z, f) => madd(weights[f * size + e]!, terms[f]!, z)),
      );
    },

    /** @param own gradient of the number itself. @param dz of what it became. */
    inputGradient(expansion: Expansion, projection: Projection, x: number, own: number, dz: Numbers): number {
      const { isPeriodic, first, second } = expansion;
      const sum = chain(first.length, 0, (s, f) => {
        const gradient = termGradient(projection, dz, f);
        if (isPeriodic) {
          return madd(first[f]!, f32(gradient * negativeSine(turn(x, first[f]!, second[f]!))), s);
        }
        const u = through(x, first[f]!, second[f]!);
        return madd(u >= 0 && u < 1 ? second[f]! : 0, gradient, s);
      });
      return isPeriodic ? madd(TAU, sum, own) : f32(sum + own);
    },

    /** Gradients of a feature's parameters. @param dz of each example. */
    weightGradient(expansion: Expansion, projection: Projection, x: Numbers, dz: readonly Numbers[]) {
      const { first, second } = expansion;
      const sumOver = (add: (sum: number, example: number) => number) =>
        octetTree(
          Array.from({ length: 8 }, (_, lane) =>
            chain(x.length / 8, 0, (sum, octet) => add(sum, 8 * octet + lane)),
          ),
        );
      const phaseGradient = (b: number, f: number) =>
        f32(termGradient(projection, dz[b]!, f) * negativeSine(turn(x[b]!, first[f]!, second[f]!)));
      const size = projection?.size ?? 0;
      return {
        first: Array.from(first, (_, f) =>
          f32(TAU * sumOver((sum, b) => madd(phaseGradient(b, f), x[b]!, sum))),
        ),
        second: Array.from(second, (_, f) => sumOver((sum, b) => f32(sum + phaseGradient(b, f)))),
        weights: Array.from({ length: first.length * size }, (_, at) =>
          sumOver((sum, b) => madd(term(expansion, x[b]!, Math.floor(at / size)), dz[b]![at % size]!, sum)),
        ),
        bias: Array.from({ length: size }, (_, e) => sumOver((sum, b) => f32(sum + dz[b]![e]!))),
      };
    },
  };
}
