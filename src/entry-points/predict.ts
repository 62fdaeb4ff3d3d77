// tutti/predict: a saved ensemble in any JavaScript, with nothing of what trains one.

export type { PredictedClass, PredictedRow, PredictedValue } from '../api/predicted-rows.js';
export type { PredictedArrays, PredictedRecords } from '../api/predictor.js';
export type { UncertainRecords, UncertainRow } from '../api/uncertain-records.js';
export { type ErrorCode, type ErrorDetails, TuttiError } from '../errors.js';
export type { ByteOrigin } from '../portable/bytes-of.js';
export { type OpenOptions, openEnsemble } from '../portable/open-ensemble.js';
export {
  type NumberRows,
  type PortableCombineOptions,
  PortableEnsemble,
  type PortableInputs,
  type PortablePredictOptions,
} from '../portable/portable-ensemble.js';
