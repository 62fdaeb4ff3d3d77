// The few messages of ONNX that a dense ensemble needs, as bytes, so that no exporter has to be installed.
//
// **Source:** github.com/onnx/onnx, onnx/onnx.proto (field numbers); protobuf.dev, "Encoding".

const [FLOAT, INT64] = [1, 7];
const [ATTRIBUTE_INT, ATTRIBUTE_INTS] = [2, 7];
const [IR_VERSION, OPSET] = [8, 17];

/** Operators of ONNX that are used, by their names there. */
export type Operator =
  | 'Gemm'
  | 'MatMul'
  | 'Add'
  | 'Relu'
  | 'Softmax'
  | 'Mean'
  | 'ReduceMean'
  | 'Reshape'
  | 'Transpose';

/** A graph as it is written: nodes in their order, constants anywhere. */
export class GraphWriter {
  readonly #parts: Buffer[] = [];

  /** Adds a constant, row-major; integers are for shapes. @returns its name */
  constant(name: string, dims: readonly number[], values: Float32Array | BigInt64Array): string {
    const type = values instanceof Float32Array ? FLOAT : INT64;
    const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const sizes = dims.map((size) => integer(1, size));
    this.#parts.push(block(5, ...sizes, integer(2, type), block(8, name), block(9, raw)));
    return name;
  }

  /** Adds a node with one output. @returns the output's name */
  node(
    operator: Operator,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
  ): string {
    const given = Object.entries(attributes).map(([name, value]) => block(5, ...attribute(name, value)));
    const named = inputs.map((input) => block(1, input));
    this.#parts.push(block(1, ...named, block(2, output), block(4, operator), ...given));
    return output;
  }

  /** The model of one input `x` [rows, features] and one output `y` [rows, outputs]. */
  model(features: number, outputs: number): Buffer {
    const ends = [valueInfo(11, 'x', features), valueInfo(12, 'y', outputs)];
    const graph = block(7, ...this.#parts, block(2, 'ensemble'), ...ends);
    return Buffer.concat([integer(1, IR_VERSION), graph, block(8, block(1, ''), integer(2, OPSET))]);
  }
}

function attribute(name: string, value: number | readonly number[]): Buffer[] {
  if (typeof value === 'number') return [block(1, name), integer(3, value), integer(20, ATTRIBUTE_INT)];
  return [block(1, name), ...value.map((one) => integer(8, one)), integer(20, ATTRIBUTE_INTS)];
}

function valueInfo(field: number, name: string, columns: number): Buffer {
  const shape = block(2, block(1, block(2, 'rows')), block(1, integer(1, columns)));
  return block(field, block(1, name), block(2, block(1, integer(1, FLOAT), shape)));
}

function integer(field: number, value: number): Buffer {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

function block(field: number, ...contents: readonly (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(contents.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes]);
}

/** Seven bits a byte, the lowest first; of no negative number. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
