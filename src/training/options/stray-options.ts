// Options without effect: one that means nothing to the members it was given to is refused, because whoever gave it
// expects something of it. When an option has an effect is said in its record.

import { failOption } from '../../errors.js';
import type { Users } from '../../model/options/field.js';
import type { FilledOptions } from '../../model/options/filled-options.js';
import { engineOf, kindOf } from '../../model/options/module-options.js';
import { MEMBER_FIELDS, TRAINING_FIELDS } from '../../model/options/training-fields.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import type { Condition } from '../../option-names.js';
import { withDefaults } from './with-defaults.js';

type Name = keyof MemberOptions;

/** When each option of a member has an effect. */
export const MEMBER_USES: {
  readonly [Name in keyof MemberOptions]-?: {
    readonly by: Users;
    readonly when?: Condition<FilledOptions & MemberOptions>;
  };
} = MEMBER_FIELDS;

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
  const own =
    members.find((member) => member[name] !== undefined && by.kinds.includes(kindOf(member))) ?? first;
  const kind = kindOf(own);
  if (by.kinds.includes(kind)) failOption(name, complaintOf(name, own, withDefaults(own))!, own[name]);
  // Layers and their dropout come from one place: `model` or these options.
  if (kind === 'model' && by.kinds.includes('wasm'))
    failOption(name, 'absent when `model` is given', own[name]);
  const engines = by.kinds.filter((user) => user !== 'model').join(' or ');
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
  const { when } = TRAINING_FIELDS.validationShare;
  if (members.some((own) => when?.holds({ ...own, ...withDefaults(own) }))) return;
  failOption('validationShare', `absent unless ${when?.says}`, validationShare);
}

/** What an option should be for a member that does not use it; null for one that does. */
function complaintOf(name: Name, own: MemberOptions, filled: FilledOptions): string | null {
  const { by, when } = MEMBER_USES[name];
  const kind = kindOf(own);
  if (!by.kinds.includes(kind)) {
    const what = kind === 'model' ? 'a network that `model` describes' : `engine ${engineOf(own)}`;
    return `absent for a member of ${what}`;
  }
  return when === undefined || when.holds({ ...own, ...filled }) ? null : `absent unless ${when.says}`;
}

function namesOf(options: MemberOptions): Name[] {
  return (Object.keys(options) as Name[]).filter((name) => options[name] !== undefined);
}
