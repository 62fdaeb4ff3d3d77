// Things of one kind by their names: aggregators, metrics, readers. Each is one record in a file of its own, and what
// uses them asks the registry, so that no other file names one. Every layer may import this; it knows no kind itself.

import { TuttiError } from './errors.js';
import { failChoice } from './option-names.js';

export interface Registry<Entry extends { readonly name: string }, Name extends string = string> {
  /** In the order in which they were added. */
  readonly names: readonly Name[];
  readonly entries: readonly Entry[];
  has(name: unknown): name is Name;
  /** @throws ERR_OPTION for a name that there is not, with those there are. */
  get(name: string): Entry;
  /**
   * Adds one for the rest of the process.
   * @returns its name, as options take it. @throws ERR_OPTION for a name that is taken.
   */
  add(entry: Entry): Name;
}

/**
 * @param option what an option that holds such a name is called: errors say it.
 * @param also what those that are added are added to as well.
 */
// @__NO_SIDE_EFFECTS__
export function createRegistry<Entry extends { readonly name: string }, Name extends Entry['name']>(
  option: string,
  builtIn: readonly (Entry & { readonly name: Name })[],
  also?: { add(entry: NoInfer<Entry>): unknown },
): Registry<Entry, Name> {
  const byName = new Map<string, Entry>(builtIn.map((entry) => [entry.name, entry]));
  const has = (name: unknown): name is Name => typeof name === 'string' && byName.has(name);
  const names = () => [...byName.keys()].filter(has);
  return {
    get names() {
      return names();
    },
    get entries() {
      return [...byName.values()];
    },
    has,
    get: (name) => byName.get(name) ?? failChoice(option, names(), name),
    add(entry) {
      const { name }: { readonly name: string } = entry;
      if (has(name)) {
        throw new TuttiError('ERR_OPTION', `Expected a new name of ${option}, got ${name} again`, { option });
      }
      byName.set(name, entry);
      also?.add(entry);
      return has(name) ? name : failChoice(option, names(), name);
    },
  };
}
