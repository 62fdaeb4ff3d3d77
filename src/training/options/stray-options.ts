// Options without effect: one that means nothing to the members it was given to is refused, because whoever gave it
// expects something of it. When an option has an effect is said in its record.

import { engines } from '../../engines/registry.js';
import { failOption } from '../../errors.js';
import type { Users } from '../../model/options/field.js';
import type { FilledOptions } from '../../model/options/filled-options.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import type { Condition } from '../../option-names.js';
import { engineFor } from './member-engine.js';
import { MEMBER_FIELDS, TRAINING_FIELDS } from './option-defaults.js';
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
 * @param asked whose options are to have a user; those of the members, unless a preset gives them some of its own.
 * @throws ERR_OPTION
 */
export function requireUsers(members: readonly MemberOptions[], asked = members): void {
  const unused = new Map<Name, MemberOptions>();
  for (const own of asked) for (const name of namesOf(own)) if (!unused.has(name)) unused.set(name, own);
  for (const own of members) {
    if (unused.size === 0) return;
    const filled = withDefaults(own);
    for (const name of unused.keys()) if (complaintOf(name, own, filled) === null) unused.delete(name);
  }
  for (const [name, own] of unused) failUnused(name, own, members);
}

/** Says of the first member that could use it by its engine, else of the first, what the option lacks. */
function failUnused(name: Name, first: MemberOptions, members: readonly MemberOptions[]): never {
  const { by } = MEMBER_USES[name];
  const own = members.find((member) => member[name] !== undefined && isUser(member, by)) ?? first;
  if (isUser(own, by)) failOption(name, complaintOf(name, own, withDefaults(own))!, own[name]);
  // Layers and their dropout come from one place: `model` or these options.
  const { model: _, ...others } = own;
  if (isUser(others, by)) failOption(name, 'absent when `model` is given', own[name]);
  const users = engines.names.filter((engine) => isUser({ engine }, by)).join(' or ');
  failOption('engine', `${users} for a member when \`${name}\` is given`, engineFor(own).name);
}

/** Whether a member of these options is of one of the groups that an option is for. */
function isUser(own: MemberOptions, { groups }: Users): boolean {
  return engineFor(own)
    .optionUsers(own)
    .some((group) => groups.includes(group));
}

/** Whether a member of these options can use an option. */
export function uses(own: MemberOptions, name: Name): boolean {
  return isUser(own, MEMBER_USES[name].by);
}

/** Whether an option has an effect on a member of these options. */
export function hasEffect(own: MemberOptions, name: Name): boolean {
  return complaintOf(name, own, withDefaults(own)) === null;
}

/** The options of a member that have no effect beside its others. */
export function withoutEffect(own: MemberOptions): readonly Name[] {
  const filled = withDefaults(own);
  return namesOf(own).filter((name) => complaintOf(name, own, filled) !== null);
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
  if (!isUser(own, by)) {
    const { name: engine, optionUsers } = engineFor(own);
    const describesModel = optionUsers(own).includes('model');
    const what = describesModel ? 'a network that `model` describes' : `engine ${engine}`;
    return `absent for a member of ${what}`;
  }
  // All that was stated is among the defaults in place.
  return when === undefined || when.holds(filled) ? null : `absent unless ${when.says}`;
}

function namesOf(options: MemberOptions): Name[] {
  return (Object.keys(options) as Name[]).filter((name) => options[name] !== undefined);
}
