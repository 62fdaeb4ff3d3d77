// The public API: re-exports only. Everything a program needs to load data, train, predict, measure and save.

export { Dataset, type Task } from './data/dataset.js';
export { AGGREGATORS, type Aggregator } from './ensemble/aggregate/aggregate.js';
export type { Ensemble, EpochRecord, FailedMember, TrainedMember } from './ensemble/ensemble.js';
export { type EvaluateOptions, evaluateEnsemble, evaluateOutOfBag } from './ensemble/evaluate.js';
export { type CombineOptions, predictEnsemble } from './ensemble/predict.js';
export type { TrainingProgress } from './ensemble/progress.js';
export { createInlineRunner, type MemberRunner } from './ensemble/runner.js';
export { type TrainingSettings, trainEnsemble } from './ensemble/train-ensemble.js';
export type { EpochDecision, EpochEvent } from './ensemble/train-member.js';
export { type ErrorCode, type ErrorDetails, TuttiError } from './errors.js';
export type { MemberOptions, TrainingOptions } from './model/options.js';
export type { EnsemblePlan, MemberSpec } from './model/spec.js';
export { createPool, type Pool, type PoolOptions } from './pool/pool.js';
