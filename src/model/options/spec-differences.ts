// In which options members of one plan differ, in words: `64 relu`, `l2 0.001`. Knows the shape of a spec and
// nothing of measuring or printing; kinds and `tutti inspect` tell members apart by it.

import { isNetwork } from '../network.js';
import type { JsonValue, MemberSpec } from '../spec.js';
import { describeLayer } from './layer-options.js';

/** A member's key in the random streams, and its place in a run or a group, are no choice of anybody's. */
const NO_OPTIONS = new Set(['streams', 'snapshot', 'group', 'hash', 'engine']);

/** A spec's name of an option where it is not the one that a user writes. */
const NAMES: Readonly<Record<string, string>> = {
  'resample.share': 'resampleShare',
  'distance.kinds': 'distanceTangents',
  'earlyStopping.on': 'earlyStopping',
  'model.path': 'model',
  'learner.path': 'learner',
};

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
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, own] of Object.entries(value)) visit(own, [...path, key]);
    } else {
      // `kind` says what its parent is.
      const said = NAMES[path.slice(-2).join('.')] ?? (name === 'kind' ? path.at(-2)! : name);
      options.set(
        said,
        `${said} ${value === null ? 'none' : Array.isArray(value) ? value.join(',') : value}`,
      );
    }
  };
  visit(spec as unknown as JsonValue, []);
  return options;
}
