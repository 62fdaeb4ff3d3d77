// Which source of chance makes members err differently: the same ensemble trained with each source switched on
// alone, the draws of the others shared by all members, and with all of them on.

import { requireDataset } from '../data/dataset/check-dataset.js';
import type { Dataset } from '../data/dataset/dataset.js';
import { engineOf } from '../engines/registry.js';
import type { FailedMember, TrainedEnsemble } from '../ensemble/ensemble.js';
import { evaluateEnsemble } from '../ensemble/evaluate/evaluate.js';
import { failOption, TuttiError, toWire } from '../errors.js';
import { mean, variance } from '../math/statistics.js';
import type { Measurement } from '../measure/measurement.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import type { EnsemblePlan, Source } from '../model/spec.js';
import {
  asGiven,
  checkOptions,
  described,
  type OptionTable,
  type OptionUses,
  option,
  pickOptions,
  requireUses,
} from '../option-names.js';
import { COMBINE_OPTIONS } from '../predictions/aggregate/aggregate.js';
import type { Aggregator } from '../predictions/aggregate/aggregators.js';
import { listMembers } from '../training/options/member-list.js';
import { resolveModules } from '../training/plan/resolve-modules.js';
import {
  isolationOf,
  TRAINING_SETTINGS,
  type TrainingSettings,
} from '../training/session/training-settings.js';
import { preparePlan, randomSeed, trainEnsemble } from '../training/train-ensemble.js';
import { biasVarianceOf, type TrainingSetsReport } from './bias-variance.js';

export interface SourcesOptions extends Pick<TrainingSettings, 'runner' | 'signal' | 'preprocessing'> {
  /** How many seeds every source is repeated over: `seed`, `seed` + 1, … @default 5 */
  readonly seeds?: number;
  /** @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /**
   * Training sets to draw for bias and variance, at least 2; each is trained on with all sources on. @default 0: none
   */
  readonly trainingSets?: number;
  /** Rows of each training set, as a share of all, in (0, 1). @default 0.5 */
  readonly trainingShare?: number;
  /** Told before each training. */
  readonly onTraining?: (source: Source | 'all' | 'trainingSet', seed: number) => void;
}

/** What the options must be; see src/option-names.ts. */
export const SOURCES_OPTIONS = {
  runner: TRAINING_SETTINGS.runner,
  signal: TRAINING_SETTINGS.signal,
  preprocessing: TRAINING_SETTINGS.preprocessing,
  seeds: described(option.integer(1), {
    kind: 'number',
    says: 'seeds to repeat everything over',
    default: 5,
  }),
  aggregator: COMBINE_OPTIONS.aggregator,
  trainingSets: described(
    option.either({ expected: '0', holds: (value) => value === 0 }, option.integer(2)),
    {
      kind: 'number',
      says: 'training sets to draw, to take the error apart into bias and variance',
      range: '0, or an integer ≥ 2',
      default: 0,
    },
  ),
  trainingShare: described(
    option.number('a number > 0 and < 1', (share) => share > 0 && share < 1),
    { kind: 'number', says: 'rows of each training set, as a share of those to train on', default: 0.5 },
  ),
  onTraining: option.function,
} satisfies OptionTable<SourcesOptions>;

const SOURCES_USES = {
  trainingShare: {
    says: '`trainingSets` is above 0',
    holds: ({ trainingSets }) => (trainingSets ?? 0) > 0,
  },
} satisfies OptionUses<SourcesOptions>;

/** A figure over the seeds, of those where it exists. */
export interface Spread {
  /** Null where it exists for no seed. */
  readonly mean: number | null;
  /** Standard deviation with n − 1; null for fewer than two. */
  readonly std: number | null;
  /** One per seed, in their order; null where the figure does not exist: c and ρ of one member, all of none. */
  readonly values: readonly (number | null)[];
}

/** A member that failed in one of the trainings. */
export interface SourceFailure extends FailedMember {
  readonly seed: number;
}

/** What one source did, on the held-out rows. Errors are squared errors, summed over outputs. */
export interface SourceFigures {
  /** The source that was on, or all of them. */
  readonly source: Source | 'all';
  /** Members trained, one number per seed: the figures are of these. */
  readonly memberCounts: readonly number[];
  readonly failures: readonly SourceFailure[];
  readonly v: Spread;
  readonly c: Spread;
  readonly rho: Spread;
  /** v − c: what averaging any number of such members can take off. */
  readonly vMinusC: Spread;
  /** Squared error of the members' arithmetic mean. */
  readonly ensembleError: Spread;
  /** Share of wrong classes of the chosen aggregator and of the mean member; null for regression. */
  readonly errorRate: Spread | null;
  readonly meanMemberErrorRate: Spread | null;
}

export interface SourcesReport {
  /** Members of each training, as planned. */
  readonly planned: number;
  readonly seeds: readonly number[];
  readonly rows: number;
  /** Each source alone, then all. */
  readonly sources: readonly SourceFigures[];
  /** Over the training sets drawn; null without them, and where fewer than two left a whole ensemble. */
  readonly biasVariance: TrainingSetsReport | null;
}

