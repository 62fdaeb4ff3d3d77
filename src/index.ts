// The public API: re-exports only. Everything a program needs to load data, train, predict, measure and save.

// First, before what an old Node.js lacks is used.
import './supported-node.js';

export { Ensemble, type InspectedFile } from './api/ensemble.js';
export { compareSources, extendEnsemble } from './api/every-core.js';
export type { LabelledInputs } from './api/labelled-rows.js';
export { loadData } from './api/load-data.js';
export type { DataSource, LoadDataOptions, TrainingData } from './api/load-tested.js';
export type { NamedNumbers, PredictedClass, PredictedRow, PredictedValue } from './api/predicted-rows.js';
export type {
  PredictedArrays,
  PredictedClasses,
  PredictedRecords,
  PredictedValues,
  Predictor,
} from './api/predictor.js';
export type { Report } from './api/report.js';
export type { ClassScores, TaskScores, ValueScores } from './api/task-scores.js';
export { type StartedTraining, startTraining, trainEnsemble } from './api/training.js';
export { contentHash } from './bundle/content-hash.js';
export {
  type InspectedEnsemble,
  inspectEnsemble,
  type LoadEnsembleOptions,
  loadEnsemble,
} from './bundle/load.js';
export { ensembleToBytes, type SavedEnsemble, type SaveOptions, saveEnsemble } from './bundle/save.js';
export {
  type ColumnDescription,
  type DescribeOptions,
  describeTable,
  type TableDescription,
} from './data/columns/describe.js';
export { Dataset, type DatasetArrays, type Task, type TaskKind } from './data/dataset/dataset.js';
export { type LoadedData, type LoadOptions, loadTraining } from './data/load.js';
export { type Preprocessing, transformFeatures, transformTable } from './data/preprocessing/preprocessing.js';
export {
  type DataRecord,
  type RecordsOptions,
  type RecordValue,
  tableFromRecords,
} from './data/preprocessing/records.js';
export { type CsvOptions, readCsv } from './data/readers/csv.js';
export { type RowSplit, type SplitOptions, splitRows } from './data/split.js';
export { Column } from './data/table/column.js';
export type { Table } from './data/table/table.js';
export type { Learner, LearnerData } from './engines/learner/learner.js';
export type { LearnerMemberSpec } from './engines/learner/spec.js';
export type { NeighboursMemberSpec } from './engines/neighbours/spec.js';
export {
  fromLayersModel,
  type NetworkPurpose,
  type NetworkWithWeights,
} from './engines/tfjs/from-layers-model.js';
export { type LayeredEnsemble, type LayersModelOptions, toLayersModel } from './engines/tfjs/layers-model.js';
export type { TfjsMemberSpec } from './engines/tfjs/spec.js';
export type { ModelBuilder, ModelContext } from './engines/tfjs/user-model.js';
export type { EpochRecord, FailedMember, TrainedEnsemble, TrainedMember } from './ensemble/ensemble.js';
export { type EvaluateOptions, evaluateEnsemble, evaluateOutOfBag } from './ensemble/evaluate/evaluate.js';
export { type OutOfBagPredictions, predictOutOfBag } from './ensemble/evaluate/predict-out-of-bag.js';
export { withAveragingWeights } from './ensemble/predict/averaging-weights.js';
export type { Inputs } from './ensemble/predict/inputs.js';
export {
  type CombineOptions,
  createPredictor,
  type EnsemblePredictor,
  predictEnsemble,
} from './ensemble/predict/predict.js';
export { predictMembers } from './ensemble/predict/predict-members.js';
export {
  type MemberSelection,
  type SelectionOptions,
  selectMembers,
} from './ensemble/select/select-members.js';
export { type ErrorCode, type ErrorDetails, TuttiError } from './errors.js';
export type { ErrorCorrelation } from './measure/correlation/error-report.js';
export { type ErrorCorrelationOptions, errorCorrelation } from './measure/foreign/error-correlation.js';
export { type HonestTest, type HonestTestOptions, honestTest } from './measure/honest-test.js';
export type { KindMeasurement } from './measure/kinds.js';
export type { Measurement } from './measure/measurement.js';
export type { SelectionMetric } from './measure/metrics/metrics.js';
export { type ImageShape, TANGENT_KINDS, type TangentKind } from './model/image.js';
export type { MemberOptions, TrainingOptions } from './model/options/training-options.js';
export type {
  EnsemblePlan,
  MemberSpec,
  ModuleSpec,
  NetworkMemberSpec,
} from './model/spec.js';
export { createPool, type Pool, type PoolOptions } from './pool/pool.js';
export { type AggregateOptions, aggregate } from './predictions/aggregate/aggregate.js';
export { AGGREGATORS, type Aggregator } from './predictions/aggregate/aggregators.js';
export type { CombinedPredictions } from './predictions/combine.js';
export type { Predictions } from './predictions/predictions.js';
export { activeUnitShares } from './studies/active-units.js';
export {
  type AttackOptions,
  type AttackPoint,
  attackEnsemble,
  type Robustness,
} from './studies/attack/attack.js';
export {
  type CompareMasksOptions,
  compareMasks,
  type MaskComparison,
  type MaskWayResult,
} from './studies/masks/compare-masks.js';
export { type MaskOptions, maskEnsemble } from './studies/masks/masks.js';
export { type MaskWay, type PredictMasksOptions, predictWithMasks } from './studies/masks/predict-masks.js';
export type {
  SourceFigures,
  SourcesOptions,
  SourcesReport,
  Spread,
} from './studies/sources.js';
export { imageTangents, type TangentOptions } from './techniques/image-tangents.js';
export {
  type Dictionary,
  type SparseCode,
  type SparseCodingOptions,
  sparseCode,
} from './techniques/sparse-coding.js';
export { type TangentDistanceOptions, tangentDistance } from './techniques/tangent-distance.js';
export type { ExtendOptions } from './training/extend-ensemble.js';
export type { EpochDecision, EpochEvent } from './training/session/job.js';
export type { TrainingProgress } from './training/session/progress.js';
export type { MemberRunner } from './training/session/runner.js';
export type { TrainingSettings } from './training/session/training-settings.js';
export { createInlineRunner } from './training/thread/inline-runner.js';
