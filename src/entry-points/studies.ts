// tutti/studies: what an ensemble withstands, what its masks are worth, and which source of chance matters.

import '../supported-node.js';

export { boostEnsemble } from '../api/boosted.js';
export { compareEnsembles, leaderboard } from '../api/comparisons.js';
export { distillEnsemble } from '../api/distilled.js';
export { compareSources } from '../api/every-core.js';
export {
  type CrossValidateOptions,
  crossValidate,
  diagnose,
  partialDependence,
  permutationImportance,
} from '../api/explained.js';
export { maskEnsemble } from '../api/mask-ensemble.js';
export { refitEnsemble } from '../api/refitted.js';
export type { Boosted, BoostedRound, BoostOptions, BoostProgress } from '../boosting/options.js';
export type { FoldKind, FoldOptions } from '../data/folds.js';
export type { DistillationReport, Distilled } from '../distillation/distillation.js';
export type { Fidelity, TargetFidelity } from '../distillation/fidelity.js';
export type { DistillOptions } from '../distillation/options.js';
export type { DiagnoseOptions, Diagnosis } from '../explain/diagnose.js';
export type { ExplainProgress } from '../explain/explain-progress.js';
export type { HardRows, NotedRow } from '../explain/hard-rows.js';
export type { DependenceOptions, PartialDependence } from '../explain/partial-dependence.js';
export type {
  ColumnImportance,
  ImportanceOptions,
  PermutationImportance,
} from '../explain/permutation-importance.js';
export type { RawRows } from '../explain/slice-columns.js';
export type {
  SuspectClass,
  SuspectClasses,
  SuspectRows,
  SuspectValue,
  SuspectValues,
} from '../explain/suspect-rows.js';
export type { Slice, SliceOptions, WorstSlices } from '../explain/worst-slices.js';
export type { MetricName } from '../measure/metrics/metrics.js';
export type { TargetBlock } from '../predictions/blocks.js';
export type { FewerMembers, KnownRows } from '../predictions/known-rows.js';
export type { RefitOptions, RefitReport, Refitted } from '../refitting/options.js';
export { activeUnitShares } from '../studies/active-units.js';
export {
  type AttackOptions,
  type AttackPoint,
  attackEnsemble,
  type Robustness,
} from '../studies/attack/attack.js';
export type { AttackScore } from '../studies/attack/attack-score.js';
export type { TrainingSetsReport } from '../studies/bias-variance.js';
export type {
  CompareOptions,
  EnsembleComparison,
  PairedComparison,
  PairedScore,
} from '../studies/comparison/compare-ensembles.js';
export type {
  CrossValidation,
  CrossValidationOptions,
  FoldedScore,
  FoldResult,
  OutOfFold,
} from '../studies/cross-validation/cross-validation.js';
export type { FoldsProgress } from '../studies/cross-validation/fold-progress.js';
export type { FoldLoadOptions } from '../studies/cross-validation/fold-source.js';
export type {
  Leaderboard,
  LeaderboardMember,
  LeaderboardSettings,
  LeaderboardSort,
} from '../studies/leaderboard/leaderboard.js';
export type { LeaderboardOptions } from '../studies/leaderboard/leaderboard-of-rows.js';
export {
  type CompareMasksOptions,
  compareMasks,
  type MaskComparison,
  type MaskWayResult,
} from '../studies/masks/compare-masks.js';
export type { MaskOptions } from '../studies/masks/masks.js';
export { type MaskWay, type PredictMasksOptions, predictWithMasks } from '../studies/masks/predict-masks.js';
export type {
  SourceFailure,
  SourceFigures,
  SourcesOptions,
  SourcesReport,
  Spread,
} from '../studies/sources.js';
