// Attacks on a trained ensemble: how its score, and its members', fall as inputs are moved against them; on one
// member at a time and on the whole, and how attacks carry over from one member to the others.

import type { Dataset } from '../../data/dataset/dataset.js';
import { encodeRows, encodeTargets, encodeValue } from '../../data/dataset/encoding.js';
import { type ColumnRanges, columnRanges } from '../../data/dataset/training-facts.js';
import { cachedSite } from '../../engines/wasm/cached-site.js';
import { createDifferentiable, type DifferentiableNetworks } from '../../engines/wasm/differentiable.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { checkDataset } from '../../ensemble/predict/inputs.js';
import { networkMembers } from '../../ensemble/predict/network-predictor.js';
import { failOption } from '../../errors.js';
import { resolveArithmetic } from '../../kernels/arithmetic.js';
import { executorCode } from '../../kernels/executor-choice.js';
import { betweenBlocks, LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { isLinked, type Loss } from '../../model/losses.js';
import { requireNetwork } from '../../model/network-members.js';
import type { AttackNorm, AttackScale } from '../../model/spec.js';
import {
  checkOptions,
  described,
  type OptionCheck,
  type OptionTable,
  type OptionUses,
  option,
  requireUses,
} from '../../option-names.js';
import { BLOCK_ROWS, blockRanges } from '../../predictions/blocks.js';
import { type AttackBall, attackBall, attackStep, perturb } from '../../techniques/perturb.js';
import { attackWeights, type RawOutputs, type Truth } from './attack-loss.js';
import { type AttackScore, createScores, SCORE_NAMES } from './attack-score.js';
import { type AttackSpace, attackSpace } from './attack-space.js';

/** More members than this are attacked only as a whole unless asked for: their matrix has k² entries. */
const MOST_MEMBERS = 32;

/** Radii where none are given: from nothing to a tenth of each feature's range. */
export const DEFAULT_EPSILONS: readonly number[] = [0, 0.01, 0.02, 0.05, 0.1];

export interface AttackOptions extends LongCallOptions {
  /** Radii, each ≥ 0. */
  readonly epsilons: readonly number[];
  /** @default 'linf' */
  readonly norm?: AttackNorm;
  /** Steps up the gradient. @default 1 */
  readonly steps?: number;
  /**
   * Shares of each feature's range (under a soft clip, of the range as members see it), or the units of the data.
   * @default 'range'
   */
  readonly scale?: AttackScale;
  /** Least and largest value of every feature in the units of the data. @default each feature's range, as of `rangesOf` */
  readonly bounds?: readonly [low: number, high: number];
  /** The rows whose ranges count. @default the training rows; the attacked rows for an ensemble saved before format 3 */
  readonly rangesOf?: Dataset;
  /** Whom to attack. @default 'both', up to 32 members; beyond, the ensemble */
  readonly on?: 'ensemble' | 'member' | 'both';
}

const EPSILONS: OptionCheck = {
  expected: 'a non-empty list of numbers ≥ 0',
  holds: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((epsilon) => Number.isFinite(epsilon) && epsilon >= 0),
};

const BOUNDS: OptionCheck = {
  expected: 'two numbers, the lower first',
  holds: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1],
};

/** What the options must be; see src/option-names.ts. */
export const ATTACK_OPTIONS = {
  ...LONG_CALL_OPTIONS,
  epsilons: described(option.required(EPSILONS), {
    kind: 'numbers',
    says: 'how far inputs are moved',
    range: 'each a number ≥ 0',
  }),
  norm: described(option.oneOf('linf', 'l2'), {
    kind: 'choice',
    says: 'epsilon bounds the largest change, or the Euclidean length',
    default: 'linf',
  }),
  steps: described(option.integer(1), {
    kind: 'number',
    says: 'steps up the gradient of the loss',
    default: 1,
  }),
  scale: described(option.oneOf('range', 'absolute'), {
    kind: 'choice',
    says: "epsilon as a share of each feature's range in the training rows, or in its units",
    default: 'range',
  }),
  bounds: described(BOUNDS, {
    kind: 'numbers',
    says: 'least and largest value of a feature',
    defaultSays: "each feature's range in the training rows",
  }),
  rangesOf: option.object,
  on: described(option.oneOf('ensemble', 'member', 'both'), {
    kind: 'choice',
    says: 'whom to attack',
    defaultSays: `both up to ${MOST_MEMBERS} members, then the ensemble`,
  }),
} satisfies OptionTable<AttackOptions>;

