// Attacks on a trained ensemble: how its score, and its members', fall as inputs are moved against them; on one
// member at a time and on the whole, and how attacks carry over from one member to the others.

import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../data/dataset.js';
import { featureScaleOf } from '../data/feature-scale.js';
import { createDifferentiable, type DifferentiableNetworks } from '../engines/wasm/differentiable.js';
import { resolveArithmetic } from '../kernels/arithmetic.js';
import { compileKernels } from '../kernels/compile-kernels.js';
import { BLOCK_ROWS, blockRanges } from '../measure/blocks.js';
import { requireNetwork } from '../model/network.js';
import type { AttackNorm, AttackScale, Loss } from '../model/spec.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { type AttackBall, attackBall, attackStep, perturb } from '../regularization/perturb.js';
import { attackWeights, type RawOutputs, type Truth } from './attack-loss.js';
import { type AttackScore, createScores, SCORE_NAMES } from './attack-score.js';
import type { Ensemble } from './ensemble.js';
import { checkDataset } from './evaluate.js';
import { networkMembers } from './network-predictor.js';
import { rangesOf } from './shared-extras.js';

/** More members than this are attacked only as a whole unless asked for: their matrix has k² entries. */
const MOST_MEMBERS = 32;

export interface AttackOptions {
  /** Radii, each ≥ 0. */
  readonly epsilons: readonly number[];
  /** @default 'linf' */
  readonly norm?: AttackNorm;
  /** Steps up the gradient. @default 1 */
  readonly steps?: number;
  /** Shares of each feature's range, or the units of the data. @default 'range' */
  readonly scale?: AttackScale;
  /** Least and largest value of every feature in the units of the data. @default each feature's range */
  readonly bounds?: readonly [low: number, high: number];
  /** The rows whose ranges count, such as the training rows. @default the attacked rows */
  readonly rangesOf?: Dataset;
  /** Whom to attack. @default 'both', up to 32 members; beyond, the ensemble */
  readonly target?: 'ensemble' | 'member' | 'both';
}

const ATTACK_OPTIONS = {
  epsilons: option.required({
    expected: 'a non-empty list of numbers ≥ 0',
    holds: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((epsilon) => Number.isFinite(epsilon) && epsilon >= 0),
  }),
  norm: option.oneOf('linf', 'l2'),
  steps: option.integer(1),
  scale: option.oneOf('range', 'absolute'),
  bounds: {
    expected: 'two numbers, the lower first',
    holds: (value) =>
      Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1],
  },
  rangesOf: option.object,
  target: option.oneOf('ensemble', 'member', 'both'),
} satisfies OptionTable<AttackOptions>;

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
  readonly points: readonly AttackPoint[];
}

/**
 * Scores an ensemble and its members under attack. Accuracy for classes; for numbers the root mean squared error
 * in the user's units, where higher is worse. The ensemble predicts by the arithmetic mean.
 * @param dataset preprocessed like the training rows, with its truth: attacks know it.
 * @throws ERR_OPTION for options that make no sense or members that are no networks; ERR_SHAPE when the
 * dataset's features or task are not the ensemble's.
 *
 * **Source:** Goodfellow, Shlens, Szegedy (2015); Madry et al. (2018) for several steps; Goodfellow, Bengio,
 * Courville, Deep Learning, 7.13.
 */
export async function attackEnsemble(
  ensemble: Ensemble,
  dataset: Dataset,
  options: AttackOptions,
): Promise<Robustness> {
  checkOptions('attackEnsemble', options, ATTACK_OPTIONS);
  checkDataset(ensemble, dataset);
  const settings = resolveAttack(options, ensemble.members.length);
  const attacked = loadAttacked(ensemble);
  const points: AttackPoint[] = [];
  for (const epsilon of options.epsilons) {
    points.push(await attackAt(attacked, ensemble, dataset, settings, epsilon));
  }
  const { norm, steps, scale, bounds } = settings;
  return { score: SCORE_NAMES[ensemble.task.kind], rows: dataset.rows, norm, steps, scale, bounds, points };
}

