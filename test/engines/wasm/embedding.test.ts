// Embedded inputs inside a network, forward and back: every gradient against finite differences of a reference in double
// precision that is written from the definitions, on every executor.

import t from 'tap';
import { callInputGradient } from '../../../src/engines/wasm/input-gradient.js';
import { layoutNetwork } from '../../../src/engines/wasm/network-layout.js';
import { PANEL_ROW_BYTES, panelStrideOf } from '../../../src/engines/wasm/panels.js';
import { packParameters, unpackParameters } from '../../../src/engines/wasm/parameters.js';
import { bindNetwork, callBackward, callForward } from '../../../src/engines/wasm/passes.js';
import { ProgramBuilder } from '../../../src/kernels/program-builder.js';
import { UPDATE_BLOCK_BYTES, writeUpdate } from '../../../src/kernels/update-block.js';
import { validateProgram } from '../../../src/kernels/validate-program.js';
import { RandomStream } from '../../../src/math/random.js';
import { RegionAllocator } from '../../../src/memory/layout.js';
import { inputShapes } from '../../../src/model/embedding-layer.js';
import type { InputsSpec, NumberEmbedding } from '../../../src/model/inputs.js';
import { initialOf, type LayerShape } from '../../../src/model/layers.js';
import { parameterCount } from '../../../src/model/network.js';
import { EXECUTORS, setUp } from '../../kernels/harness.js';

const COLUMNS: InputsSpec['columns'] = [
  ['number', 2],
  ['flag', 1],
  ['category', 5],
  ['number', 1],
  ['category', 2],
];
const FEATURES = 11;
const EXAMPLES = 11;

const NUMBERS: Record<string, NumberEmbedding | null> = {
  none: null,
  periodic: { kind: 'periodic', size: 4, frequencies: 5, scale: 0.5 },
  cosine: { kind: 'cosine', size: 4, scale: 0.7 },
  'bins as they are': { kind: 'piecewiseLinear', size: null, bins: 6 },
  'bins projected': { kind: 'piecewiseLinear', size: 3, bins: 5 },
};

const CASES: readonly (readonly [string, InputsSpec])[] = Object.entries(NUMBERS).flatMap(
  ([name, numbers]) => [
    [name, { columns: COLUMNS, numbers, categories: null, scale: numbers === null }] as const,
    [`${name}, categories`, { columns: COLUMNS, numbers, categories: { size: 3 }, scale: numbers !== null }],
  ],
);

/** Encoded rows: numbers near 1, a flag, two columns of categories. */
function drawRows(random: RandomStream): Float32Array {
  const rows = Array.from({ length: EXAMPLES }, () => {
    const [a, b] = [random.below(6), random.below(2)];
    const one = (size: number, at: number) => Array.from({ length: size }, (_, i) => Number(i === at));
    const number = () => random.normal();
    return [number(), number(), random.below(2), ...one(5, a), number(), ...one(2, b)];
  });
  return Float32Array.from(rows.flat());
}

function shapesOf(inputs: InputsSpec): LayerShape[] {
  const first = inputShapes(inputs, FEATURES);
  const width = first.at(-1)!.units;
  return [
    ...first,
    { kind: 'dense', inputs: width, units: 6, activation: 'tanh' },
    { kind: 'dense', inputs: 6, units: 2, activation: 'linear' },
  ];
}

