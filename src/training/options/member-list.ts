// Which members options describe: so many alike, a list with the options of each, or the combinations of a grid.
// What an option means is not known here; whether anyone uses it is stray-options.ts.

import { failOption } from '../../errors.js';
import { EMBEDDINGS_IN_TURN } from '../../model/options/embedding-options.js';
import { presetOf } from '../../model/options/presets.js';
import type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
import { requireUses } from '../../option-names.js';
import { DEFAULTS, IF_RESEEDING } from './option-defaults.js';
import { drawAll, drawMember, isSearched, type SearchedOptions } from './search-options.js';
import { hasEffect, requireShare, requireUse, requireUsers } from './stray-options.js';
import { withDefaults } from './with-defaults.js';

/** Upper bound on the number of members: beyond it the seeds' stream numbers would not fit. */
const MAX_MEMBERS = 2 ** 31 - 1;

/** More different members than this are surely a mistake; each takes a kilobyte of the plan. */
const MAX_POINTS = 100_000;
const SMALL_GRID = 1000;

/** Options that say how many members a run leaves; no run has two of them above 1. */
const LEAVING = ['snapshots', 'submodels'] as const;

/** The choices of options, which the runs take in turn. */
export interface MemberList {
  readonly own: readonly MemberOptions[];
  readonly runs: number;
  /** Ways in which members alike differ in turn, where their options leave that open. */
  readonly turns: number;
  /** Members that the runs leave. */
  readonly total: number;
}

type Grid = NonNullable<TrainingOptions['grid']>;

/** The options of each kind of member, which the runs take in turn. */
export function memberOptions(options: TrainingOptions): readonly MemberOptions[] {
  return listMembers(options).own;
}

/** How many members the options ask for: those of every run. */
export function memberCount(options: TrainingOptions): number {
  return listMembers(options).total;
}

/** How many runs train them; as many as there are members where each leaves one. */
export function runCount(options: TrainingOptions): number {
  return listMembers(options).runs;
}

/**
 * Each run's options: a list as it is, or the grid's combinations, which `runs` runs take in turn.
 * @throws ERR_OPTION for options that no member uses, and for more members or combinations than there may be.
 */
export function listMembers(options: TrainingOptions): MemberList {
  const { own, runs } = listRuns(options);
  requireShare(options.validationShare, own);
  requireUses(options, { reseeds: IF_RESEEDING });
  const left = own.map(membersOfRun);
  const most = left.reduce((largest, members) => Math.max(largest, members), 1);
  if (most > 1 && left.reduce((sum, members) => sum + members, 0) > MAX_POINTS) {
    const name = LEAVING.find((one) => own.some((choice) => membersBy(choice, one) === most))!;
    failOption(name, `so few that at most ${MAX_POINTS} members differ`, most);
  }
  // Of the first `runs % own.length` choices there is one run more than of the others.
  const total = left.reduce(
    (sum, members, choice) =>
      sum + members * (Math.floor(runs / own.length) + (choice < runs % own.length ? 1 : 0)),
    0,
  );
  if (total > MAX_MEMBERS) {
    failOption('members', `an integer ≤ ${MAX_MEMBERS}, all that runs leave included`, total);
  }
  return { own, runs, turns: isAlike(options) ? EMBEDDINGS_IN_TURN.length : 1, total };
}

/** Members of a list, a grid or ranges differ as these say, and in nothing else. */
function isAlike({ members, grid, ...shared }: TrainingOptions): boolean {
  return typeof members !== 'object' && grid === undefined && !isSearched(shared);
}

/** How many members a run with these options leaves, by one of those that let it leave several. */
function membersOfRun(own: MemberOptions): number {
  return LEAVING.reduce((most, name) => Math.max(most, membersBy(own, name)), 1);
}

function membersBy(own: MemberOptions, name: (typeof LEAVING)[number]): number {
  return hasEffect(own, name) ? withDefaults(own)[name] : 1;
}

