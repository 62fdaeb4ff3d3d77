// The kinds of members that a mixed ensemble is told apart by when it is measured.

import { basename } from 'node:path';
import type { MemberSpec } from '../model/spec.js';
import type { Ensemble } from './ensemble.js';

/** `network`, `neighbours`, or a module's engine and file: `learner tree.mjs`. */
export function kindOf(spec: MemberSpec): string {
  switch (spec.engine) {
    case 'wasm':
      return 'network';
    case 'neighbours':
      return 'neighbours';
    case 'tfjs':
      return `tfjs ${basename(spec.model.path)}`;
    case 'learner':
      return `learner ${basename(spec.learner.path)}`;
    default:
      return spec satisfies never;
  }
}

/** The kind of each trained member. */
export function memberKinds({ plan, members }: Pick<Ensemble, 'plan' | 'members'>): readonly string[] {
  return members.map(({ index }) => kindOf(plan.members[index]!));
}
