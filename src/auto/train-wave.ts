// Trains the members of a wave as one plan, and takes over what they say of rows that they did not see. Several waves may be in
// training at once; what comes of each is taken over in their order.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { TuttiError, toWire, type WireError } from '../errors.js';
import { cycleOf } from '../model/snapshots.js';
import { type EnsemblePlan, hasEpochs, type MemberSpec } from '../model/spec.js';
import type { PlanContext } from '../training/options/options.js';
import type { TrainingSettings } from '../training/session/training-settings.js';
import { carryOut, workOf } from '../training/train-plan.js';
import { type Candidate, takeMember } from './candidates.js';
import type { WaveTask } from './waves.js';

/** A wave that has ended. */
export interface TrainedWave {
  readonly tasks: readonly WaveTask[];
  /** By the places of its plan; null where every one failed, as those of bad settings may. */
  readonly trained: TrainedEnsemble | null;
  /** Why all of them did. */
  readonly error: TuttiError | null;
}

export type WaveSettings = Pick<
  TrainingSettings,
  'runner' | 'retries' | 'signal' | 'onInterrupt' | 'onProgress'
>;

/** @param deliverEarly aborted when members are to end with what they have. @throws what `trainEnsemble` throws, but ERR_MEMBERS_FAILED. */
export async function trainWave(
  tasks: readonly WaveTask[],
  dataset: Dataset,
  { seed, arithmetic }: Pick<PlanContext, 'seed' | 'arithmetic'>,
  settings: WaveSettings,
  deliverEarly: AbortSignal | null,
): Promise<TrainedWave> {
  const members = placesOf(tasks).map(({ candidate, fold }) => candidate.specs[fold]!);
  const plan: EnsemblePlan = { seed, arithmetic, members, validationShare: 0 };
  const early = deliverEarly === null ? {} : { deliverEarly };
  const work = async () => ({ ...workOf(dataset, plan, {}), ...early });
  try {
    return { tasks, trained: await carryOut('autoEnsemble', dataset, settings, work), error: null };
  } catch (error) {
    if (!(error instanceof TuttiError) || error.code !== 'ERR_MEMBERS_FAILED') throw error;
    return { tasks, trained: null, error };
  }
}

/** Members that a wave has, those that its runs leave beside the first counted. */
export function membersOf(tasks: readonly WaveTask[]): number {
  return tasks.reduce((sum, { candidate }) => sum + candidate.family.length, 0);
}

/** A candidate's fold for each member of the wave's plan. */
function placesOf(tasks: readonly WaveTask[]): readonly WaveTask[] {
  return tasks.flatMap(({ candidate: { family }, fold }) => family.map((candidate) => ({ candidate, fold })));
}

/** What a wave has come to. */
export interface TakenWave {
  /** Members trained, and those of them that failed. */
  readonly done: number;
  readonly failed: number;
  readonly firstFailure: WireError | null;
  /** Members that delivered before their training was over. */
  readonly cut: number;
}

/** Takes a wave's members over; settings of which one failed are given up. */
export async function takeWave(
  { tasks, trained, error }: TrainedWave,
  dataset: Dataset,
  deviations: readonly number[],
): Promise<TakenWave> {
  const places = placesOf(tasks);
  if (trained === null) {
    for (const { candidate } of places) candidate.dropped = true;
    const firstFailure = toWire(error?.cause ?? error);
    return { done: places.length, failed: places.length, firstFailure, cut: 0 };
  }
  let cut = 0;
  for (const member of trained.members) {
    const { candidate, fold } = places[member.index]!;
    if (isCut(candidate.specs[fold]!, member)) cut++;
    await takeMember(candidate, fold, { ...trained, members: [member] }, dataset, deviations);
  }
  // Later snapshots of a run that was cut short are not there, and nothing is wrong with the earlier ones.
  const failures = trained.failures.filter(({ error: { code } }) => code !== 'ERR_CANCELLED');
  for (const { index } of failures) giveUp(places[index]!.candidate);
  const failed = failures.length;
  return { done: trained.members.length + failed, failed, firstFailure: failures[0]?.error ?? null, cut };
}

function giveUp({ family }: Candidate): void {
  for (const own of family) own.dropped = true;
}

/** Whether a member has had neither all its epochs nor as many without a better one as it is patient for. */
function isCut(spec: MemberSpec, { epoch, history }: TrainedMember): boolean {
  if (!hasEpochs(spec)) return false;
  const last = history.at(-1)?.epoch ?? 0;
  if (last >= cycleOf(spec).last) return false;
  const { earlyStopping } = spec;
  return earlyStopping === null || last - epoch < earlyStopping.patience;
}
