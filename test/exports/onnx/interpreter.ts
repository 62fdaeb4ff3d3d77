// Runs a graph of ONNX as the operators are specified, in plain loops and double precision: slow, small, and none of the
// code that wrote the graph.
//
// **Source:** github.com/onnx/onnx, docs/Operators.md and docs/Operators-ml.md.

import {
  ELEMENT,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../../src/exports/onnx/proto.js';
import { erf } from '../../kernels/reference.js';
import { topK, treeEnsemble } from './interpreter-members.js';
import { type Attribute, type Cell, type Run, type Tensor, tensorOf } from './tensor.js';

/** The outputs for these inputs, by name. */
export function runModel(
  { graph }: ModelProto,
  inputs: Readonly<Record<string, Tensor>>,
): Map<string, Tensor> {
  const values = new Map<string, Tensor>(Object.entries(inputs));
  for (const constant of graph.initializer) values.set(constant.name, constantOf(constant));
  for (const node of graph.node) {
    const given = node.input.map(
      (name) => values.get(name) ?? fail(`${node.name} reads ${name}, which is not there`),
    );
    const run = OPERATORS[node.opType] ?? fail(`there is no operator ${node.opType} here`);
    const made = run(given, attributesOf(node), node.output.length);
    for (const [at, name] of node.output.entries()) values.set(name, rounded(made[at]!));
  }
  return new Map(graph.output.map(({ name }) => [name, values.get(name) ?? fail(`no ${name} was made`)]));
}

function fail(message: string): never {
  throw new Error(message);
}

function rounded(tensor: Tensor): Tensor {
  if (!tensor.single) return tensor;
  return {
    ...tensor,
    cells: tensor.cells.map((cell) => (typeof cell === 'number' ? Math.fround(cell) : cell)),
  };
}

function constantOf({ dims, dataType, rawData, stringData }: TensorProto): Tensor {
  const shape = dims.map(Number);
  if (dataType === ELEMENT.string) {
    return tensorOf(
      shape,
      (stringData ?? []).map((text) => new TextDecoder().decode(text)),
    );
  }
  const bytes = Uint8Array.from(rawData ?? []).buffer;
  if (dataType === ELEMENT.float) return tensorOf(shape, [...new Float32Array(bytes)]);
  if (dataType === ELEMENT.double) return tensorOf(shape, [...new Float64Array(bytes)], false);
  return tensorOf(shape, [...new BigInt64Array(bytes)].map(Number), false);
}

function attributesOf({ attribute }: NodeProto): Readonly<Record<string, Attribute>> {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return Object.fromEntries(
    attribute.map(({ name, type, f, i, s, t, floats, ints, strings }): [string, Attribute] => {
      if (type === 1) return [name, f!];
      if (type === 2) return [name, Number(i)];
      if (type === 3) return [name, text(s!)];
      if (type === 4) return [name, constantOf(t!).cells as number[]];
      if (type === 6) return [name, floats!];
      return [name, type === 7 ? ints!.map(Number) : strings!.map(text)];
    }),
  );
}

const size = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);

/** Strides of a shape read as if it had the larger one: 0 along what is repeated. */
function stridesAs(dims: readonly number[], as: readonly number[]): number[] {
  const missing = as.length - dims.length;
  return as.map((_, axis) => {
    const own = axis - missing;
    return own < 0 || dims[own] === 1 ? 0 : size(dims.slice(own + 1));
  });
}

function* indicesOf(dims: readonly number[]): Generator<number[]> {
  const index = dims.map(() => 0);
  for (let left = size(dims); left > 0; left--) {
    yield index;
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]; axis--) index[axis] = 0;
  }
}

function at({ cells }: Tensor, strides: readonly number[], index: readonly number[]): Cell {
  return cells[strides.reduce((sum, stride, axis) => sum + stride * index[axis]!, 0)]!;
}

function broadcast(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).filter((own) => own !== 1);
    if (new Set(sizes).size > 1) fail(`shapes do not fit: ${JSON.stringify(shapes)}`);
    return sizes[0] ?? 1;
  });
}

function elementwise(act: (...cells: never[]) => Cell, single?: boolean): Run {
  return (inputs) => {
    const dims = broadcast(inputs.map((input) => input.dims));
    const strides = inputs.map((input) => stridesAs(input.dims, dims));
    const cells: Cell[] = [];
    for (const index of indicesOf(dims)) {
      const own = inputs.map((input, i) => at(input, strides[i]!, index));
      cells.push((act as (...all: Cell[]) => Cell)(...own));
    }
    return [tensorOf(dims, cells, single ?? inputs.at(-1)!.single)];
  };
}

