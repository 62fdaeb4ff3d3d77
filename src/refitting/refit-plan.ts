// The plan by which an ensemble is trained once more: the settings of its members, each for as long as it was trained.

import { engineOf } from '../engines/registry.js';
import type { TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { sortedJson } from '../files/sorted-plain.js';
import { membersOfRun, placeInRun } from '../model/snapshots.js';
import { type EnsemblePlan, hasEpochs, isOptimised, type MemberSpec } from '../model/spec.js';

export interface RefitPlan {
  /** Whole runs, of which an ensemble may have some members only. */
  readonly plan: EnsemblePlan;
  /** The place in it of each trained member. */
  readonly places: readonly number[];
  /** How many of those see all rows. */
  readonly onAllRows: number;
}

/** The plan of the same members as they were trained first, of whole runs. */
export function planAgain({ plan, members }: TrainedEnsemble): RefitPlan {
  return wholeRuns(
    plan,
    members.map(({ index }) => plan.members[index]!),
  );
}

/** The plan of the members for all rows; nothing is held out, and nothing stops them. */
export function refitPlan({ plan, members }: TrainedEnsemble, rows: 'all' | 'resampled'): RefitPlan {
  const specs = members.map((member) => refitSpec(plan.members[member.index]!, member, rows));
  return wholeRuns({ ...plan, validationShare: 0 }, specs);
}

function refitSpec(spec: MemberSpec, { epoch }: TrainedMember, rows: 'all' | 'resampled'): MemberSpec {
  const isAll = rows === 'all' && differsBesideRows(spec);
  const own = { ...spec, earlyStopping: null, ...(isAll ? { resample: { kind: 'none' } as const } : {}) };
  if (!hasEpochs(spec) || spec.earlyStopping === null) return own;
  const epochs = Math.max(1, epoch);
  if (!isOptimised(spec)) return { ...own, epochs } as MemberSpec;
  const { schedule } = spec;
  const warmupEpochs = Math.min(schedule.warmupEpochs, epochs);
  return { ...own, epochs, schedule: { ...schedule, warmupEpochs } } as MemberSpec;
}

/** Whether a member draws any chance beside its rows, and so differs from its like on the same rows. */
function differsBesideRows(spec: MemberSpec): boolean {
  return spec.featureShare < 1 || engineOf(spec).draws(spec).length > 0;
}

function wholeRuns(plan: EnsemblePlan, specs: readonly MemberSpec[]): RefitPlan {
  const members: MemberSpec[] = [];
  const firsts = new Map<string, number>();
  const places = specs.map((spec) => {
    const of = membersOfRun(spec);
    if (of === 1) return members.push(spec) - 1;
    const run = sortedJson({ ...spec, snapshot: null });
    let first = firsts.get(run);
    if (first === undefined) {
      first = members.length;
      firsts.set(run, first);
      for (let index = 0; index < of; index++) members.push(inRun(spec, index));
    }
    return first + placeInRun(spec);
  });
  const onAllRows = specs.filter(({ resample }) => resample.kind === 'none').length;
  return { plan: { ...plan, members }, places, onAllRows };
}

function inRun(spec: MemberSpec, index: number): MemberSpec {
  const { snapshot } = spec as MemberSpec & { readonly snapshot: object };
  return { ...spec, snapshot: { ...snapshot, index } } as MemberSpec;
}
