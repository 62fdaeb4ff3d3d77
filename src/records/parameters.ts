// What a training was told, flat, as trackers of experiments want it: a name, a value.

import type { EnsemblePlan, MemberSpec } from '../model/spec.js';
import type { Parameter } from './event-file.js';

export type Parameters = Readonly<Record<string, Parameter>>;

/** The options of a member by dotted names (`optimizer.learningRate`), without those that are off and without its streams. */
export function memberParameters({ streams: _, ...spec }: MemberSpec): Parameters {
  return Object.fromEntries(flattened(spec, ''));
}

/** The plan's own, and of its members' those that all share. */
export function planParameters({ seed, arithmetic, members, validationShare }: EnsemblePlan): Parameters {
  const own = { seed, arithmetic, members: members.length, validationShare };
  const [first, ...others] = members.map(memberParameters);
  const shared = Object.entries(first ?? {}).filter(([name, value]) =>
    others.every((other) => other[name] === value),
  );
  return { ...own, ...Object.fromEntries(shared) };
}

function flattened(value: unknown, name: string): [string, Parameter][] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return [[name, value]];
  if (Array.isArray(value)) return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, own]) => flattened(own, name === '' ? key : `${name}.${key}`));
}