/** The network in double precision: outputs of a row, from parameters in canonical order. */
function reference(
  { numbers, categories, scale }: InputsSpec,
  parameters: Float64Array,
  x: ArrayLike<number>,
) {
  let next = 0;
  const take = (count: number) => {
    next += count;
    return parameters.subarray(next - count, next);
  };
  const count = 3;
  const isPeriodic = numbers?.kind === 'periodic' || numbers?.kind === 'cosine';
  const terms =
    numbers === null
      ? 0
      : numbers.kind === 'periodic'
        ? numbers.frequencies
        : numbers.kind === 'cosine'
          ? numbers.size - 1
          : numbers.bins;
  const size = numbers === null || numbers.kind === 'cosine' || numbers.size === null ? 0 : numbers.size - 1;
  const expansion = take(2 * count * terms);
  const projection = take(size === 0 ? 0 : count * (terms + 1) * size);
  const table = take(categories === null ? 0 : 5 * categories.size);
  const number = (value: number, which: number) => {
    if (numbers === null) return [value];
    const [first, second] = [0, 1].map((row) =>
      expansion.subarray((2 * which + row) * terms, (2 * which + row + 1) * terms),
    ) as [Float64Array, Float64Array];
    const expanded = Array.from(first, (a, f) =>
      isPeriodic
        ? Math.cos(2 * Math.PI * a * value + second[f]!)
        : Math.min(Math.max((value - a) * second[f]!, 0), 1),
    );
    if (size === 0) return [value, ...expanded];
    const own = projection.subarray(which * (terms + 1) * size, (which + 1) * (terms + 1) * size);
    const projected = Array.from({ length: size }, (_, e) =>
      expanded.reduce((sum, term, f) => sum + term * own[f * size + e]!, own[terms * size + e]!),
    );
    return [value, ...projected];
  };
  const category = Array.from({ length: 5 }, (_, at) => x[3 + at]!);
  const looked =
    categories === null
      ? category
      : Array.from({ length: categories.size }, (_, e) =>
          category.reduce((sum, one, i) => sum + one * table[i * categories.size + e]!, 0),
        );
  let h = [...number(x[0]!, 0), ...number(x[1]!, 1), x[2]!, ...looked, ...number(x[8]!, 2), x[9]!, x[10]!];
  if (scale) {
    const factors = take(h.length);
    h = h.map((value, at) => value * factors[at]!);
  }
  const dense = (values: number[], units: number) => {
    const [w, b] = [take(values.length * units), take(units)];
    return Array.from(b, (bias, o) =>
      values.reduce((sum, value, i) => sum + value * w[i * units + o]!, bias),
    );
  };
  return dense(dense(h, 6).map(Math.tanh), 2);
}

for (const executor of EXECUTORS) {
  t.test(`${executor.name}: embedded inputs, forward and back`, async (t) => {
    for (const [name, inputs] of CASES) {
      const random = new RandomStream([7, name.length]);
      const x = drawRows(random);
      const shapes = shapesOf(inputs);
      const parameters = drawParameters(shapes, x, random);
      const head = Float32Array.from({ length: EXAMPLES * 2 }, () => random.normal());
      const found = run(executor, shapes, parameters, x, head);

      const objective = (own: Float64Array, rows: ArrayLike<number>) =>
        Array.from({ length: EXAMPLES }, (_, b) => {
          const row = Array.from({ length: FEATURES }, (_, i) => rows[b * FEATURES + i]!);
          const [u, v] = reference(inputs, own, row);
          return head[2 * b]! * u! + head[2 * b + 1]! * v!;
        }).reduce((sum, value) => sum + value, 0);
      const exact = Float64Array.from(parameters);
      const value = found.outputs.reduce((sum, z, at) => sum + z * head[at]!, 0);
      t.ok(Math.abs(value - objective(exact, x)) < 1e-4 * EXAMPLES, `${name}: outputs`);

      const constants = constantsOf(inputs);
      const slopes = slope(exact, (own) => objective(own, x));
      t.ok(
        distance(found.gradient.subarray(constants), slopes.subarray(constants)) < 1e-4,
        `${name}: weights`,
      );
      t.ok(
        found.gradient.subarray(0, constants).every((g) => g === 0),
        'constants have none',
      );
      const byInput = slope(Float64Array.from(x), (rows) => objective(exact, rows));
      t.ok(distance(found.inputGradient, byInput) < 1e-4, `${name}: inputs`);
    }
  });
}

/** Bins lie at the head of the parameters, and are not learned. */
function constantsOf({ numbers }: InputsSpec): number {
  return numbers?.kind === 'piecewiseLinear' ? 2 * 3 * numbers.bins : 0;
}

