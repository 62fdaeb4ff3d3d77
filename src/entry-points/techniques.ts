// tutti/techniques: tangents of images, the distance along them, and sparse codes, for use by themselves.

import '../supported-node.js';

export { type ImageShape, TANGENT_KINDS, type TangentKind } from '../model/image.js';
export { imageTangents, type TangentOptions } from '../techniques/image-tangents.js';
export {
  type Dictionary,
  type SparseCode,
  type SparseCodingOptions,
  sparseCode,
} from '../techniques/sparse-coding.js';
export { type TangentDistanceOptions, tangentDistance } from '../techniques/tangent-distance.js';
