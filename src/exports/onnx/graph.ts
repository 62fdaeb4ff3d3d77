// A graph as it is built: nodes in the order in which they run, constants each once, inputs and outputs. It knows no
// ensemble.

import { TuttiError } from '../../errors.js';
import { VERSION } from '../../version.js';
import {
  ATTRIBUTE,
  type AttributeProto,
  ELEMENT,
  type ModelProto,
  modelBytes,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './proto.js';

/** The versions of the operators: of ai.onnx, and of ai.onnx.ml, which ONNX Runtime has too, for tables of texts. */
const OPSETS = { '': 17, 'ai.onnx.ml': 3 } as const;
/** The version of the format that opset 17 came with. */
const IR_VERSION = 8;

/** What is computed: a name, which only the graph that made it knows. */
export type Value = string & { readonly __brand?: 'value' };

export type ElementType = keyof typeof ELEMENT;

/** Sizes of a tensor; a text stands for a size that only a call knows. */
export type Shape = readonly (number | string)[];

type Numbers = Float32Array | Float64Array | BigInt64Array;

/** Attributes: whole numbers, `{ float }`, texts; lists of whole numbers, of texts, of numbers in single precision; a tensor of numbers in double. */
export type Attributes = Readonly<
  Record<
    string,
    | number
    | string
    | { readonly float: number }
    | readonly number[]
    | readonly string[]
    | Float32Array
    | Float64Array
  >
>;

/** Most bytes of a message of Protocol Buffers. */
const MOST_BYTES = 2 ** 31 - 1;

export class Graph {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: TensorProto[] = [];
  /** Small constants by their content. */
  readonly #known = new Map<string, Value>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #names = new Set<string>();
  /** What outputs are called that nodes made under names of the graph's own. */
  readonly #outputNames = new Map<Value, string>();
  readonly #domains = new Set<keyof typeof OPSETS>(['']);

  /** Declares an input by the name that callers give it. */
  input(name: string, type: ElementType, shape: Shape, about = ''): Value {
    this.#names.add(name);
    this.#inputs.push(valueInfo(name, type, shape, about));
    return name;
  }

  /** Declares what a node made as an output by a name. */
  output(name: string, value: Value, type: ElementType, shape: Shape, about = ''): void {
    this.#names.add(name);
    const made = this.#nodes.some(({ output }) => output.includes(value));
    if (made && !this.#outputNames.has(value)) this.#outputNames.set(value, name);
    else this.#nodes.push(node('Identity', [value], [name], {}, ''));
    this.#outputs.push(valueInfo(name, type, shape, about));
  }

  /** Whether a name is that of an input or an output. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** A constant of numbers, row-major. @param about what it is, in its name. */
  constant(about: string, shape: readonly number[], values: Numbers): Value {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const type =
      values instanceof Float32Array ? 'float' : values instanceof Float64Array ? 'double' : 'int64';
    const key = values.length > 64 ? null : `${type} ${shape.join(',')} ${values.join(',')}`;
    const known = key === null ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.#name(about);
    if (key !== null) this.#known.set(key, name);
    this.#constants.push({ ...tensor(name, type, shape), rawData: bytes.slice() });
    return name;
  }

  /** One number, or one for each of the last axis. */
  numbers(about: string, values: readonly number[] | number, type: 'float' | 'double' = 'float'): Value {
    const list = typeof values === 'number' ? [values] : values;
    const shape = typeof values === 'number' ? [] : [values.length];
    return this.constant(about, shape, type === 'float' ? Float32Array.from(list) : Float64Array.from(list));
  }

  /** Whole numbers: a shape, axes, indices. */
  integers(about: string, values: ArrayLike<number>, shape: readonly number[] = [values.length]): Value {
    return this.constant(
      about,
      shape,
      BigInt64Array.from({ length: values.length }, (_, at) => BigInt(values[at]!)),
    );
  }

  /** A constant list of texts. */
  texts(about: string, values: readonly string[]): Value {
    const name = this.#name(about);
    this.#constants.push({ ...tensor(name, 'string', [values.length]), stringData: values.map(utf8) });
    return name;
  }

  /** A node with one output. @param about what comes out, in its name. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Attributes = {},
    about: string = operator.toLowerCase(),
  ): Value {
    const name = this.#name(about);
    this.#nodes.push(node(operator, inputs, [name], attributes, ''));
    return name;
  }

  /** A node of ai.onnx.ml. */
  tableNode(operator: string, inputs: readonly Value[], attributes: Attributes, about: string): Value {
    this.#domains.add('ai.onnx.ml');
    const name = this.#name(about);
    this.#nodes.push(node(operator, inputs, [name], attributes, 'ai.onnx.ml'));
    return name;
  }

  /** A node with several outputs. @param abouts what they are, in their names. */
  nodes(
    operator: string,
    inputs: readonly Value[],
    attributes: Attributes,
    abouts: readonly string[],
  ): readonly Value[] {
    const names = abouts.map((about) => this.#name(about));
    this.#nodes.push(node(operator, inputs, names, attributes, ''));
    return names;
  }

  /** Cuts a value along an axis into two parts of one size. */
  halves(value: Value, axis: number, size: number, about: string): [Value, Value] {
    const sizes = this.integers('sizes', [size, size]);
    const [first, second] = this.nodes('Split', [value, sizes], { axis }, [about, about]);
    return [first!, second!];
  }

  /** The bytes of a model of this graph. @throws ERR_OPTION where it is larger than such a file can be. */
  bytes(name: string, about: string, facts: Readonly<Record<string, string>>): Uint8Array {
    const size = this.#constants.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0);
    if (size > MOST_BYTES) {
      const message = `Expected an ensemble of at most 2 GB of weights for ONNX, got ${size} bytes`;
      throw new TuttiError('ERR_OPTION', message, { option: 'format' });
    }
    return modelBytes(this.#model(name, about, facts));
  }

  /** What outputs are made from, whether nodes make it or it is constant. */
  #needed(): ReadonlySet<Value> {
    const needed = new Set<Value>([...this.#outputs.map(({ name }) => name), ...this.#outputNames.keys()]);
    for (const { input, output } of this.#nodes.toReversed())
      if (output.some((value) => needed.has(value))) for (const value of input) needed.add(value);
    return needed;
  }

  #model(name: string, about: string, facts: Readonly<Record<string, string>>): ModelProto {
    const needed = this.#needed();
    const nodes = this.#nodes.filter(({ output }) => output.some((value) => needed.has(value)));
    return {
      irVersion: BigInt(IR_VERSION),
      producerName: 'tutti',
      producerVersion: VERSION,
      opsetImport: [...this.#domains].map((domain) => ({ domain, version: BigInt(OPSETS[domain]) })),
      graph: {
        ...{ name, docString: about, node: nodes.map((own) => this.#named(own)) },
        initializer: this.#constants.filter(({ name }) => needed.has(name)),
        ...{ input: this.#inputs, output: this.#outputs },
      },
      metadataProps: Object.entries(facts).map(([key, value]) => ({ key, value })),
    };
  }

  #named({ input, output, ...own }: NodeProto): NodeProto {
    const outward = (value: Value) => this.#outputNames.get(value) ?? value;
    return { ...own, input: input.map(outward), output: output.map(outward) };
  }

  /** A name that nothing has yet; columns may be called anything. */
  #name(about: string): Value {
    for (let count = 0; ; count++) {
      const name = count === 0 ? `tutti.${about}` : `tutti.${about}.${count}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }
}

function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Attributes,
  domain: string,
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
  return { name: output[0]!, opType, domain, input, output, attribute };
}

function attributeOf(name: string, value: Attributes[string]): AttributeProto {
  if (typeof value === 'number') return { name, type: ATTRIBUTE.int, i: BigInt(value) };
  if (typeof value === 'string') return { name, type: ATTRIBUTE.string, s: utf8(value) };
  if (value instanceof Float32Array) return { name, type: ATTRIBUTE.floats, floats: Array.from(value) };
  if (value instanceof Float64Array) {
    const rawData = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    return { name, type: ATTRIBUTE.tensor, t: { ...tensor(name, 'double', [value.length]), rawData } };
  }
  if ('float' in value) return { name, type: ATTRIBUTE.float, f: value.float };
  if (isTexts(value)) return { name, type: ATTRIBUTE.strings, strings: value.map(utf8) };
  return { name, type: ATTRIBUTE.ints, ints: value.map(BigInt) };
}

function isTexts(values: readonly number[] | readonly string[]): values is readonly string[] {
  return typeof values[0] === 'string';
}

function valueInfo(name: string, type: ElementType, shape: Shape, docString: string): ValueInfoProto {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? ({ case: 'dimValue', value: BigInt(size) } as const)
        : ({ case: 'dimParam', value: size } as const),
  }));
  return { name, docString, type: { tensorType: { elemType: ELEMENT[type], shape: { dim } } } };
}

function tensor(name: string, type: ElementType, shape: readonly number[]): TensorProto {
  return { name, dims: shape.map(BigInt), dataType: ELEMENT[type] };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A part of a graph that is made where it is first asked for, and then is there. */
export function once<Part>(make: () => Part): () => Part {
  let made: { readonly part: Part } | null = null;
  return () => {
    made ??= { part: make() };
    return made.part;
  };
}
