// tutti/studies: what an ensemble withstands, what its masks are worth, and which source of chance matters.

import '../supported-node.js';

export { leaderboard } from '../api/comparisons.js';
export { compareSources } from '../api/every-core.js';
export { maskEnsemble } from '../api/mask-ensemble.js';
export { activeUnitShares } from '../studies/active-units.js';
export {
  type AttackOptions,
  type AttackPoint,
  attackEnsemble,
  type Robustness,
} from '../studies/attack/attack.js';
export type { AttackScore } from '../studies/attack/attack-score.js';
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
