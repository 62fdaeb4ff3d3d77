// Turns what a user wrote about training into the plain specs that engines read: one for each member, every
// default filled in. It knows nothing of files, threads or kernels.

import type { Task } from '../../data/dataset/dataset.js';
import type { InputRun } from '../../model/inputs.js';
import { isNetwork } from '../../model/network-members.js';
import type { ModuleTable } from '../../model/options/module-table.js';
import { withPreset } from '../../model/options/presets.js';
import { resolveResample, resolveStreams } from '../../model/options/resampling-options.js';
import type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
import type { Arithmetic, EnsemblePlan, MemberSpec } from '../../model/spec.js';
import { engineFor, moduleOf } from './member-engine.js';
import { listMembers } from './member-list.js';
import { DEFAULTS } from './option-defaults.js';
import { withDefaults } from './with-defaults.js';

export type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
export { gridPoints, memberCount, memberOptions, runCount } from './member-list.js';
export { DEFAULTS } from './option-defaults.js';

/** What a plan needs to know of the data it will train on. */
export interface PlanContext {
  readonly task: Task;
  /** Rows of the dataset. @default more than any option asks for */
  readonly rows?: number;
  /** Columns of the dataset. */
  readonly features: number;
  /** What these are, of a table. @default numbers as they come, of arrays */
  readonly inputColumns?: readonly InputRun[] | undefined;
  /** Tangent vectors per row of the dataset. @default 0 */
  readonly tangents?: number;
  readonly seed: number;
  readonly arithmetic: Arithmetic;
  /** The modules that the options name. @default none */
  readonly modules?: ModuleTable;
}

/**
 * Resolves options to a plan: every default filled in, every member a spec of its own.
 * @throws ERR_OPTION for combinations that make no sense (a loss that does not fit the task, …).
 */
export function resolvePlan(options: TrainingOptions, context: PlanContext): EnsemblePlan {
  // What is drawn is drawn by the plan's seed.
  const { own, runs, turns } = listMembers({ ...options, seed: context.seed });
  const choices = choicesOf(own, turns, runs, context);
  const members = Array.from({ length: runs }, (_, run) => runOf(choices[run % choices.length]!, run)).flat();
  const usesValidation = members.some((member) => member.earlyStopping?.on === 'validation');
  return {
    seed: context.seed,
    arithmetic: context.arithmetic,
    members,
    validationShare: usesValidation ? (options.validationShare ?? DEFAULTS.validationShare) : 0,
  };
}

/** The distinct specs of a plan and how many members take them in turn, without making a spec for each. */
export function memberChoices(
  options: TrainingOptions,
  context: PlanContext,
): { readonly choices: readonly MemberSpec[]; readonly total: number } {
  const { own, runs, turns, total } = listMembers({ ...options, seed: context.seed });
  return { choices: choicesOf(own, turns, runs, context).flatMap((choice) => runOf(choice, 0)), total };
}

/** What the options of a member become: all but the streams of a run, in which alone runs of the same options differ. */
interface Choice {
  readonly spec: MemberSpec;
  readonly streamsOf: (run: number) => MemberSpec['streams'];
}

/** The choices that runs take in turn, of fewer runs the first. */
function choicesOf(
  own: readonly MemberOptions[],
  turns: number,
  runs: number,
  context: PlanContext,
): readonly Choice[] {
  return Array.from({ length: turns }, (_, turn) => own.map((choice) => ({ choice, turn })))
    .flat()
    .slice(0, runs)
    .map(({ choice, turn }) => resolveMember(choice, turn, context));
}

/** The members of one run: one, or as many as it leaves. */
function runOf({ spec: choice, streamsOf }: Choice, run: number): MemberSpec[] {
  const spec = { ...choice, streams: streamsOf(run) };
  if (!isNetwork(spec) || spec.snapshot === null) return [spec];
  const { snapshot } = spec;
  return Array.from({ length: snapshot.of }, (_, place) => ({
    ...spec,
    snapshot: { ...snapshot, index: place },
  }));
}

function resolveMember(stated: MemberOptions, turn: number, context: PlanContext): Choice {
  const { task, features, rows = Number.POSITIVE_INFINITY, tangents = 0, modules = new Map() } = context;
  const own = withPreset(stated, task.kind);
  const o = withDefaults(own);
  const columns =
    context.inputColumns === undefined
      ? ({ inputColumns: [['number', features]], turn: null } as const)
      : { inputColumns: context.inputColumns, turn };
  const module = moduleOf(own, modules);
  const { featureShare, vary } = o;
  const streamsOf = (run: number) => resolveStreams(vary, run);
  const common = { resample: resolveResample(o, task), featureShare, streams: streamsOf(0) };
  const known = { task, rows, features, ...columns, tangents };
  return { spec: engineFor(own).resolve(o, own, { ...known, module, common }), streamsOf };
}
