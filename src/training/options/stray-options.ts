// Options without effect: one that means nothing to the members it was given to is refused, because whoever gave it
// expects something of it. When an option has an effect is said beside its schema.

import { failOption } from '../../errors.js';
import type { FilledOptions } from '../../model/options/filled-options.js';
import { neighboursUses } from '../../model/options/neighbours-options.js';
import { optimisationUses, stoppingOf } from '../../model/options/optimisation-options.js';
import type { Use } from '../../model/options/option-use.js';
import { perturbationUses } from '../../model/options/perturbation-options.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import { engineOf, kindOf, moduleUses } from './module-options.js';
import { sharedUses } from './shared-options.js';
import { withDefaults } from './with-defaults.js';

type Name = keyof MemberOptions;

/** When each option of a member has an effect. */
export const MEMBER_USES: { readonly [Name in keyof MemberOptions]-?: Use<FilledOptions & MemberOptions> } = {
  ...sharedUses,
  ...moduleUses,
  ...optimisationUses,
  ...neighboursUses,
  ...perturbationUses,
};

/**
 * Refuses a shared option, or one of a grid, that no member uses.
 * @param members every member's options, the shared ones among them.
 * @throws ERR_OPTION
 */
export function requireUsers(members: readonly MemberOptions[]): void {
  const unused = new Map<Name, MemberOptions>();
  for (const own of members) for (const name of namesOf(own)) if (!unused.has(name)) unused.set(name, own);
  for (const own of members) {
    if (unused.size === 0) return;
    const filled = withDefaults(own);
    for (const name of unused.keys()) if (complaintOf(name, own, filled) === null) unused.delete(name);
  }
  for (const [name, own] of unused) failUnused(name, own, members);
}

/** Says of the first member that could use it by its kind, else of the first, what the option lacks. */
function failUnused(name: Name, first: MemberOptions, members: readonly MemberOptions[]): never {
  const { by } = MEMBER_USES[name];
  const own = members.find((member) => member[name] !== undefined && by.includes(kindOf(member))) ?? first;
  const kind = kindOf(own);
  if (by.includes(kind)) failOption(name, complaintOf(name, own, withDefaults(own))!, own[name]);
  // Layers and their dropout come from one place: `model` or these options.
  if (kind === 'model' && by.includes('wasm')) failOption(name, 'absent when `model` is given', own[name]);
  const engines = by.filter((user) => user !== 'model').join(' or ');
  failOption('engine', `${engines} for a member when \`${name}\` is given`, engineOf(own));
}

/**
 * Refuses an option that one member of a list was given for itself and does not use.
 * @param own its own options. @param all its options with the shared ones. @param member its place in the list.
 * @throws ERR_OPTION
 */
export function requireUse(own: MemberOptions, all: MemberOptions, member: number): void {
  const filled = withDefaults(all);
  for (const name of namesOf(own)) {
    const complaint = complaintOf(name, all, filled);
    if (complaint !== null) failOption(`members[${member}].${name}`, complaint, own[name]);
  }
}

/** @throws ERR_OPTION for a share of rows that no member stops by. */
export function requireShare(validationShare: number | undefined, members: readonly MemberOptions[]): void {
  if (validationShare === undefined) return;
  if (members.some((own) => stoppingOf(withDefaults(own), own.earlyStopping) === 'validation')) return;
  failOption('validationShare', 'absent unless `earlyStopping` is validation', validationShare);
}

/** What an option should be for a member that does not use it; null for one that does. */
function complaintOf(name: Name, own: MemberOptions, filled: FilledOptions): string | null {
  const { by, when } = MEMBER_USES[name];
  const kind = kindOf(own);
  if (!by.includes(kind)) {
    const what = kind === 'model' ? 'a network that `model` describes' : `engine ${engineOf(own)}`;
    return `absent for a member of ${what}`;
  }
  return when === undefined || when.holds({ ...own, ...filled }) ? null : `absent unless ${when.says}`;
}

function namesOf(options: MemberOptions): Name[] {
  return (Object.keys(options) as Name[]).filter((name) => options[name] !== undefined);
}
