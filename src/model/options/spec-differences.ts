// In which options members of one plan differ, in words: `64 relu`, `l2 0.001`. Knows the shape of a spec and
// nothing of measuring or printing; kinds and `tutti inspect` tell members apart by it.

import { describeInputs } from '../inputs.js';
import { describeLayer } from '../layers.js';
import { isNetwork } from '../network-members.js';
import type { JsonValue, MemberSpec } from '../spec.js';
import type { Field } from './field.js';
import { SHARED_FIELDS } from './member-fields.js';

/** A member's key in the random streams, its place in a run or a group, and what columns there are, are no choice of anybody's. */
const NO_OPTIONS = new Set(['streams', 'snapshot', 'group', 'hash', 'engine', 'columns']);

/** Options by their places in a spec. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries<Pick<Field, 'spec'>>(SHARED_FIELDS).flatMap(([name, { spec }]) =>
    spec === undefined ? [] : [[spec, name] as const],
  ),
);

/** Of each spec the options in which it differs from any other; empty for specs that are all alike. */
export function specDifferences(specs: readonly MemberSpec[]): string[][] {
  const options = specs.map(optionsOf);
  const names = [...new Set(options.flatMap((own) => [...own.keys()]))];
  const differing = names.filter((name) => new Set(options.map((own) => own.get(name))).size > 1);
  return options.map((own) => differing.flatMap((name) => own.get(name) ?? []));
}

/** Every option of a spec by its path, as words. */
function optionsOf(spec: MemberSpec): Map<string, string> {
  const options = new Map<string, string>();
  const visit = (value: JsonValue, path: readonly string[]): void => {
    const name = path.at(-1) ?? '';
    if (NO_OPTIONS.has(name)) return;
    if (path.join('.') === 'network.layers' && isNetwork(spec)) {
      options.set('layers', spec.network.layers.map(describeLayer).join(', ') || 'no hidden layer');
    } else if (path.join('.') === 'network.inputs' && isNetwork(spec)) {
      options.set('inputs', describeInputs(spec.network.inputs!));
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, own] of Object.entries(value)) visit(own, [...path, key]);
    } else {
      const place = path.join('.');
      const said = NAMES.get(place) ?? name;
      const words = value === null ? 'none' : Array.isArray(value) ? value.join(',') : value;
      // Two techniques may call different things alike.
      options.set(NAMES.get(place) ?? place, `${said} ${words}`);
    }
  };
  visit(spec as unknown as JsonValue, []);
  return options;
}
