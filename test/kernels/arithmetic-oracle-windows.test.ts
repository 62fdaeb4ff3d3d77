// Convolution and pooling against docs/ARITHMETIC.md, bit by bit.
import t from 'tap';
import { UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { layerLengthFloats } from '../../src/kernels/weight-layout.js';
import { windowWorkBytes } from '../../src/kernels/window-record.js';
import { type WindowGeometry, windowGeometry } from '../../src/model/windows.js';
import { type Arena, EXECUTORS, integers, type Kernels, type Panels, setUp } from './harness.js';
import { difference, hard, oracleOf, padded, sizes } from './oracle-cases.js';
import * as oracle from './oracle-windows.js';

const SLOPES = [0, 1, Math.fround(0.01)];

interface Case {
  readonly geometry: WindowGeometry;
  readonly filters: number;
  readonly examples: number;
  readonly slope: number;
  readonly seed: number;
}

/** Random images, windows within them, strides, both paddings; filters of every tile height and beyond a panel. */
function* cases(padding: 'valid' | 'both'): Generator<Case> {
  const limits = [6, 9, 9, 5, 5, 3, 3, 20, 20];
  let seed = 0;
  for (const [channels, height, width, ky, kx, sy, sx, filters, batch] of sizes(120, limits, 100_000, 3)) {
    seed++;
    const image = { channels: channels!, height: height! + 3, width: width! + 3 };
    const extent = [Math.min(ky!, image.height), Math.min(kx!, image.width)] as const;
    const kind = padding === 'both' && seed % 2 === 0 ? 'same' : 'valid';
    const geometry = windowGeometry(image, extent, [sy!, sx!], kind);
    const own = seed % 23 === 0 ? 97 + (seed % 5) : filters!;
    yield { geometry, filters: own, examples: padded(batch!), slope: SLOPES[seed % 3]!, seed: seed * 10 };
  }
}

function text({ geometry, filters, examples, slope }: Case): string {
  const { channels, height, width, windowHeight, windowWidth, strideY, strideX, top, left } = geometry;
  const window = `${windowHeight}×${windowWidth} by ${strideY}×${strideX} from −${top}, −${left}`;
  return `${channels}×${height}×${width}, ${window}, ${filters} filters, ${examples} examples, slope ${slope}`;
}

function take(arena: Arena, panels: Panels): Float32Array {
  return Float32Array.from(arena.takePanels(panels));
}

const areaOf = (g: WindowGeometry) => g.outHeight * g.outWidth;
const pixelsOf = (g: WindowGeometry) => g.channels * g.height * g.width;

function values({ geometry: g, filters, examples, seed }: Case) {
  const taps = g.channels * g.windowHeight * g.windowWidth;
  return {
    taps,
    x: hard(examples * pixelsOf(g), seed),
    dz: hard(examples * filters * areaOf(g), seed + 1),
    weights: hard(taps * filters, seed + 2),
    bias: hard(filters, seed + 3),
  };
}

/** Runs a convolution's kernels; what each writes, row-major. */
function convolve(arena: Arena, kernels: Kernels, one: Case, own: ReturnType<typeof values>) {
  const { geometry: g, filters, examples, slope } = one;
  arena.reset();
  const x = arena.putPanels(own.x, pixelsOf(g));
  const dz = arena.putPanels(own.dz, filters * areaOf(g));
  const w = arena.putWeights(own.taps, filters, own.weights, own.bias);
  const [out, linear] = [1, 2].map(() => arena.allocPanels(examples, filters * areaOf(g))) as [
    Panels,
    Panels,
  ];
  const dx = arena.allocPanels(examples, pixelsOf(g));
  const scratch = arena.alloc(windowWorkBytes(g, filters));
  const of = [x.address, x.stride, x.count, w, filters] as const;
  kernels.convolve(g, ...of, 1, out.address, out.stride, slope, scratch);
  kernels.convolve(g, ...of, 0, linear.address, linear.stride, 1, scratch);
  const from = [dz.address, dz.stride, dz.count, w, filters] as const;
  kernels.convolveInputGradient(g, ...from, x.address, slope, dx.address, dx.stride, scratch);
  const gradient = arena.alloc(layerLengthFloats(own.taps, filters) * 4);
  const block = arena.alloc(UPDATE_BLOCK_BYTES);
  writeUpdate(arena.memory, block, { kind: 'store', gradientOffset: gradient - w });
  const sides = [x.address, x.stride, x.count, dz.address, dz.stride, w, filters] as const;
  kernels.convolveWeightGradient(g, ...sides, scratch, block);
  const { weights, bias } = arena.takeWeights(gradient, own.taps, filters);
  return { out: take(arena, out), linear: take(arena, linear), dx: take(arena, dx), weights, bias };
}

/** Runs the kernels of both poolings. */
function pool(
  arena: Arena,
  kernels: Kernels,
  { geometry: g, examples, slope }: Case,
  x: Float32Array,
  dz: Float32Array,
) {
  arena.reset();
  const rows = g.channels * areaOf(g);
  const [image, gradient] = [arena.putPanels(x, pixelsOf(g)), arena.putPanels(dz, rows)];
  const [out, chosen, mean] = [1, 2, 3].map(() => arena.allocPanels(examples, rows)) as [
    Panels,
    Panels,
    Panels,
  ];
  const [dx, dMean] = [1, 2].map(() => arena.allocPanels(examples, pixelsOf(g))) as [Panels, Panels];
  const choice = arena.alloc(out.count * out.stride);
  const scratch = arena.alloc(windowWorkBytes(g, 0));
  const from = [image.address, image.stride, image.count] as const;
  const back = [gradient.address, gradient.stride, gradient.count] as const;
  kernels.maxPool(g, ...from, out.address, out.stride, choice, scratch);
  kernels.maxPoolChosen(g, ...from, chosen.address, chosen.stride, choice, scratch);
  kernels.maxPoolInputGradient(g, ...back, choice, slope, dx.address, dx.stride, scratch);
  kernels.averagePool(g, ...from, mean.address, mean.stride, scratch);
  const to = [image.address, slope, dMean.address, dMean.stride] as const;
  kernels.averagePoolInputGradient(g, ...back, ...to, scratch);
  const [max, linear, dMax] = [take(arena, out), take(arena, chosen), take(arena, dx)];
  return { max, linear, dMax, mean: take(arena, mean), dMean: take(arena, dMean) };
}

for (const executor of EXECUTORS) {
  const { arithmetic } = executor;
  const { madd } = oracleOf(arithmetic);

  t.test(`${executor.name}: convolutions are as they are defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const one of cases('both')) {
      const { geometry: g, filters, examples, slope } = one;
      const own = values(one);
      const { x, dz, weights, bias } = own;
      const found = convolve(arena, kernels, one, own);
      const gradient = oracle.convolveWeightGradient(madd, g, examples, x, dz, filters);
      const dx = oracle.convolveInputGradient(madd, g, examples, dz, weights, filters, x, slope);
      const expected = {
        out: oracle.convolve(madd, g, examples, x, weights, bias, filters, slope),
        linear: oracle.convolve(madd, g, examples, x, weights, null, filters, 1),
        dx,
        ...gradient,
      };
      for (const what of Object.keys(expected) as (keyof typeof expected)[]) {
        const differs = difference(found[what], expected[what]);
        if (differs !== '') t.fail(`${what} of ${text(one)}: ${differs}`);
      }
      if (!arena.guardsHold()) t.fail(`guards of ${text(one)}`);
    }
    t.pass('all cases');
  });

  t.test(`${executor.name}: poolings are as they are defined, NaN among their values too`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const one of cases('valid')) {
      const { geometry: g, examples, slope, seed } = one;
      const [x, dz] = [hard(examples * pixelsOf(g), seed), hard(examples * g.channels * areaOf(g), seed + 1)];
      for (const at of integers(3, x.length, seed)) if (seed % 4 === 0) x[at] = Number.NaN;
      const found = pool(arena, kernels, one, x, dz);
      const max = oracle.maxPool(g, examples, x);
      const expected = {
        max: max.out,
        linear: oracle.maxPoolChosen(g, examples, x, max),
        dMax: oracle.maxPoolInputGradient(g, examples, dz, max, slope),
        mean: oracle.averagePool(g, examples, x),
        dMean: oracle.averagePoolInputGradient(g, examples, dz, x, slope),
      };
      for (const what of Object.keys(expected) as (keyof typeof expected)[]) {
        const differs = difference(found[what], expected[what]);
        if (differs !== '') t.fail(`${what} of ${text(one)}: ${differs}`);
      }
      if (!arena.guardsHold()) t.fail(`guards of ${text(one)}`);
    }
    t.pass('all cases');
  });
}