const unary = (act: (x: number) => number) => elementwise(act);

/** Reduces an axis, whose cells are handed over together; `width` is how many come back for it. */
function along(
  input: Tensor,
  axis: number,
  act: (cells: number[]) => readonly number[],
  keep = true,
  single = input.single,
): Tensor {
  const place = axis < 0 ? axis + input.dims.length : axis;
  const count = input.dims[place]!;
  const inner = size(input.dims.slice(place + 1));
  const outer = size(input.dims.slice(0, place));
  let width = 0;
  const made: number[][] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const own = Array.from({ length: count }, (_, c) => input.cells[(o * count + c) * inner + i] as number);
      const results = act(own);
      width = results.length;
      made.push([...results]);
    }
  }
  const cells: number[] = [];
  for (let o = 0; o < outer; o++)
    for (let w = 0; w < width; w++) for (let i = 0; i < inner; i++) cells.push(made[o * inner + i]![w]!);
  const dims = [...input.dims];
  if (keep) dims[place] = width;
  else dims.splice(place, 1);
  return tensorOf(dims, cells, single);
}

const total = (cells: readonly number[]) => cells.reduce((sum, cell) => sum + cell, 0);

function logSoftmax(cells: number[]): number[] {
  const most = Math.max(...cells);
  const whole = most + Math.log(total(cells.map((cell) => Math.exp(cell - most))));
  return cells.map((cell) => cell - whole);
}

/** Rows of windows of an image: `act` is given channel by channel the cells of each window, `pad` where there is none. */
function windows(x: Tensor, attributes: Readonly<Record<string, Attribute>>, pad: number) {
  const [rows, channels, height, width] = x.dims as [number, number, number, number];
  const [kh, kw] = attributes.kernel_shape as [number, number];
  const [sy, sx] = attributes.strides as [number, number];
  const [top, left, bottom, right] = (attributes.pads ?? [0, 0, 0, 0]) as [number, number, number, number];
  const down = Math.floor((height + top + bottom - kh) / sy) + 1;
  const across = Math.floor((width + left + right - kw) / sx) + 1;
  const cellsAt = (row: number, channel: number, y: number, x0: number): number[] => {
    const cells: number[] = [];
    for (let ky = 0; ky < kh; ky++) {
      for (let kx = 0; kx < kw; kx++) {
        const [py, px] = [y * sy + ky - top, x0 * sx + kx - left];
        const inside = py >= 0 && py < height && px >= 0 && px < width;
        cells.push(
          inside ? (x.cells[((row * channels + channel) * height + py) * width + px] as number) : pad,
        );
      }
    }
    return cells;
  };
  return { rows, channels, down, across, cellsAt };
}

function pooling(act: (cells: number[]) => number): Run {
  return ([x], attributes) => {
    const { rows, channels, down, across, cellsAt } = windows(x!, attributes, Number.NaN);
    const dims = [rows, channels, down, across];
    const cells = [...indicesOf(dims)].map(() => 0);
    let next = 0;
    for (const [row, channel, y, px] of indicesOf(dims))
      cells[next++] = act(cellsAt(row!, channel!, y!, px!));
    return [tensorOf(dims, cells)];
  };
}

const convolution: Run = ([x, w, b], attributes) => {
  const { rows, channels, down, across, cellsAt } = windows(x!, attributes, 0);
  const [filters, own] = w!.dims as [number, number];
  const perGroup = filters / (attributes.group as number);
  if (own * (attributes.group as number) !== channels) fail('channels do not fit the groups');
  const taps = size(w!.dims.slice(2));
  const dims = [rows, filters, down, across];
  const cells: number[] = [];
  for (const [row, filter, y, px] of indicesOf(dims)) {
    const first = Math.floor(filter! / perGroup) * own;
    let sum = b!.cells[filter!] as number;
    for (let c = 0; c < own; c++) {
      const seen = cellsAt(row!, first + c, y!, px!);
      for (let tap = 0; tap < taps; tap++)
        sum += seen[tap]! * (w!.cells[(filter! * own + c) * taps + tap] as number);
    }
    cells.push(sum);
  }
  return [tensorOf(dims, cells)];
};

