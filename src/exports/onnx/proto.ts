// The messages of ONNX as far as ensembles need them, and their bytes: each message's fields by their numbers, in the order
// of these.
//
// **Source:** github.com/onnx/onnx, onnx/onnx.proto (IR version 8; syntax proto2, whose repeated numbers are not packed).

import {
  bytesField,
  bytesFields,
  type Fields,
  floatField,
  floatFields,
  message,
  messageField,
  textField,
  varintField,
  varintFields,
} from '../../files/protobuf.js';

/** Types of a tensor's elements. */
export const ELEMENT = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const;

/** Types of attributes. */
export const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly bigint[];
  readonly dataType: number;
  /** Little-endian, row-major; absent for texts. */
  readonly rawData?: Uint8Array;
  /** UTF-8, of texts. */
  readonly stringData?: readonly Uint8Array[];
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: bigint;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly bigint[];
  readonly strings?: readonly Uint8Array[];
}

export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

export interface ValueInfoProto {
  readonly name: string;
  readonly docString: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: {
        readonly dim: readonly {
          readonly value:
            | { readonly case: 'dimValue'; readonly value: bigint }
            | { readonly case: 'dimParam'; readonly value: string };
        }[];
      };
    };
  };
}

export interface GraphProto {
  readonly name: string;
  readonly docString: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

export interface ModelProto {
  readonly irVersion: bigint;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly opsetImport: readonly { readonly domain: string; readonly version: bigint }[];
  readonly graph: GraphProto;
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

/** The bytes of a model. */
export function modelBytes(model: ModelProto): Uint8Array {
  return message(
    varintField(1, model.irVersion),
    textField(2, model.producerName),
    textField(3, model.producerVersion),
    messageField(7, ...graphFields(model.graph)),
    model.opsetImport.map(({ domain, version }) =>
      messageField(8, textField(1, domain), varintField(2, version)),
    ),
    model.metadataProps.map(({ key, value }) => messageField(14, textField(1, key), textField(2, value))),
  );
}

function graphFields({ name, docString, node, initializer, input, output }: GraphProto): Fields[] {
  return [
    node.map((own) => messageField(1, ...nodeFields(own))),
    textField(2, name),
    initializer.map((own) => messageField(5, ...tensorFields(own))),
    textField(10, docString),
    input.map((own) => messageField(11, ...valueInfoFields(own))),
    output.map((own) => messageField(12, ...valueInfoFields(own))),
  ];
}

function nodeFields({ name, opType, domain, input, output, attribute }: NodeProto): Fields[] {
  return [
    input.map((own) => textField(1, own)),
    output.map((own) => textField(2, own)),
    textField(3, name),
    textField(4, opType),
    attribute.map((own) => messageField(5, ...attributeFields(own))),
    textField(7, domain),
  ];
}

function attributeFields({ name, type, f, i, s, t, floats, ints, strings }: AttributeProto): Fields[] {
  return [
    textField(1, name),
    f === undefined ? [] : floatField(2, f),
    i === undefined ? [] : varintField(3, i),
    s === undefined ? [] : bytesField(4, s),
    t === undefined ? [] : messageField(5, ...tensorFields(t)),
    floats === undefined ? [] : floatFields(7, floats),
    ints === undefined ? [] : varintFields(8, ints),
    strings === undefined ? [] : bytesFields(9, strings),
    varintField(20, type),
  ];
}

function tensorFields({ name, dims, dataType, rawData, stringData = [] }: TensorProto): Fields[] {
  return [
    dims.map((size) => varintField(1, size)),
    varintField(2, dataType),
    stringData.map((own) => bytesField(6, own)),
    textField(8, name),
    rawData === undefined ? [] : bytesField(9, rawData),
  ];
}

function valueInfoFields({ name, docString, type: { tensorType } }: ValueInfoProto): Fields[] {
  const dim = tensorType.shape.dim.map(({ value }) =>
    messageField(1, value.case === 'dimValue' ? varintField(1, value.value) : textField(2, value.value)),
  );
  const tensor = messageField(1, varintField(1, tensorType.elemType), messageField(2, dim));
  return [textField(1, name), messageField(2, tensor), textField(3, docString)];
}
