// Models of ONNX from their bytes, by a library of protocol buffers and the messages as ONNX's own file declares them: none
// of the code that wrote them.
//
// **Source:** github.com/onnx/onnx, onnx/onnx.proto (IR version 8).

import { create, createFileRegistry, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import type { ModelProto } from '../../../src/exports/onnx/proto.js';

/** Scalar types by the names that .proto files have for them. */
const SCALARS = {
  float: Type.FLOAT,
  int32: Type.INT32,
  int64: Type.INT64,
  string: Type.STRING,
  bytes: Type.BYTES,
};

type Scalar = keyof typeof SCALARS;

/** `name number type`, behind a `*` where the field is repeated, a `|` where it is of the message's one choice. */
const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  ModelProto: [
    ...['ir_version 1 int64', 'producer_name 2 string', 'producer_version 3 string', 'graph 7 GraphProto'],
    ...['*opset_import 8 OperatorSetIdProto', '*metadata_props 14 StringStringEntryProto'],
  ],
  OperatorSetIdProto: ['domain 1 string', 'version 2 int64'],
  StringStringEntryProto: ['key 1 string', 'value 2 string'],
  GraphProto: [
    ...['*node 1 NodeProto', 'name 2 string', '*initializer 5 TensorProto', 'doc_string 10 string'],
    ...['*input 11 ValueInfoProto', '*output 12 ValueInfoProto'],
  ],
  NodeProto: [
    ...['*input 1 string', '*output 2 string', 'name 3 string', 'op_type 4 string'],
    ...['*attribute 5 AttributeProto', 'domain 7 string'],
  ],
  AttributeProto: [
    ...['name 1 string', 'f 2 float', 'i 3 int64', 's 4 bytes', 't 5 TensorProto', '*floats 7 float'],
    ...['*ints 8 int64', '*strings 9 bytes', 'type 20 int32'],
  ],
  TensorProto: [
    ...['*dims 1 int64', 'data_type 2 int32', '*string_data 6 bytes', 'name 8 string', 'raw_data 9 bytes'],
  ],
  ValueInfoProto: ['name 1 string', 'type 2 TypeProto', 'doc_string 3 string'],
  TypeProto: ['tensor_type 1 TensorTypeProto'],
  TensorTypeProto: ['elem_type 1 int32', 'shape 2 TensorShapeProto'],
  TensorShapeProto: ['*dim 1 DimensionProto'],
  DimensionProto: ['|dim_value 1 int64', '|dim_param 2 string'],
};

const MODEL = declareModel();

/** A model from its bytes; fields that are declared here, the others are left out. */
export function readModel(bytes: Uint8Array): ModelProto {
  return fromBinary(MODEL, bytes) as unknown as ModelProto;
}

/** Syntax proto2, whose repeated numbers are not packed, as in ONNX's own file. */
function declareModel(): DescMessage {
  const file = create(FileDescriptorProtoSchema, {
    name: 'onnx.proto',
    package: 'onnx',
    syntax: 'proto2',
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      field: fields.map(declareField),
      oneofDecl: fields.some((field) => field.startsWith('|')) ? [{ name: 'value' }] : [],
    })),
  });
  const model = createFileRegistry(file, () => undefined).getMessage('onnx.ModelProto');
  if (model === undefined) throw new Error('onnx.ModelProto is not declared');
  return model;
}

function declareField(field: string) {
  const [name = '', number, type = ''] = field.replace(/^[*|]/, '').split(' ');
  const label = field.startsWith('*') ? Label.REPEATED : Label.OPTIONAL;
  const kind =
    type in SCALARS ? { type: SCALARS[type as Scalar] } : { type: Type.MESSAGE, typeName: `.onnx.${type}` };
  return {
    name,
    number: Number(number),
    label,
    ...kind,
    ...(field.startsWith('|') ? { oneofIndex: 0 } : {}),
  };
}
