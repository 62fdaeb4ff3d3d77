// The losses: what all of tutti knows of each, in one record. How an engine computes it is the engine's:
// src/engines/wasm/losses.ts and src/engines/tfjs/head.ts.

import { outputCount, type Scale, type Task, type TaskKind } from '../data/dataset/dataset.js';
import { failOption } from '../errors.js';

interface LossDefinition {
  /** What it is for beside the usual, as a clause; null for a task's usual one. */
  readonly says: string | null;
  readonly task: TaskKind;
  /** The number of classes that it needs; null for any. */
  readonly classes: number | null;
  /** Raw outputs of a network, for so many classes or targets. */
  readonly units: (outputs: number) => number;
  /** What predictions have beside means: logarithms of probabilities, variances or nothing. */
  readonly gives: 'logProbabilities' | 'variance' | null;
  /** What makes probabilities of raw outputs: the activation in which a model of the user's may end. */
  readonly activation: 'softmax' | 'sigmoid' | null;
  /** Whether labels may be smoothed under it. */
  readonly smooths: boolean;
  /**
   * Numbers: what makes predictions of raw outputs. identity: the target's scale; log: rates are e^z; levels: quantiles, each
   * softplus(z) above the one before; logistic: probabilities of 1.
   */
  readonly link: 'identity' | 'log' | 'levels' | 'logistic';
}

const each = (outputs: number) => outputs;

/** Of each task the usual one first. */
const LOSSES = {
  softmaxCrossEntropy: {
    ...{ says: null, task: 'classification', classes: null, units: each, smooths: true },
    ...{ gives: 'logProbabilities', activation: 'softmax', link: 'identity' },
  },
  binaryCrossEntropy: {
    ...{ says: 'has one output for two classes', task: 'classification', classes: 2, units: () => 1 },
    ...{ gives: 'logProbabilities', activation: 'sigmoid', smooths: true, link: 'identity' },
  },
  focal: {
    ...{ says: 'is for classes that are rare', task: 'classification', classes: null, units: each },
    ...{ gives: 'logProbabilities', activation: 'softmax', smooths: false, link: 'identity' },
  },
  squaredError: {
    ...{ says: null, task: 'regression', classes: null, units: each },
    ...{ gives: null, activation: null, smooths: false, link: 'identity' },
  },
  gaussianNll: {
    ...{ says: 'predicts a variance beside each number', task: 'regression', classes: null },
    ...{ units: (outputs) => 2 * outputs, gives: 'variance', activation: null, smooths: false },
    link: 'identity',
  },
  huber: {
    ...{ says: 'is for numbers with outliers', task: 'regression', classes: null, units: each },
    ...{ gives: null, activation: null, smooths: false, link: 'identity' },
  },
  poisson: {
    ...{ says: 'is for counts', task: 'regression', classes: null, units: each },
    ...{ gives: null, activation: null, smooths: false, link: 'log' },
  },
  multilabel: {
    ...{ says: 'is for several targets of 0 and 1', task: 'regression', classes: null, units: each },
    ...{ gives: null, activation: null, smooths: false, link: 'logistic' },
  },
  quantile: {
    ...{ says: 'predicts `quantiles`', task: 'regression', classes: null, units: each },
    ...{ gives: null, activation: null, smooths: false, link: 'levels' },
  },
} as const satisfies Readonly<Record<string, LossDefinition>>;

export type Loss = keyof typeof LOSSES;

/** A loss with what it reads beside the truth: what of a member's spec says how its raw outputs are judged. */
export interface LossSpec {
  readonly loss: Loss;
  /** huber: from which error on it grows linearly, in standardised units, above 0; absent for other losses. */
  readonly huberDelta?: number | undefined;
  /** focal: the power of 1 − p that weighs an example, ≥ 0; absent for other losses. */
  readonly focalGamma?: number | undefined;
  /** quantile: the levels that are predicted, in (0, 1), ascending; absent for other losses. */
  readonly quantiles?: readonly number[] | undefined;
}

const isLoss = (name: string): name is Loss => Object.hasOwn(LOSSES, name);

export const LOSS_NAMES: readonly Loss[] = Object.keys(LOSSES).filter(isLoss);

export function lossOf(loss: Loss): LossDefinition {
  return LOSSES[loss];
}

/** Units of the output layer: of quantiles, those of all targets, level after level. */
export function headUnits({ loss, quantiles }: LossSpec, task: Task): number {
  return lossOf(loss).units(outputCount(task)) * (quantiles?.length ?? 1);
}

/**
 * Of each target what a rate is counted in: its mean over the training rows, or 1 where that is not above 0, which it is of
 * targets that are not standardised.
 */
export function rateUnits({ mean }: Scale): number[] {
  return mean.map((value) => (value > 0 ? value : 1));
}

/** Whether predictions are more of raw outputs than the target's scale makes. */
export function isLinked({ loss }: LossSpec): boolean {
  return lossOf(loss).link !== 'identity';
}

/** Whether members trained with it predict variances. */
export function givesVariances(loss: Loss | undefined): boolean {
  return loss !== undefined && lossOf(loss).gives === 'variance';
}

/** The losses of a kind of task, the usual one first. */
export function lossesOf(kind: TaskKind): readonly Loss[] {
  return LOSS_NAMES.filter((loss) => lossOf(loss).task === kind);
}

export function lossFits(loss: Loss, task: Task): boolean {
  const { classes } = lossOf(loss);
  return lossOf(loss).task === task.kind && (classes === null || classes === outputCount(task));
}

/** The loss of a task where none is stated. @throws ERR_OPTION for one that does not fit the task. */
export function resolveLoss(loss: Loss | undefined, task: Task): Loss {
  const fitting = lossesOf(task.kind);
  const [usual] = fitting;
  if (loss === undefined) return usual!;
  if (!fitting.includes(loss))
    failOption('loss', `${oneOf(fitting)} for ${task.kind}${otherwise(task)}`, loss);
  if (!lossFits(loss, task)) failOption('loss', `${usual} for ${outputCount(task)} classes`, loss);
  return loss;
}

/** A few integers are taken for classes unless somebody says otherwise. */
function otherwise(task: Task): string {
  if (task.kind === 'regression') return '';
  const areNumbers = task.classes.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return areNumbers ? ' (numbers are predicted with `task` regression)' : '';
}

function oneOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** What the option is, in words: what each loss is for that is not the usual one. */
export function lossWords(): { readonly says: string; readonly defaultSays: string } {
  const special = LOSS_NAMES.flatMap((loss) => {
    const { says } = lossOf(loss);
    return says === null ? [] : `${loss} ${says}`;
  });
  const [classes, numbers] = [lossesOf('classification')[0], lossesOf('regression')[0]];
  return {
    says: `what training minimises; ${special.join(', ')}`,
    defaultSays: `${classes} for classes, ${numbers} for numbers`,
  };
}
