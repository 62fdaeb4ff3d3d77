// The kinds of members that a mixed ensemble is told apart by when it is measured.

import { engineOf } from '../engines/registry.js';
import { specDifferences } from '../model/options/spec-differences.js';
import type { TrainedEnsemble } from './ensemble.js';

/** The kind of each trained member; where such members differ in options, with these: `network (64 relu; l2 0)`. */
export function memberKinds({ plan, members }: Pick<TrainedEnsemble, 'plan' | 'members'>): readonly string[] {
  const specs = members.map(({ index }) => plan.members[index]!);
  const kinds = specs.map((spec) => engineOf(spec).kind(spec));
  for (const kind of new Set(kinds)) {
    const places = kinds.flatMap((own, at) => (own === kind ? [at] : []));
    const differences = specDifferences(places.map((at) => specs[at]!));
    for (const [i, at] of places.entries()) {
      if (differences[i]!.length > 0) kinds[at] = `${kind} (${differences[i]!.join('; ')})`;
    }
  }
  return kinds;
}