/** Trains and measures, on the calling thread unless the comparison names a runner. */
export async function compareSources(
  train: Dataset,
  test: Dataset,
  options: TrainingOptions = {},
  comparison: SourcesOptions = {},
): Promise<SourcesReport> {
  checkOptions('compareSources', comparison, SOURCES_OPTIONS);
  requireUses(comparison, SOURCES_USES);
  const { seeds = SOURCES_OPTIONS.seeds.default, onTraining } = comparison;
  const settings = pickOptions(comparison, TRAINING_SETTINGS);
  const { signal, aggregator } = SOURCES_OPTIONS;
  const measuring = pickOptions(comparison, { signal, aggregator });
  settings.signal?.throwIfAborted();
  requireDataset(train, 'train');
  requireDataset(test, 'test');
  const given = asGiven(options);
  // Here and not above, since zod takes as long to load as all the rest.
  const { parseTrainingOptions } = await import('../training/options/training-schema.js');
  const { vary, ...parsed } = parseTrainingOptions(given);
  const own = withoutTurns(parsed);
  const first = own.seed ?? randomSeed();
  const plan = preparePlan(
    train,
    { ...own, seed: first },
    await resolveModules(own, train, first, isolationOf(settings)),
  );
  const planned = plan.members.length;
  if (planned < 2) failOption('members', 'at least 2, for their errors to correlate', planned);
  const compared = vary === undefined ? sourcesOf(plan) : [...new Set(vary)];
  const numbers = Array.from({ length: seeds }, (_, at) => first + at);
  const sources: SourceFigures[] = [];
  for (const source of [...compared, 'all'] as const) {
    const runs: Run[] = [];
    for (const seed of numbers) {
      onTraining?.(source, seed);
      const varied = { ...own, seed, vary: source === 'all' ? compared : [source] };
      const trained = await keepFailures(plan, () => trainEnsemble(train, varied, settings));
      runs.push({ seed, ...trained, measured: await measureRun(trained.ensemble, test, measuring) });
    }
    sources.push(figuresOf(source, runs, train.task.kind === 'classification'));
  }
  const { trainingSets = 0, trainingShare: share = SOURCES_OPTIONS.trainingShare.default } = comparison;
  const { preprocessing: _, ...running } = settings;
  const drawn = { trainingSets, share, seed: first, ...measuring };
  const biasVariance =
    trainingSets === 0
      ? null
      : await biasVarianceOf(train, test, {
          ...drawn,
          async train(rows, seed) {
            onTraining?.('trainingSet', seed);
            const varied = { ...own, seed, vary: compared };
            return (await keepFailures(plan, () => trainEnsemble(rows, varied, running))).ensemble;
          },
        });
  return { planned, seeds: numbers, rows: test.rows, sources, biasVariance };
}

/** Members alike embed numbers in one way: taking two in turn makes them differ, but not by chance. */
function withoutTurns(options: TrainingOptions): TrainingOptions {
  const { own, turns, runs } = listMembers(options);
  if (turns === 1 || own.length > 1) return options;
  return { ...options, members: Array.from({ length: runs }, () => ({})) };
}

interface Trained {
  /** Null when every member failed. */
  readonly ensemble: TrainedEnsemble | null;
  readonly failures: readonly FailedMember[];
}

interface Run extends Trained {
  readonly seed: number;
  readonly measured: Measurement | null;
}

/** One training; that all of its members failed ends the training, but not the comparison. */
async function keepFailures(
  { members }: EnsemblePlan,
  run: () => Promise<TrainedEnsemble>,
): Promise<Trained> {
  try {
    const ensemble = await run();
    return { ensemble, failures: ensemble.failures };
  } catch (error) {
    if (!(error instanceof TuttiError) || error.code !== 'ERR_MEMBERS_FAILED') throw error;
    const wire = toWire(error.cause ?? error);
    return { ensemble: null, failures: members.map((_, index) => ({ index, error: wire })) };
  }
}

async function measureRun(
  ensemble: TrainedEnsemble | null,
  test: Dataset,
  options: Pick<SourcesOptions, 'aggregator' | 'signal'>,
): Promise<Measurement | null> {
  if (ensemble === null) return null;
  return await evaluateEnsemble(ensemble, test, {
    ...options,
    ...{ curves: false, covariance: false, replicates: 0 },
  });
}

/** The sources that any member of the plan draws from. */
export function sourcesOf({ members }: EnsemblePlan): Source[] {
  const draws = (source: Exclude<Source, 'resample'>) =>
    members.some((spec) => engineOf(spec).draws(spec).includes(source));
  const uses: Record<Source, boolean> = {
    resample: members.some(({ resample, featureShare }) => resample.kind !== 'none' || featureShare < 1),
    init: draws('init'),
    order: draws('order'),
    masks: draws('masks'),
  };
  return (Object.keys(uses) as Source[]).filter((source) => uses[source]);
}

function figuresOf(source: Source | 'all', runs: readonly Run[], classes: boolean): SourceFigures {
  const spread = (of: (measurement: Measurement) => number | null) =>
    spreadOf(runs.map(({ measured }) => (measured === null ? null : of(measured))));
  return {
    source,
    memberCounts: runs.map(({ ensemble }) => ensemble?.members.length ?? 0),
    failures: runs.flatMap(({ seed, failures }) => failures.map((failure) => ({ ...failure, seed }))),
    v: spread(({ errorCorrelation }) => errorCorrelation.v),
    c: spread(({ errorCorrelation }) => errorCorrelation.c),
    rho: spread(({ errorCorrelation }) => errorCorrelation.rho),
    vMinusC: spread(({ errorCorrelation }) => errorCorrelation.vMinusC),
    ensembleError: spread(({ errorCorrelation }) => errorCorrelation.measured),
    errorRate: classes ? spread((own) => own.ensemble?.errorRate ?? null) : null,
    meanMemberErrorRate: classes ? spread(({ meanMember }) => meanMember.errorRate) : null,
  };
}

function spreadOf(values: readonly (number | null)[]): Spread {
  const known = values.flatMap((value) => value ?? []);
  if (known.length === 0) return { mean: null, std: null, values };
  const squares = variance(known) * known.length;
  return {
    mean: mean(known),
    std: known.length < 2 ? null : Math.sqrt(squares / (known.length - 1)),
    values,
  };
}
