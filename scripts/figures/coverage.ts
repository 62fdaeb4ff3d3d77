// How often the 95 % intervals of v, c, ρ and v − c hold the true figure, and how often the honest test calls right
// predictions consistent: the table of docs/reference/measuring.md. Errors of eight members are drawn with known figures:
// ordinary (normal), heavy tails (normal with a scale from Student's t with 4 degrees of freedom), rare (a class
// probability's error: nearly always near 0, with v = 0.07); each held out and out of bag.
// Run: node dist/scripts/figures/coverage.js [simulations, 300]

import { errorCorrelation, honestTest } from '../../src/entry-points/measure.js';
import { exp } from '../../src/math/functions.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

const MEMBERS = 8;
const SIZES = [50, 200, 540];
const FIGURES = ['v', 'c', 'rho', 'vMinusC'] as const;
/** Share of a bootstrap's rows that are out of bag. */
const OUT_OF_BAG = exp(-1);
/** Rows from which the true figures are taken: v of the heavy tails is then known to 1 %. */
const TRUTH_ROWS = 200_000;

type Draw = (stream: RandomStream) => number[];

const members = (of: () => number) => Array.from({ length: MEMBERS }, of);

/** Correlation 0.6 between any two. */
const correlated = (stream: RandomStream, scale: number) => {
  const shared = Math.sqrt(0.6) * stream.normal();
  return members(() => scale * (shared + Math.sqrt(0.4) * stream.normal()));
};

const DRAWS: Readonly<Record<string, Draw>> = {
  ordinary: (stream) => correlated(stream, 1),
  rare(stream) {
    const margin = (stream.uniform() < 0.02 ? -1 : 1) * (5 + 2.2 * stream.normal());
    // √2, since p and 1 − p are wrong by the same amount.
    return members(() => Math.SQRT2 / (1 + exp(margin + stream.normal())));
  },
  'heavy tails'(stream) {
    let squares = 0;
    for (let i = 0; i < 4; i++) squares += stream.normal() ** 2;
    return correlated(stream, Math.sqrt(2 / squares));
  },
};

/** Errors of `rows` rows, k × rows. */
function errorsOf(draw: Draw, rows: number, stream: RandomStream): Float64Array[] {
  const all = members(() => 0).map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    for (const [member, error] of draw(stream).entries()) all[member]![row] = error;
  }
  return all;
}

function report(draw: Draw, rows: number, stream: RandomStream, outOfBag: boolean, replicates: number) {
  const mask = members(() => 0).map(() => Array.from({ length: rows }, () => stream.uniform() < OUT_OF_BAG));
  return errorCorrelation(errorsOf(draw, rows, stream), new Float64Array(rows), {
    ...{ task: 'regression', covariance: false, replicates },
    ...(outOfBag ? { outOfBag: mask } : {}),
  });
}

const simulations = Number(process.argv[2] ?? 300);
const percent = (count: number) => `${((100 * count) / simulations).toFixed(1)}`;
console.log(`| errors | rows | v | c | ρ | v − c | honest test |\n|---|--:|--:|--:|--:|--:|--:|`);
for (const [name, draw] of Object.entries(DRAWS)) {
  const truth = report(draw, TRUTH_ROWS, new RandomStream(streamKey(1, 'noise')), false, 0);
  for (const outOfBag of [false, true]) {
    for (const rows of SIZES) {
      const inside = { v: 0, c: 0, rho: 0, vMinusC: 0 };
      let consistent = 0;
      for (let run = 0; run < simulations; run++) {
        const stream = new RandomStream(streamKey(2, 'noise', run, rows, outOfBag ? 1 : 0));
        const own = report(draw, rows, stream, outOfBag, 300);
        for (const figure of FIGURES) {
          const interval = own.intervals![figure];
          const value = truth[figure]!;
          if (interval !== null && interval.low <= value && value <= interval.high) inside[figure]++;
        }
        // A test set of the same size beside it.
        if (outOfBag && honestTest(own, report(draw, rows, stream, false, 0))?.consistent === true)
          consistent++;
      }
      const where = outOfBag ? `${name}, out of bag` : name;
      const cells = FIGURES.map((figure) => percent(inside[figure]));
      console.log(`| ${where} | ${rows} | ${cells.join(' | ')} | ${outOfBag ? percent(consistent) : ''} |`);
    }
  }
}
