// The types that those of the main entry point name: whatever a program is given, it can name. Types alone.

export type { AutoOptions, AutoReport, AutoSettings, AutoWave, ChosenSetting } from '../auto/auto-options.js';
export type { SelectionOptimism } from '../auto/greedy-ensemble.js';
export type { Environment, StoredReport } from '../bundle/environment.js';
export type {
  Calibration,
  CalibrationFigures,
  CalibrationMethod,
  CalibrationScores,
  DecisionThreshold,
} from '../calibration/calibration.js';
export type { CalibrationOptions } from '../calibration/options.js';
export type { ThresholdCriterion } from '../calibration/threshold.js';
export type { ClassConformity, Conformity, ValueConformity } from '../conformal/conformity.js';
export type { CoverageOptions } from '../conformal/guarantee-options.js';
export type {
  AskedCoverage,
  CoveredShare,
  IntervalCoverage,
  IntervalFigures,
  SetCoverage,
  SetFigures,
} from '../conformal/measured-coverage.js';
export type { ConformalMethod } from '../conformal/scores.js';
export type { ColumnOptions } from '../data/columns/column-options.js';
export type { LeftOut } from '../data/columns/judge-table.js';
export type { RoleOptions } from '../data/columns/roles.js';
export type { ArrayScaling, DatasetMakers } from '../data/dataset/dataset.js';
export type { DatasetNumbers, TableSplit } from '../data/dataset/dataset-types.js';
export type {
  ClipShape,
  Encoding,
  FeatureScale,
  FeatureScaling,
  OwnScaling,
  Scale,
  TargetMap,
  TargetScale,
  TargetScaling,
  Values,
} from '../data/dataset/encoding.js';
export type {
  CategoricalFeature,
  ClassTarget,
  FeatureColumn,
  NumericFeature,
  RegressionTarget,
  TargetEncoding,
  WrittenFormat,
} from '../data/dataset/preprocessing-types.js';
export type { ColumnRanges, TrainingFacts } from '../data/dataset/training-facts.js';
export type { PresetName } from '../data/preprocessing/data-presets.js';
export type { FittedFeatures } from '../data/preprocessing/features.js';
export type { Impute } from '../data/preprocessing/fit-features.js';
export type { PreprocessingOptions, TrainingExtras } from '../data/preprocessing/preprocessing.js';
export type { ClassWeights } from '../data/preprocessing/weights.js';
export type { ResampleSpec } from '../data/resample.js';
export type { DateFormat } from '../data/table/date-format.js';
export type { DateOrder } from '../data/table/date-orders.js';
export type { NumberFormat } from '../data/table/number-format.js';
export type { ColumnNote, ImageSize } from '../data/table/table.js';
export type { DistanceSpec } from '../engines/neighbours/spec.js';
export type { TreeSpec } from '../engines/trees/spec.js';
export type { CalibrateOptions } from '../ensemble/evaluate/calibrate-ensemble.js';
export type { OutOfBagOptions } from '../ensemble/evaluate/evaluate.js';
export type { AnswerOptions } from '../ensemble/predict/answer-rules.js';
export type { CalibratedOptions } from '../ensemble/predict/ensemble-combiner.js';
export type { ArrayInputs } from '../ensemble/predict/inputs.js';
export type { MemberPredictionOptions } from '../ensemble/predict/predict-members.js';
export type {
  RowAnswers,
  RowOptions,
  RowRunnerOptions,
  RowSession,
  RowsAsked,
} from '../ensemble/predict/row-runner.js';
export type { SelectionCheck } from '../ensemble/select/greedy-selection.js';
export type { ErrorMeaning } from '../error-codes.js';
export type { WireError } from '../errors.js';
export type { ExportFormatName, ExportOptions } from '../exports/formats.js';
export type { FormatOptions } from '../exports/shared/export-format.js';
export type { ExportCombineOptions } from '../exports/shared/exported-ensemble.js';
export type { Baseline, LinearBaseline } from '../measure/baseline/baseline.js';
export type { BiasVariance, SquaredParts, WrongParts } from '../measure/bias-variance.js';
export type { OutOfBagFigures } from '../measure/correlation/error-report.js';
export type { Forecast } from '../measure/correlation/forecasts.js';
export type { Interval, IntervalOptions, Intervals } from '../measure/correlation/intervals.js';
export type { FigureName, Figures } from '../measure/correlation/standard-errors.js';
export type { PairFigures } from '../measure/diversity/pair-figures.js';
export type { ScoreName, ScoreSpread, Scores } from '../measure/metrics/metrics.js';
export type { BaselineMeasurement } from '../measure/scores/against-baselines.js';
export type { McNemar } from '../measure/scores/mcnemar.js';
export type { RowScore, RowScores, ScoreDifference } from '../measure/scores/row-scores.js';
export type { SubsetCurves, SubsetPoint } from '../measure/scores/subset-curves.js';
export type { SlotProgress } from '../memory/control-block.js';
export type { ImageShape, TangentKind } from '../model/image.js';
export type { InputColumnKind, InputRun, InputsSpec, NumberEmbedding } from '../model/inputs.js';
export type {
  AddLayer,
  ConvolutionOption,
  DenseOption,
  ImageOption,
  LayerNormLayer,
  LayerNormOption,
  LayerOption,
  PoolOption,
  ResidualOption,
  UnitFactors,
} from '../model/layer-types.js';
export type { Loss, LossSpec } from '../model/losses.js';
export type { Choice, NumberRange, OptionRange, Ranged } from '../model/options/search-range.js';
export type { MemberGrid } from '../model/options/training-options.js';
export type {
  Activation,
  ActivityPenaltySpec,
  AdversarialSpec,
  Arithmetic,
  AttackNorm,
  AttackScale,
  ConvolutionLayer,
  DenseLayer,
  DropoutSpec,
  EarlyStoppingSpec,
  EpochMemberSpec,
  Initialisation,
  JsonObject,
  JsonValue,
  LayerSpec,
  MemberStreams,
  NetworkSpec,
  OptimisedMemberSpec,
  OptimizerSpec,
  PoolLayer,
  RateFactors,
  ScheduleSpec,
  SharingSpec,
  SnapshotSpec,
  Source,
  SwagSpec,
  TangentSource,
  TangentSpec,
  TyingSpec,
  WeightAverageSpec,
} from '../model/spec.js';
export type { Extent, Padding } from '../model/windows.js';
export type { Aggregator } from '../predictions/aggregate/aggregators.js';
export type { Quantiles } from '../predictions/quantiles.js';
export type { Histogram, LinePoint } from '../report/charts/chart-data.js';
export type { ReportStep } from '../report/collect/collect-report.js';
export type * from '../report/page/page-data.js';
export type { NumberCell, NumberTable, PageFigure, PageNote } from '../report/page/parts.js';
export type { SearchedOptions } from '../training/options/search-options.js';
export type { HostProgress } from '../training/session/progress.js';
