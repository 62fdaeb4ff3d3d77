// Options that are ranges: how they are checked, and the members that are drawn from them, each with plain values of its own.

import { failOption } from '../../errors.js';
import { RandomStream, streamKey } from '../../math/random.js';
import {
  type AnyRange,
  drawFrom,
  endsOf,
  FIXED_OPTIONS,
  isRange,
  type Ranged,
  requireRange,
} from '../../model/options/search-range.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import { isPlainObject } from '../../option-names.js';
import { MEMBER_FIELDS } from './option-defaults.js';
import { withoutEffect } from './stray-options.js';

/** Options of a member, of which any may be a range. */
export type SearchedOptions = Ranged<MemberOptions>;

type Plain = Readonly<Record<string, unknown>>;

const SEARCHABLE: ReadonlySet<string> = new Set(
  Object.keys(MEMBER_FIELDS).filter((name) => !(FIXED_OPTIONS as readonly string[]).includes(name)),
);

/** Whether members may draw values of an option. */
export function isSearchable(name: string): boolean {
  return SEARCHABLE.has(name);
}

/** Whether any of the options is a range. */
export function isSearched(options: SearchedOptions): boolean {
  return Object.entries(options).some(([name, value]) => isSearchable(name) && isRange(value));
}

/**
 * Holds what ranges say against what options may be.
 * @param options of a training, from any source. @param check holds plain options against their schema.
 * @returns the options as the check gives them back, with their ranges. @throws ERR_OPTION
 */
export function checkRanges<Options extends object>(
  options: Plain,
  check: (plain: Plain) => Options,
): Options {
  const { members, ...shared } = options;
  const ranges = rangesOf(shared);
  const listed = Array.isArray(members)
    ? members.map((own) => (isPlainObject(own) ? rangesOf(own) : {}))
    : [];
  if ([ranges, ...listed].every((own) => Object.keys(own).length === 0)) return check(options);
  for (const [name, range] of Object.entries(ranges)) {
    requireRange(name, range);
    for (const value of endsOf(range)) check({ [name]: value });
  }
  for (const [member, own] of listed.entries()) {
    for (const [name, range] of Object.entries(own)) {
      requireRange(`members[${member}].${name}`, range);
      for (const value of endsOf(range)) check({ [name]: value });
    }
  }
  const list = Array.isArray(members) ? members.map((own, at) => without(own, listed[at]!)) : members;
  const checked = check({
    ...(without(shared, ranges) as Plain),
    ...(members === undefined ? {} : { members: list }),
  });
  const back = (own: unknown, at: number) => ({ ...(own as object), ...listed[at]! });
  const plain = (checked as { readonly members?: unknown }).members;
  return {
    ...(checked as object),
    ...ranges,
    ...(Array.isArray(plain) ? { members: plain.map(back) } : {}),
  } as Options;
}

function rangesOf(options: Plain): Readonly<Record<string, AnyRange>> {
  const found: Record<string, AnyRange> = {};
  for (const [name, value] of Object.entries(options)) {
    // A map of class weights may have a class called log, but no list for it.
    if (!isRange(value) || !Object.hasOwn(MEMBER_FIELDS, name)) continue;
    if (!isSearchable(name)) failOption(name, 'one value, since members of an ensemble share it', value);
    found[name] = value;
  }
  return found;
}

function without(options: unknown, ranges: Plain): unknown {
  if (!isPlainObject(options)) return options;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !Object.hasOwn(ranges, name)));
}

/**
 * The options of one member as they are drawn. Each option has a stream of its own, keyed by its name, so that another
 * range changes no draw of this one.
 * @param index of the member's run.
 */
export function drawAll(options: SearchedOptions, seed: number, index: number): MemberOptions {
  const drawn: Record<string, unknown> = { ...options };
  for (const [name, value] of Object.entries(options)) {
    if (isRange(value) && isSearchable(name)) {
      drawn[name] = drawFrom(value, new RandomStream(streamKey(seed, 'search', index, hashOf(name))));
    }
  }
  return drawn as MemberOptions;
}

/** The options of one member, without what means nothing beside its other draws: a momentum where adam was drawn. */
export function drawMember(options: SearchedOptions, seed: number, index: number): MemberOptions {
  return withoutVain(drawAll(options, seed, index));
}

/** Options without those that have no effect beside the others. */
export function withoutVain(own: MemberOptions): MemberOptions {
  const vain = withoutEffect(own);
  return Object.fromEntries(
    Object.entries(own).filter(([name]) => !vain.includes(name as keyof MemberOptions)),
  ) as MemberOptions;
}

/** Fowler, Noll and Vo's hash of the letters, 32 bits. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