interface AttackSettings {
  readonly norm: AttackNorm;
  readonly steps: number;
  readonly scale: AttackScale;
  readonly bounds: readonly [low: number, high: number] | null;
  readonly rangesOf: Dataset | null;
  readonly onEnsemble: boolean;
  readonly onMembers: boolean;
}

function resolveAttack(options: AttackOptions, members: number): AttackSettings {
  const { norm = 'linf', steps = 1, scale = 'range', bounds = null } = options;
  const target = options.target ?? (members <= MOST_MEMBERS ? 'both' : 'ensemble');
  return {
    ...{ norm, steps, scale, bounds, rangesOf: options.rangesOf ?? null },
    onEnsemble: target !== 'member',
    onMembers: target !== 'ensemble',
  };
}

/** The members as attacks see them. */
interface Attacked {
  readonly networks: DifferentiableNetworks;
  readonly losses: readonly Loss[];
}

function loadAttacked(ensemble: Ensemble): Attacked {
  const { plan, members, features, task } = ensemble;
  const losses = members.map(({ index }) => requireNetwork(plan.members[index]!, index).loss);
  const module = compileKernels(resolveArithmetic(plan.arithmetic));
  const networks = createDifferentiable(module, networkMembers(ensemble), features, task, BLOCK_ROWS);
  return { networks, losses };
}

async function attackAt(
  attacked: Attacked,
  ensemble: Ensemble,
  dataset: Dataset,
  settings: AttackSettings,
  epsilon: number,
): Promise<AttackPoint> {
  const ball = ballOf(ensemble, dataset, settings, epsilon);
  const all = attacked.losses.map((_, member) => member);
  const whole = settings.onEnsemble ? createScores(all.length, ensemble) : null;
  const single = settings.onMembers ? all.map(() => createScores(all.length, ensemble)) : [];
  for (const { start, end } of blockRanges(dataset.rows)) {
    const x = dataset.x.subarray(start * dataset.features, end * dataset.features);
    const truth = truthOf(dataset, start, end);
    const scored = (sources: readonly number[], scores: ReturnType<typeof createScores>) => {
      const moved = attackBlock(attacked, sources, x, truth, ball, settings);
      scores.add(
        all.map((member) => rawOutputs(attacked, member, moved)),
        truth,
      );
    };
    if (whole !== null) scored(all, whole);
    for (const [member, scores] of single.entries()) {
      scored([member], scores);
      await setImmediate();
    }
    await setImmediate();
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

function ballOf(ensemble: Ensemble, dataset: Dataset, settings: AttackSettings, epsilon: number): AttackBall {
  const { features } = ensemble;
  const reference = settings.rangesOf ?? dataset;
  const { low, high } = rangesOf(
    reference,
    Uint32Array.from({ length: reference.rows }, (_, row) => row),
  );
  const scale = featureScaleOf(ensemble) ?? {
    mean: new Float64Array(features),
    std: new Float64Array(features).fill(1),
  };
  return attackBall({ ...settings, epsilon }, { low, high, ...scale }, null);
}

function truthOf({ task, labels, targets, rows }: Dataset, start: number, end: number): Truth {
  const width = targets.length / rows;
  return { task, labels: labels.subarray(start, end), targets: targets.subarray(start * width, end * width) };
}

function rawOutputs({ networks, losses }: Attacked, member: number, x: Float32Array): RawOutputs {
  return { loss: losses[member]!, values: networks.outputs(member, x) };
}

/** Rows moved against the mean prediction of some members. */
function attackBlock(
  attacked: Attacked,
  sources: readonly number[],
  x: Float32Array,
  truth: Truth,
  ball: AttackBall,
  { norm, steps }: AttackSettings,
): Float32Array {
  const moved = x.slice();
  if (ball.radius.every((radius) => radius === 0)) return moved;
  for (let step = 0; step < steps; step++) {
    const weights = attackWeights(
      sources.map((member) => rawOutputs(attacked, member, moved)),
      truth,
    );
    const gradient = new Float32Array(x.length);
    for (const [at, member] of sources.entries()) {
      const own = attacked.networks.inputGradient(member, moved, weights[at]!);
      for (let i = 0; i < gradient.length; i++) gradient[i]! += own[i]!;
    }
    perturb(norm, moved, x, gradient, ball, attackStep(steps));
  }
  return moved;
}