const matMul: Run = ([a, b]) => {
  const [n, m] = a!.dims.slice(-2) as [number, number];
  const p = b!.dims.at(-1)!;
  if (b!.dims.at(-2) !== m) fail(`products of ${a!.dims} and ${b!.dims}`);
  const batch = broadcast([a!.dims.slice(0, -2), b!.dims.slice(0, -2)]);
  const [ofA, ofB] = [stridesAs(a!.dims.slice(0, -2), batch), stridesAs(b!.dims.slice(0, -2), batch)];
  const cells: number[] = [];
  for (const index of indicesOf(batch)) {
    const start = (strides: readonly number[]) =>
      strides.reduce((sum, stride, axis) => sum + stride * index[axis]!, 0);
    const [fromA, fromB] = [start(ofA) * n * m, start(ofB) * m * p];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < p; j++) {
        let sum = 0;
        for (let k = 0; k < m; k++)
          sum += (a!.cells[fromA + i * m + k] as number) * (b!.cells[fromB + k * p + j] as number);
        cells.push(sum);
      }
    }
  }
  return [tensorOf([...batch, n, p], cells, a!.single)];
};

function transposed(x: Tensor, perm: readonly number[]): Tensor {
  const strides = stridesAs(x.dims, x.dims);
  const dims = perm.map((axis) => x.dims[axis]!);
  const moved = perm.map((axis) => (x.dims[axis] === 1 ? 0 : strides[axis]!));
  return { ...x, dims, cells: [...indicesOf(dims)].length === 0 ? [] : [...cellsBy(x, dims, moved)] };
}

function* cellsBy(x: Tensor, dims: readonly number[], strides: readonly number[]): Generator<Cell> {
  for (const index of indicesOf(dims)) yield at(x, strides, index);
}

const numbersOf = ({ cells }: Tensor) => cells as readonly number[];
const axisOf = (attributes: Readonly<Record<string, Attribute>>) => attributes.axis as number;
const reduce =
  (act: (cells: number[]) => number): Run =>
  ([x, axes], attributes) => {
    const [axis] = axes === undefined ? (attributes.axes as number[]) : numbersOf(axes);
    return [along(x!, axis!, (cells) => [act(cells)], attributes.keepdims !== 0)];
  };
const clip = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