function listRuns({
  members,
  grid,
  seed = 0,
  arithmetic: _arithmetic,
  validationShare: _share,
  deadline: _deadline,
  onDivergence: _onDivergence,
  reseeds: _reseeds,
  ...shared
}: TrainingOptions): { own: MemberOptions[]; runs: number } {
  if (typeof members === 'object') {
    if (grid !== undefined) failOption('grid', 'absent when `members` is a list', grid);
    if (isSearched(shared) || members.some(isSearched)) {
      return drawnOf(
        members.map((own) => ({ ...stated(shared), ...stated(own) })),
        members.length,
        seed,
      );
    }
    return listOf(members.map(stated) as MemberOptions[], stated(shared) as MemberOptions);
  }
  if (grid !== undefined) {
    if (isSearched(shared)) failOption('grid', 'absent beside ranges', grid);
    return gridOf(stated(grid) as Grid, stated(shared) as MemberOptions, members);
  }
  if (isSearched(shared))
    return drawnOf([stated(shared)], members ?? membersOf(drawAll(shared, seed, 0)), seed);
  const all = shared as MemberOptions;
  const { variants = [{}] } = presetOf(all.preset ?? DEFAULTS.preset);
  const own = variants.map((variant) => ({ ...variant, ...stated(all) }));
  requireUsers(own, [all]);
  return { own, runs: members ?? membersOf(all) };
}

/** Of cross-validation as many as leave each row out so often; else what the preset says. */
function membersOf(shared: MemberOptions): number {
  const { resample, folds, repeats } = withDefaults(shared);
  const { preset = DEFAULTS.preset } = shared;
  return resample === 'cv' ? folds * repeats : (presetOf(preset).members ?? DEFAULTS.members);
}

/** So many draws tell whether any member can use an option, whatever the members of this seed happen to draw. */
const TRIED_DRAWS = 64;

/** Members that draw from ranges, each of which is a choice of its own. */
function drawnOf(searched: readonly SearchedOptions[], runs: number, seed: number) {
  if (runs > MAX_POINTS) failOption('members', `at most ${MAX_POINTS} that draw from ranges`, runs);
  const draw = (of: number, index: number) => drawMember(searched[of % searched.length]!, seed, index);
  requireDrawn(searched);
  return { own: Array.from({ length: runs }, (_, run) => draw(run, run)), runs };
}

/** @throws ERR_OPTION for what no draw could use. */
function requireDrawn(searched: readonly SearchedOptions[]): void {
  const tried = searched.flatMap((own) =>
    Array.from({ length: TRIED_DRAWS }, (_, index) => drawAll(own, 0, index)),
  );
  requireUsers(tried);
}

/** What is shared is a default: a member's own value overrules it. */
function listOf(members: readonly MemberOptions[], shared: MemberOptions) {
  const own = members.map((choice) => ({ ...shared, ...choice }));
  for (const [member, choice] of members.entries()) requireUse(choice, own[member]!, member);
  requireUsers(own);
  return { own, runs: own.length };
}

function gridOf(grid: Grid, shared: MemberOptions, members: number | undefined) {
  const hidden = namesOf(shared).find((name) => grid[name] !== undefined);
  if (hidden !== undefined) failOption(hidden, 'absent when `grid` lists it', shared[hidden]);
  const points = gridPoints(grid);
  const runs = members ?? points;
  const own = firstPoints(grid, points, runs).map((choice) => ({ ...shared, ...choice }));
  requireUsers(own);
  return { own, runs };
}

/** How many combinations a grid has. @throws ERR_OPTION for a grid without lists. */
export function gridPoints(grid: Grid): number {
  const lists = Object.values(grid) as readonly (readonly unknown[])[];
  if (lists.length === 0) failOption('grid', 'lists of at least one option', grid);
  return lists.reduce((product, values) => product * values.length, 1);
}

/**
 * The grid's combinations, the last name varying fastest: all of a small grid, so that what none of them uses is found;
 * of a large one those that are trained, because three lists of a thousand are a thousand million points.
 */
function firstPoints(grid: Grid, points: number, runs: number): MemberOptions[] {
  if (Math.min(points, runs) > MAX_POINTS) {
    const expected = `at most ${MAX_POINTS} points, or \`members\` to say how many of the first are trained`;
    failOption('grid', expected, `${points} points`);
  }
  const lists = Object.entries(grid) as [string, readonly unknown[]][];
  return Array.from({ length: Math.min(points, Math.max(runs, SMALL_GRID)) }, (_, point) => {
    let rest = point;
    const chosen = lists.toReversed().map(([name, values]) => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value] as const;
    });
    return Object.fromEntries(chosen.toReversed()) as MemberOptions;
  });
}

/** Without the names whose value is undefined: they would hide what the members share. */
function stated<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

function namesOf(options: MemberOptions): (keyof MemberOptions)[] {
  return Object.keys(options) as (keyof MemberOptions)[];
}
