// The main entry point: re-exports only. First what programs need to load data, train, predict, measure and save: `Ensemble`
// with its methods; then the functions that these call, on plain records; and all of the other entry points, each of which
// loads no more than its own part.

// First, before what an old Node.js lacks is used.
import './supported-node.js';

export { Ensemble, type InspectedFile } from './api/ensemble.js';
export { extendEnsemble } from './api/every-core.js';
export { exportEnsemble } from './api/export-ensemble.js';
export { joinEnsembles } from './api/join-ensembles.js';
export type { LabelledInputs } from './api/labelled-rows.js';
export { type DataSource, type LoadDataOptions, loadData, type TrainingData } from './api/load-data.js';
export {
  calibrateEnsemble,
  conformaliseEnsemble,
  createPredictor,
  evaluateEnsemble,
  evaluateOutOfBag,
  measureCoverage,
  predictEnsemble,
  predictMembers,
  predictOutOfBag,
  predictUncertainty,
} from './api/many-rows.js';
export { modelCard } from './api/model-cards.js';
export {
  type CollectedPlan,
  collectPlan,
  readPlan,
  trainPlanned,
  writePlan,
} from './api/planned-training.js';
export type {
  NamedIntervals,
  NamedNumbers,
  PredictedClass,
  PredictedInterval,
  PredictedRow,
  PredictedValue,
} from './api/predicted-rows.js';
export type {
  PredictedArrays,
  PredictedClasses,
  PredictedRecords,
  PredictedValues,
  Predictor,
} from './api/predictor.js';
export type { Report } from './api/report.js';
export { type ReportOptions, type ReportPage, reportEnsemble } from './api/report-page.js';
export { ensembleToBytes, inspectEnsemble, loadEnsemble, saveEnsemble } from './api/saved-ensembles.js';
export { autoEnsemble, type SearchedEnsemble } from './api/searched.js';
export type { ClassScores, TaskScores, ValueScores } from './api/task-scores.js';
export {
  readCheckpoint,
  resumeTraining,
  type StartedTraining,
  startTraining,
  trainEnsemble,
} from './api/training.js';
export type {
  UncertainClass,
  UncertainRecords,
  UncertainRow,
  UncertainValue,
} from './api/uncertain-rows.js';
export type { EnsembleSource } from './bundle/byte-source.js';
export { contentHash } from './bundle/content-hash.js';
export type { InspectedEnsemble, LoadEnsembleOptions } from './bundle/load.js';
export type { SavedEnsemble, SaveOptions } from './bundle/save.js';
export type { ModelCardOptions } from './card/model-card.js';
export type { CheckpointSummary } from './checkpoint/read-checkpoint.js';
export type { MeasuredCoverage } from './conformal/measured-coverage.js';
export type { ArrowTable } from './data/columnar/arrow-table.js';
export {
  type ColumnDescription,
  type DescribeOptions,
  describeTable,
  type TableDescription,
} from './data/columns/describe.js';
export { Dataset, type DatasetArrays, type Task, type TaskKind } from './data/dataset/dataset.js';
export { type LoadedData, type LoadOptions, loadTraining } from './data/load.js';
export { type Preprocessing, transformFeatures, transformTable } from './data/preprocessing/preprocessing.js';
export { type OpenTableOptions, openTable } from './data/readers/open-table.js';
export type { QuerySource } from './data/readers/query-source.js';
export { type CsvOptions, readCsv } from './data/readers/read-csv.js';
export type { ReadOptions, ReadProgress } from './data/readers/read-options.js';
export { type RowSplit, type SplitOptions, splitRows } from './data/split.js';
export { type Column, TextColumn } from './data/table/column.js';
export {
  type DataRecord,
  type RecordsOptions,
  type RecordValue,
  tableFromRecords,
} from './data/table/record-table.js';
export type { Table } from './data/table/table.js';
export type { Learner, LearnerData } from './engines/learner/learner.js';
export type { LearnerMemberSpec } from './engines/learner/spec.js';
export type { NeighboursMemberSpec } from './engines/neighbours/spec.js';
export type { TfjsMemberSpec } from './engines/tfjs/spec.js';
export type { TreesMemberSpec } from './engines/trees/spec.js';
export type {
  EpochRecord,
  FailedMember,
  RetriedMember,
  TrainedEnsemble,
  TrainedMember,
} from './ensemble/ensemble.js';
export type { ConformaliseOptions, MeasuredCoverageOptions } from './ensemble/evaluate/conformalise.js';
export type { EvaluateOptions } from './ensemble/evaluate/evaluate.js';
export type { OutOfBagPredictions } from './ensemble/evaluate/predict-out-of-bag.js';
export type { MemberAccount, ReseededMember } from './ensemble/member-account.js';
export { withAveragingWeights } from './ensemble/predict/averaging-weights.js';
export type { Inputs } from './ensemble/predict/inputs.js';
export type { CombineOptions, EnsemblePredictor, PredictOptions } from './ensemble/predict/predict.js';
export type { UncertainPredictions } from './ensemble/predict/predict-uncertainty.js';
export type { RowRunner } from './ensemble/predict/row-runner.js';
export {
  type Pruned,
  type PruneOptions,
  type PruneReport,
  pruneEnsemble,
} from './ensemble/select/prune-members.js';
export {
  type MemberSelection,
  type SelectionOptions,
  selectMembers,
} from './ensemble/select/select-members.js';
export * from './entry-points/measure.js';
export * from './entry-points/studies.js';
export * from './entry-points/techniques.js';
export * from './entry-points/tfjs.js';
export type * from './entry-points/types.js';
export { type ErrorCode, type ErrorDetails, TuttiError } from './errors.js';
export type { LongCallOptions } from './long-calls.js';
export { fitBaseline } from './measure/baseline/fit-baseline.js';
export type { ErrorCorrelation } from './measure/correlation/error-report.js';
export type { KindMeasurement } from './measure/kind-measurement.js';
export type { Measurement } from './measure/measurement.js';
export type { SelectionMetric } from './measure/metrics/metrics.js';
export { isNetwork } from './model/network-members.js';
export type { MemberOptions, TrainingOptions } from './model/options/training-options.js';
export type {
  EnsemblePlan,
  MemberSpec,
  ModuleSpec,
  NetworkMemberSpec,
} from './model/spec.js';
export type { CollectPlanOptions } from './plan-folder/collect-plan.js';
export type { PlannedStrand } from './plan-folder/open-plan.js';
export type { PlanSummary } from './plan-folder/read-plan.js';
export type { TrainedPart, TrainPlannedSettings } from './plan-folder/train-planned.js';
export type { WritePlanOptions } from './plan-folder/write-plan.js';
export { createPool, type Pool, type PoolOptions } from './pool/pool.js';
export type { CombinedPredictions } from './predictions/combined-predictions.js';
export type { Predictions } from './predictions/predictions.js';
export type { ReportAttack } from './report/collect/robustness.js';
export type {
  PredictionHandlerOptions,
  RequestLimits,
  ServedRequest,
  ServeOptions,
} from './serve/options.js';
export { type PredictionHandler, predictionHandler } from './serve/prediction-handler.js';
export { type EnsembleServer, serveEnsemble } from './serve/serve-ensemble.js';
export type { ExtendOptions } from './training/extend-ensemble.js';
export type { ResumeSettings } from './training/resume-training.js';
export type { EpochDecision, EpochEvent } from './training/session/job.js';
export type { TrainingProgress } from './training/session/progress.js';
export type { MemberRunner } from './training/session/runner.js';
export type {
  CheckpointOptions,
  CheckpointPace,
  MemberIncident,
  PlannedMembers,
  TrainingSettings,
} from './training/session/training-settings.js';
export { createInlineRunner } from './training/thread/inline-runner.js';
