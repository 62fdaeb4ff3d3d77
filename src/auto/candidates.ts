// Candidates of the selection: a setting trained once on the rows outside of each fold, which together say of every row what
// they would of a new one. Of that only what the selection's loss reads is kept, in single precision.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { drawEnsembleRows, drawMember } from '../ensemble/member-rows.js';
import { eachBlock } from '../ensemble/predict/predict.js';
import { variance } from '../math/statistics.js';
import type { MemberOptions } from '../model/options/training-options.js';
import type { EnsemblePlan, MemberSpec } from '../model/spec.js';
import { termsOf } from './terms.js';

/** A setting that is tried, and what there is of it. */
export interface Candidate {
  /** Its place in the order in which settings are thought of. */
  readonly place: number;
  /** As it was drawn, ranges replaced. */
  readonly options: MemberOptions;
  /**
   * Candidates of the same runs, this one among them, by the epoch at which the runs leave their members: candidates are pairs
   * of a setting and an epoch.
   */
  family: readonly Candidate[];
  /** A spec for each fold; streams say which. */
  readonly specs: readonly MemberSpec[];
  /** Of each fold; null where it is not trained. */
  readonly trained: (TrainedMember | null)[];
  /** Of each fold whether somebody was asked to train it. */
  readonly asked: boolean[];
  /** What it says of rows that it was not trained on, in the terms of the loss: f32[rows × width]; NaN where it says nothing yet. */
  terms: Float32Array;
  /** A fold that cannot be trained, or that nobody hopes anything of. */
  dropped: boolean;
}

/**
 * The candidates of a setting: one, or one for each snapshot that its runs leave.
 * @param runs of each fold the members that it leaves.
 */
export function newCandidates(
  place: number,
  options: MemberOptions,
  runs: readonly (readonly MemberSpec[])[],
  dataset: Dataset,
): readonly Candidate[] {
  const numbers = dataset.rows * termsOf(dataset).width;
  const family = runs[0]!.map(
    (_, snapshot): Candidate => ({
      ...{ place, options, family: [], dropped: false },
      specs: runs.map((run) => run[snapshot]!),
      trained: runs.map(() => null),
      asked: runs.map(() => false),
      terms: new Float32Array(numbers).fill(Number.NaN),
    }),
  );
  for (const own of family) own.family = family;
  return family;
}

/** Gives a candidate up, with all that it holds. */
export function forget(candidate: Candidate): void {
  candidate.dropped = true;
  candidate.trained.fill(null);
  candidate.terms = new Float32Array(0);
}

/** The first of a setting's candidates, which stands for all of them where members are trained. */
export function isLead(candidate: Candidate): boolean {
  return candidate.family[0] === candidate;
}

/** Whether all its folds are trained. */
export function isComplete({ trained }: Candidate): boolean {
  return trained.every((member) => member !== null);
}

/** The rows that a member was not fitted to, those that it stopped by among them. */
export function unseenRows(spec: MemberSpec, plan: EnsemblePlan, dataset: Dataset): Uint32Array {
  const draw = drawMember(
    plan.seed,
    spec,
    dataset,
    dataset.features,
    drawEnsembleRows(plan, dataset).of(spec),
  );
  const unseen = new Uint8Array(dataset.rows).fill(1);
  for (const row of draw.inBag) unseen[row] = 0;
  return Uint32Array.from({ length: dataset.rows }, (_, row) => row).filter((row) => unseen[row] === 1);
}

/**
 * Takes over a fold's member, with what it says of the rows it did not see.
 * @param ensemble of this member alone.
 * @param deviations of the targets, of which errors are shares.
 * @returns those rows.
 */
export async function takeMember(
  candidate: Candidate,
  fold: number,
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  deviations: readonly number[],
): Promise<Uint32Array> {
  const [member] = ensemble.members;
  const rows = unseenRows(candidate.specs[fold]!, ensemble.plan, dataset);
  const { terms } = candidate;
  const { task, labels, targets } = dataset;
  await eachBlock(ensemble, dataset.x, rows.length, rows, ([predicted], { start, end }) => {
    const { mean, outputs } = predicted!;
    for (let at = 0; at < end - start; at++) {
      const row = rows[start + at]!;
      if (task.kind === 'classification') terms[row] = mean[at * outputs + labels[row]!]!;
      else
        for (let column = 0; column < outputs; column++) {
          const error = mean[at * outputs + column]! - targets[row * outputs + column]!;
          terms[row * outputs + column] = error / deviations[column]!;
        }
    }
  });
  candidate.trained[fold] = member!;
  return rows;
}

/** Of each target over all rows, in the user's units; 1 for a constant. */
export function deviationsOf({ task, targets }: Dataset): readonly number[] {
  if (task.kind === 'classification') return [];
  const columns = task.targets.length;
  return task.targets.map((_, column) => {
    const own = targets.filter((_value, at) => at % columns === column);
    const spread = Math.sqrt(variance(Array.from(own)));
    return spread > 0 ? spread : 1;
  });
}