const ATTACK_USES = {
  rangesOf: {
    says: '`scale` is range or no `bounds` are given',
    holds: ({ scale, bounds }) => scale !== 'absolute' || bounds === undefined,
  },
} satisfies OptionUses<AttackOptions>;

/** Scores at one radius; a list has one entry per trained member, in plan order. */
export interface AttackPoint {
  readonly epsilon: number;
  /** Under the attack on the whole ensemble; null where that was not asked for. */
  readonly onEnsemble: { readonly ensemble: number; readonly members: readonly number[] } | null;
  /**
   * Under the attacks on one member each: of the ensemble, per attacked member, and of the members,
   * transfer[attacked][scored].
   */
  readonly onMembers: {
    readonly ensemble: readonly number[];
    readonly transfer: readonly (readonly number[])[];
  } | null;
}

export interface Robustness {
  readonly score: AttackScore;
  readonly rows: number;
  readonly norm: AttackNorm;
  readonly steps: number;
  readonly scale: AttackScale;
  readonly bounds: readonly [low: number, high: number] | null;
  /** The rows whose feature ranges were taken. */
  readonly rangesFrom: 'training' | 'attacked' | 'given';
  readonly points: readonly AttackPoint[];
}

/**
 * Scores an ensemble and its members under attack. Accuracy for classes; for numbers the root mean squared error
 * in the user's units, where higher is worse. The ensemble predicts by the arithmetic mean.
 * @param dataset of the ensemble's columns and task, with its truth: attacks know it.
 * @throws ERR_OPTION for options that make no sense or members that are no networks; ERR_SHAPE when the
 * dataset's features or task are not the ensemble's.
 *
 * **Source:** Goodfellow, Shlens, Szegedy (2015); Madry et al. (2018) for several steps; Goodfellow, Bengio,
 * Courville, Deep Learning, 7.13.
 */
export async function attackEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: AttackOptions,
): Promise<Robustness> {
  checkOptions('attackEnsemble', options, ATTACK_OPTIONS);
  requireUses(options, ATTACK_USES);
  options.signal?.throwIfAborted();
  checkDataset(ensemble, dataset);
  const settings = resolveAttack(options, ensemble);
  if (settings.rangesOf !== null) checkDataset(ensemble, settings.rangesOf);
  const ranges = rangesFor(ensemble, dataset, settings.rangesOf);
  const attacked = loadAttacked(ensemble);
  const points: AttackPoint[] = [];
  try {
    for (const epsilon of options.epsilons) {
      points.push(
        await attackAt(
          attacked,
          ensemble,
          dataset,
          settings,
          ballOf(ensemble, ranges.values, settings, epsilon),
          epsilon,
        ),
      );
    }
  } finally {
    attacked.networks.dispose();
  }
  const { norm, steps, scale, bounds } = settings;
  const shape = { score: SCORE_NAMES[ensemble.task.kind], rows: dataset.rows };
  return { ...shape, norm, steps, scale, bounds, rangesFrom: ranges.from, points };
}

interface AttackSettings {
  readonly norm: AttackNorm;
  readonly steps: number;
  readonly scale: AttackScale;
  readonly bounds: readonly [low: number, high: number] | null;
  readonly rangesOf: Dataset | null;
  readonly space: AttackSpace;
  readonly onEnsemble: boolean;
  readonly onMembers: boolean;
  readonly signal: AbortSignal | undefined;
}

function resolveAttack(
  options: AttackOptions,
  { members: { length: members }, encoding }: TrainedEnsemble,
): AttackSettings {
  const { norm: ofNorm, steps: ofSteps, scale: ofScale } = ATTACK_OPTIONS;
  const { norm = ofNorm.default, steps = ofSteps.default, scale = ofScale.default, bounds = null } = options;
  const on = options.on ?? (members <= MOST_MEMBERS ? 'both' : 'ensemble');
  return {
    ...{ norm, steps, scale, bounds, rangesOf: options.rangesOf ?? null },
    space: attackSpace(encoding.features, scale),
    onEnsemble: on !== 'member',
    onMembers: on !== 'ensemble',
    signal: options.signal,
  };
}

/** The members as attacks see them. */
interface Attacked {
  readonly networks: DifferentiableNetworks;
  readonly losses: readonly Loss[];
}

function loadAttacked(ensemble: TrainedEnsemble): Attacked {
  const { plan, members, features, task } = ensemble;
  const losses = members.map(({ index }) => requireNetwork(plan.members[index]!, index).loss);
  const site = cachedSite(executorCode(resolveArithmetic(plan.arithmetic)));
  const attacked = networkMembers(ensemble);
  for (const { spec } of attacked) {
    if (isLinked(spec)) failOption('ensemble', 'one whose losses can be attacked', `loss ${spec.loss}`);
  }
  const networks = createDifferentiable(site, attacked, features, task, BLOCK_ROWS);
  return { networks, losses };
}

