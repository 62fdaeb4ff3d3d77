// Which source of chance makes members err differently: the same ensemble trained with each source switched on
// alone, the draws of the others shared by all members, and with all of them on.

import type { Dataset } from '../data/dataset.js';
import { failOption } from '../errors.js';
import { mean } from '../math/statistics.js';
import type { Measurement } from '../measure/measurement.js';
import { parseTrainingOptions, type TrainingOptions } from '../model/options.js';
import { type EnsemblePlan, type EpochMemberSpec, hasEpochs, type Source } from '../model/spec.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { type Aggregator, COMBINE_OPTIONS } from './aggregate/aggregate.js';
import { evaluateEnsemble } from './evaluate.js';
import { resolveModules } from './resolve-modules.js';
import { preparePlan, randomSeed, trainEnsemble } from './train-ensemble.js';
import { TRAINING_SETTINGS, type TrainingSettings } from './training-settings.js';

export interface SourcesOptions extends Pick<TrainingSettings, 'runner' | 'signal' | 'preprocessing'> {
  /** How many seeds every source is repeated over: `seed`, `seed` + 1, … @default 5 */
  readonly seeds?: number;
  /** @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** Told before each training. */
  readonly onTraining?: (source: Source | 'all', seed: number) => void;
}

const SOURCES_OPTIONS = {
  runner: TRAINING_SETTINGS.runner,
  signal: TRAINING_SETTINGS.signal,
  preprocessing: TRAINING_SETTINGS.preprocessing,
  seeds: option.integer(1),
  aggregator: COMBINE_OPTIONS.aggregator,
  onTraining: option.function,
} satisfies OptionTable<SourcesOptions>;

/** A figure over the seeds. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation with n − 1; null for one seed. */
  readonly std: number | null;
  /** One per seed, in their order. */
  readonly values: readonly number[];
}

/** What one source did, on the held-out rows. Errors are squared errors, summed over outputs. */
export interface SourceFigures {
  /** The source that was on, or all of them. */
  readonly source: Source | 'all';
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
  readonly members: number;
  readonly seeds: readonly number[];
  readonly rows: number;
  /** Each source alone, then all. */
  readonly sources: readonly SourceFigures[];
}

/**
 * Trains and measures the ensemble once per source and seed, and once per seed with all sources on.
 * @param test rows that no member is trained on.
 * @param options as for `trainEnsemble`; `vary` names the sources to compare. @default those that are in use
 * @throws ERR_OPTION for fewer than two members or a number of seeds that is not one.
 */
export async function compareSources(
  train: Dataset,
  test: Dataset,
  options: TrainingOptions = {},
  comparison: SourcesOptions = {},
): Promise<SourcesReport> {
  checkOptions('compareSources', comparison, SOURCES_OPTIONS);
  const { seeds = 5, aggregator, onTraining, ...settings } = comparison;
  const { vary, ...own } = parseTrainingOptions(options);
  const first = own.seed ?? randomSeed();
  const plan = preparePlan(train, { ...own, seed: first }, await resolveModules(own, train, first));
  const members = plan.members.length;
  if (members < 2) failOption('members', 'at least 2, for their errors to correlate', members);
  const compared = vary === undefined ? sourcesOf(plan) : [...new Set(vary)];
  const numbers = Array.from({ length: seeds }, (_, at) => first + at);
  const sources: SourceFigures[] = [];
  for (const source of [...compared, 'all'] as const) {
    const measured: Measurement[] = [];
    for (const seed of numbers) {
      onTraining?.(source, seed);
      const varied = { ...own, seed, vary: source === 'all' ? compared : [source] };
      const ensemble = await trainEnsemble(train, varied, settings);
      const chosen = aggregator === undefined ? {} : { aggregator };
      measured.push(
        await evaluateEnsemble(ensemble, test, {
          ...chosen,
          curves: false,
          covariance: false,
          replicates: 0,
        }),
      );
    }
    sources.push(figuresOf(source, measured));
  }
  return { members, seeds: numbers, rows: test.rows, sources };
}

/** The sources that any member of the plan draws from. */
export function sourcesOf({ members }: EnsemblePlan): Source[] {
  const uses: Record<Source, boolean> = {
    resample: members.some(({ resample, featureShare }) => resample.kind !== 'none' || featureShare < 1),
    // A learner's random numbers are its own affair, but they are drawn from this source.
    init: members.some(({ engine }) => engine !== 'neighbours'),
    order: members.some(hasEpochs),
    masks: members.some((spec) => hasEpochs(spec) && drawsMasks(spec)),
  };
  return (Object.keys(uses) as Source[]).filter((source) => uses[source]);
}

/** Layers of a tfjs model may be dropout or noise, which no spec tells. */
function drawsMasks(spec: EpochMemberSpec): boolean {
  return spec.engine === 'tfjs' || spec.dropout !== null || spec.inputNoise > 0;
}

function figuresOf(source: Source | 'all', measured: readonly Measurement[]): SourceFigures {
  const spread = (of: (measurement: Measurement) => number) => spreadOf(measured.map(of));
  const classes = measured[0]!.meanMember.errorRate !== null;
  return {
    source,
    v: spread(({ errorCorrelation }) => errorCorrelation.v),
    c: spread(({ errorCorrelation }) => errorCorrelation.c!),
    // Members without any error have nothing to correlate.
    rho: spread(({ errorCorrelation }) => errorCorrelation.rho ?? 1),
    vMinusC: spread(({ errorCorrelation }) => errorCorrelation.vMinusC!),
    ensembleError: spread(({ errorCorrelation }) => errorCorrelation.measured),
    errorRate: classes ? spread(({ ensemble }) => ensemble!.errorRate!) : null,
    meanMemberErrorRate: classes ? spread(({ meanMember }) => meanMember.errorRate!) : null,
  };
}

function spreadOf(values: readonly number[]): Spread {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { mean: centre, std: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)), values };
}
