// The public API: re-exports only. Everything a program needs to load data, train, predict, measure and save.

// First, before what an old Node.js lacks is used.
import './supported-node.js';

export { contentHash } from './bundle/content-hash.js';
export {
  type InspectedEnsemble,
  inspectEnsemble,
  type LoadEnsembleOptions,
  loadEnsemble,
} from './bundle/load.js';
export { ensembleToBytes, type SavedEnsemble, type SaveOptions, saveEnsemble } from './bundle/save.js';
export { Column } from './data/column.js';
export { type CsvOptions, readCsv } from './data/csv.js';
export { Dataset, type DatasetArrays, type Task } from './data/dataset.js';
export {
  type ColumnDescription,
  type DescribeOptions,
  describeTable,
  type TableDescription,
} from './data/describe.js';
export { type LoadedData, type LoadOptions, loadTraining } from './data/load.js';
export { type Preprocessing, transformFeatures, transformTable } from './data/preprocessing.js';
export { type DataRecord, type RecordsOptions, type RecordValue, tableFromRecords } from './data/records.js';
export { type RowSplit, type SplitOptions, splitRows } from './data/split.js';
export type { Table } from './data/table.js';
export type { Learner, LearnerData } from './engines/learner/learner.js';
export {
  fromLayersModel,
  type NetworkPurpose,
  type NetworkWithWeights,
} from './engines/tfjs/from-layers-model.js';
export { type LayeredEnsemble, type LayersModelOptions, toLayersModel } from './engines/tfjs/layers-model.js';
export type { ModelBuilder, ModelContext } from './engines/tfjs/user-model.js';
export { activeUnitShares } from './ensemble/active-units.js';
export {
  AGGREGATORS,
  type AggregateOptions,
  type Aggregator,
  aggregate,
} from './ensemble/aggregate/aggregate.js';
export {
  type AttackOptions,
  type AttackPoint,
  attackEnsemble,
  type Robustness,
} from './ensemble/attack.js';
export { withAveragingWeights } from './ensemble/averaging-weights.js';
export {
  type CompareMasksOptions,
  compareMasks,
  type MaskComparison,
  type MaskWayResult,
} from './ensemble/compare-masks.js';
export type { Ensemble, EpochRecord, FailedMember, TrainedMember } from './ensemble/ensemble.js';
export { type EvaluateOptions, evaluateEnsemble, evaluateOutOfBag } from './ensemble/evaluate.js';
export type { Inputs } from './ensemble/inputs.js';
export type { EpochDecision, EpochEvent } from './ensemble/job.js';
export { type MaskOptions, maskEnsemble } from './ensemble/masks.js';
export {
  type CombineOptions,
  createPredictor,
  type EnsemblePredictor,
  predictEnsemble,
} from './ensemble/predict.js';
export { type MaskWay, type PredictMasksOptions, predictWithMasks } from './ensemble/predict-masks.js';
export { predictMembers } from './ensemble/predict-members.js';
export type { TrainingProgress } from './ensemble/progress.js';
export { createInlineRunner, type MemberRunner } from './ensemble/runner.js';
export {
  type MemberSelection,
  type SelectionOptions,
  selectMembers,
} from './ensemble/select-members.js';
export type { SelectionMetric } from './ensemble/selection-judges.js';
export {
  compareSources,
  type SourceFigures,
  type SourcesOptions,
  type SourcesReport,
  type Spread,
} from './ensemble/sources.js';
export { trainEnsemble } from './ensemble/train-ensemble.js';
export type { TrainingSettings } from './ensemble/training-settings.js';
export { type ErrorCode, type ErrorDetails, TuttiError } from './errors.js';
export type { CombinedPredictions } from './measure/combine.js';
export { type ErrorCorrelationOptions, errorCorrelation } from './measure/error-correlation.js';
export type { ErrorCorrelation } from './measure/error-report.js';
export { type HonestTest, type HonestTestOptions, honestTest } from './measure/honest-test.js';
export type { KindMeasurement } from './measure/kinds.js';
export type { Measurement } from './measure/measurement.js';
export type { Predictions } from './measure/predictions.js';
export { type ImageShape, TANGENT_KINDS, type TangentKind } from './model/image.js';
export type {
  EnsemblePlan,
  LearnerMemberSpec,
  MemberSpec,
  ModuleSpec,
  NeighboursMemberSpec,
  NetworkMemberSpec,
  TfjsMemberSpec,
} from './model/spec.js';
export type { MemberOptions, TrainingOptions } from './model/training-options.js';
export { createPool, type Pool, type PoolOptions } from './pool/pool.js';
export { imageTangents, type TangentOptions } from './regularization/image-tangents.js';
export {
  type Dictionary,
  type SparseCode,
  type SparseCodingOptions,
  sparseCode,
} from './regularization/sparse-coding.js';
export { type TangentDistanceOptions, tangentDistance } from './regularization/tangent-distance.js';