function drawParameters(shapes: readonly LayerShape[], x: Float32Array, random: RandomStream): Float32Array {
  const parameters = Float32Array.from({ length: parameterCount(shapes) }, () => 0.4 * random.normal());
  const rows = {
    count: EXAMPLES,
    // Bins end beside the numbers, not at them, where slopes jump.
    values: (feature: number) => x.filter((_, at) => at % FEATURES === feature).map((value) => value + 0.037),
  };
  const own = parameters.subarray(0, parameterCount(shapes.slice(0, 1)));
  initialOf(shapes[0]!)?.(own.fill(0), { init: 'he', random, rows });
  return parameters;
}

/** Slopes by central differences. */
function slope(at: Float64Array, f: (at: Float64Array) => number): Float64Array {
  const step = 1e-6;
  return at.map((value, i) => {
    const moved = at.slice();
    moved[i] = value + step;
    const above = f(moved);
    moved[i] = value - step;
    return (above - f(moved)) / (2 * step);
  });
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const difference = Array.from(b, (value, i) => value - a[i]!);
  return Math.hypot(...difference) / Math.max(1, Math.hypot(...Array.from(b)));
}

/** Outputs, gradients of all parameters in canonical order, and those of the inputs, of Σ head ⊙ outputs. */
function run(
  executor: (typeof EXECUTORS)[number],
  shapes: readonly LayerShape[],
  parameters: Float32Array,
  x: Float32Array,
  head: Float32Array,
) {
  const { arena, executor: bound } = setUp(executor);
  const { memory } = arena;
  const panels = Math.ceil(EXAMPLES / 8);
  const regions = new RegionAllocator(4096);
  const length = parameterCount(shapes) + 4096;
  const weights = regions.takeWords(length);
  const gradients = regions.takeWords(length);
  const block = regions.take(UPDATE_BLOCK_BYTES);
  const layout = layoutNetwork(shapes, weights, panels, regions, 'train');
  const into = { address: regions.take(panels * panelStrideOf(FEATURES)), stride: panelStrideOf(FEATURES) };
  const floats = new Float32Array(memory.buffer);
  floats.fill(Number.NaN, regions.end / 4, regions.end / 4 + 64);
  floats.fill(0, gradients / 4, gradients / 4 + length);
  packParameters(shapes, parameters, floats.subarray(weights / 4));
  writeUpdate(memory, block, { kind: 'store', gradientOffset: gradients - weights });
  const place = (address: number, stride: number, b: number, row: number) =>
    (address + Math.floor(b / 8) * stride + row * PANEL_ROW_BYTES) / 4 + (b % 8);
  const { input, stages } = layout;
  const { output, gradient } = stages.at(-1)!;
  floats.fill(0, input.address / 4, (input.address + panels * input.stride) / 4);
  floats.fill(0, gradient.address / 4, (gradient.address + panels * gradient.stride) / 4);
  for (let b = 0; b < EXAMPLES; b++) {
    for (let i = 0; i < FEATURES; i++) {
      floats[place(input.address, input.stride, b, i)] = x[b * FEATURES + i]!;
    }
  }
  const calls = new ProgramBuilder();
  const network = bindNetwork(calls, layout);
  const forward = calls.segment(() => callForward(network, panels, 'training'));
  const back = calls.segment(() => {
    callBackward(network, panels, block);
    callInputGradient(network, panels, into, 'training');
  });
  const programAt = Math.ceil(regions.end / 4096) * 4096;
  const program = calls.build(memory.buffer, programAt);
  validateProgram(memory.buffer, program, []);
  bound.run(program, forward, programAt);
  const outputs = head.map((_, at) => floats[place(output.address, output.stride, at >> 1, at & 1)]!);
  for (const [at, value] of head.entries()) {
    floats[place(gradient.address, gradient.stride, at >> 1, at & 1)] = value;
  }
  bound.run(program, back, programAt);
  const found = new Float32Array(parameterCount(shapes));
  unpackParameters(shapes, floats.subarray(gradients / 4), found);
  const inputGradient = x.map((_, at) => {
    const [b, i] = [Math.floor(at / FEATURES), at % FEATURES];
    return floats[place(into.address, into.stride, b, i)]!;
  });
  return { outputs, gradient: found, inputGradient };
}