const OPERATORS: Readonly<Record<string, Run>> = {
  Identity: ([x]) => [x!],
  Add: elementwise((a: number, b: number) => a + b),
  Sub: elementwise((a: number, b: number) => a - b),
  Mul: elementwise((a: number, b: number) => a * b),
  Div: elementwise((a: number, b: number) => a / b),
  Min: elementwise((a: number, b: number) => Math.min(a, b)),
  Max: elementwise((a: number, b: number) => Math.max(a, b)),
  Equal: elementwise((a: number, b: number) => Number(a === b), false),
  Less: elementwise((a: number, b: number) => Number(a < b), false),
  GreaterOrEqual: elementwise((a: number, b: number) => Number(a >= b), false),
  Where: elementwise((test: number, yes: Cell, no: Cell) => (test === 1 ? yes : no) as Cell),
  IsNaN: elementwise((x: number) => Number(Number.isNaN(x)), false),
  Clip: ([x, low, high]) => {
    const [least, most] = [numbersOf(low!)[0]!, numbersOf(high!)[0]!];
    return [{ ...x!, cells: numbersOf(x!).map((cell) => clip(cell, least, most)) }];
  },
  Cast: ([x], { to }) => [{ ...x!, single: to === ELEMENT.float }],
  Atan: unary(Math.atan),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Sqrt: unary(Math.sqrt),
  Neg: unary((x) => -x),
  Floor: unary(Math.floor),
  Relu: unary((x) => Math.max(x, 0)),
  LeakyRelu: ([x], { alpha }) => unary((z) => (z < 0 ? (alpha as number) * z : z))([x!], {}, 1),
  Tanh: unary(Math.tanh),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Selu: ([x], { alpha, gamma }) =>
    unary((z) => (gamma as number) * (z > 0 ? z : (alpha as number) * Math.expm1(z)))([x!], {}, 1),
  Erf: unary(erf),
  Log: unary(Math.log),
  Exp: unary(Math.exp),
  Reciprocal: unary((x) => 1 / x),
  Gemm: ([a, b, c]) => OPERATORS.Add!([matMul([a!, b!], {}, 1)[0]!, c!], {}, 1),
  MatMul: matMul,
  Conv: convolution,
  MaxPool: pooling((cells) => Math.max(...cells)),
  AveragePool: pooling((cells) => total(cells) / cells.length),
  Softmax: ([x], attributes) => [along(x!, axisOf(attributes), (cells) => logSoftmax(cells).map(Math.exp))],
  LogSoftmax: ([x], attributes) => [along(x!, axisOf(attributes), logSoftmax)],
  ReduceMean: reduce((cells) => total(cells) / cells.length),
  ReduceSum: reduce(total),
  ReduceMax: reduce((cells) => Math.max(...cells)),
  ArgMax: ([x], attributes) => [
    along(
      x!,
      axisOf(attributes),
      (cells) => [cells.indexOf(Math.max(...cells))],
      attributes.keepdims !== 0,
      false,
    ),
  ],
  Unsqueeze: ([x, axes]) => {
    const dims = [...x!.dims];
    for (const axis of numbersOf(axes!)) dims.splice(axis, 0, 1);
    return [{ ...x!, dims }];
  },
  Squeeze: ([x, axes]) => [{ ...x!, dims: x!.dims.filter((_, axis) => !numbersOf(axes!).includes(axis)) }],
  Reshape: ([x, shape]) => {
    const asked = numbersOf(shape!);
    const known = asked.filter((dim) => dim > 0).reduce((product, dim) => product * dim, 1);
    const dims = asked.map((dim) => (dim < 0 ? x!.cells.length / known : dim));
    if (size(dims) !== x!.cells.length) fail(`${x!.dims} as ${dims}`);
    return [{ ...x!, dims }];
  },
  Transpose: ([x], { perm }) => [transposed(x!, perm as number[])],
  Concat: (inputs, attributes) => {
    const axis = axisOf(attributes);
    const outer = size(inputs[0]!.dims.slice(0, axis));
    const cells = Array.from({ length: outer }, (_, o) =>
      inputs.flatMap(({ cells: own }) => own.slice((o * own.length) / outer, ((o + 1) * own.length) / outer)),
    ).flat();
    const dims = [...inputs[0]!.dims];
    dims[axis] = inputs.reduce((sum, input) => sum + input.dims[axis]!, 0);
    return [tensorOf(dims, cells, inputs[0]!.single)];
  },
  Split: ([x, sizes], attributes) => {
    let start = 0;
    return numbersOf(sizes!).map((count) => {
      const from = start;
      start += count;
      return along(x!, axisOf(attributes), (cells) => cells.slice(from, from + count));
    });
  },
  Pad: ([x, pads]) => {
    const [, , , right] = numbersOf(pads!);
    return [along(x!, 1, (cells) => [...cells, ...new Array<number>(right!).fill(0)])];
  },
  Gather: ([x, indices], attributes) => {
    const axis = axisOf(attributes);
    const inner = size(x!.dims.slice(axis + 1));
    const count = x!.dims[axis]!;
    const cells: Cell[] = [];
    for (let o = 0; o < size(x!.dims.slice(0, axis)); o++) {
      for (const index of numbersOf(indices!)) {
        if (index >= count) fail(`index ${index} of ${count}`);
        cells.push(...x!.cells.slice((o * count + index) * inner, (o * count + index + 1) * inner));
      }
    }
    return [
      { ...x!, dims: [...x!.dims.slice(0, axis), ...indices!.dims, ...x!.dims.slice(axis + 1)], cells },
    ];
  },
  OneHot: ([x, depth, values]) => {
    const count = numbersOf(depth!)[0]!;
    const [off, on] = numbersOf(values!) as [number, number];
    const cells = numbersOf(x!).flatMap((own) =>
      Array.from({ length: count }, (_, at) => (at === own ? on : off)),
    );
    return [tensorOf([...x!.dims, count], cells)];
  },
  TreeEnsembleRegressor: treeEnsemble,
  TopK: topK,
  LabelEncoder: ([x], { keys_strings, values_int64s, default_int64 }) => {
    const values = values_int64s as number[];
    const known = new Map((keys_strings as string[]).map((key, place) => [key, values[place]!]));
    const cells = x!.cells.map((cell) => known.get(cell as string) ?? (default_int64 as number));
    return [tensorOf(x!.dims, cells, false)];
  },
};