async function attackAt(
  attacked: Attacked,
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  settings: AttackSettings,
  ball: AttackBall,
  epsilon: number,
): Promise<AttackPoint> {
  const all = attacked.losses.map((_, member) => member);
  const whole = settings.onEnsemble ? createScores(all.length, ensemble) : null;
  const single = settings.onMembers ? all.map(() => createScores(all.length, ensemble)) : [];
  for (const { start, end } of blockRanges(dataset.rows)) {
    const x = encodeRows(dataset.x, ensemble.features, settings.space.scale, { start, end });
    const truth = truthOf(ensemble, dataset, start, end);
    const scored = (sources: readonly number[], scores: ReturnType<typeof createScores>) => {
      const moved = settings.space.seen(attackBlock(attacked, sources, x, truth, ball, settings));
      scores.add(
        all.map((member) => rawOutputs(attacked, member, moved)),
        truth,
      );
    };
    if (whole !== null) scored(all, whole);
    for (const [member, scores] of single.entries()) {
      scored([member], scores);
      await betweenBlocks(settings.signal);
    }
    await betweenBlocks(settings.signal);
  }
  const results = single.map((scores) => scores.finish());
  return {
    epsilon,
    onEnsemble: whole === null ? null : whole.finish(),
    onMembers: !settings.onMembers
      ? null
      : {
          ensemble: results.map((result) => result.ensemble),
          transfer: results.map(({ members }) => members),
        },
  };
}

/** The feature ranges that count, in the user's units. */
function rangesFor(
  { trainedOn }: TrainedEnsemble,
  attacked: Dataset,
  given: Dataset | null,
): { readonly values: ColumnRanges; readonly from: Robustness['rangesFrom'] } {
  if (given !== null) return { values: columnRanges(given.x, given.features), from: 'given' };
  if (trainedOn !== null) return { values: trainedOn.featureRanges, from: 'training' };
  return { values: columnRanges(attacked.x, attacked.features), from: 'attacked' };
}

function ballOf(
  { features }: TrainedEnsemble,
  ranges: ColumnRanges,
  settings: AttackSettings,
  epsilon: number,
): AttackBall {
  const own = settings.space.scale;
  const scale = own ?? { mean: new Float64Array(features), std: new Float64Array(features).fill(1) };
  const encode = (row: readonly number[]) =>
    encodeRows(Float64Array.from(row), features, own, { start: 0, end: 1 });
  const [low, high] = [encode(ranges.low), encode(ranges.high)];
  const encodeOne = (value: number, i: number) => (own === null ? value : encodeValue(own, i, value));
  return attackBall({ ...settings, epsilon }, { low, high, std: scale.std, encode: encodeOne }, null);
}

/** Targets as members are taught them. */
function truthOf({ encoding }: TrainedEnsemble, dataset: Dataset, start: number, end: number): Truth {
  const { task, labels, targets, rows } = dataset;
  const width = targets.length / rows;
  const own = encodeTargets(targets.subarray(start * width, end * width), encoding.targets);
  return { task, labels: labels.subarray(start, end), targets: own };
}

function rawOutputs({ networks, losses }: Attacked, member: number, x: Float32Array): RawOutputs {
  return { loss: losses[member]!, values: networks.outputs(member, x) };
}

/** Rows of the attack's space moved against the mean prediction of some members. */
function attackBlock(
  attacked: Attacked,
  sources: readonly number[],
  x: Float32Array,
  truth: Truth,
  ball: AttackBall,
  { norm, steps, space }: AttackSettings,
): Float32Array {
  const moved = x.slice();
  if (ball.radius.every((radius) => radius === 0)) return moved;
  for (let step = 0; step < steps; step++) {
    const seen = space.seen(moved);
    const weights = attackWeights(
      sources.map((member) => rawOutputs(attacked, member, seen)),
      truth,
    );
    const gradient = new Float32Array(x.length);
    for (const [at, member] of sources.entries()) {
      const own = attacked.networks.inputGradient(member, seen, weights[at]!);
      for (let i = 0; i < gradient.length; i++) gradient[i]! += own[i]!;
    }
    space.pullBack(gradient, seen);
    perturb(norm, moved, x, gradient, ball, attackStep(steps));
  }
  return moved;
}
