// Which members of a plan are networks of the wasm engine. Types and errors alone, since the public declarations hold it.

import { failOption } from '../errors.js';
import type { EnsemblePlan, MemberSpec, NetworkMemberSpec } from './spec.js';

/** Whether a member's spec, one of `plan.members`, is that of a network of the wasm engine: then it has layers. */
export function isNetwork(spec: MemberSpec): spec is NetworkMemberSpec {
  return spec.engine === 'wasm';
}

/** @throws ERR_OPTION when the member is no network of the wasm engine; what asks for one says so. */
export function requireNetwork(spec: MemberSpec, member: number): NetworkMemberSpec {
  if (isNetwork(spec)) return spec;
  const expected = 'networks of the wasm engine, for what only they have';
  return failOption('members', expected, `${spec.engine} as member ${member}`);
}

/** The members of a plan of networks. @throws ERR_OPTION when one is of another kind. */
export function networkSpecs({ members }: Pick<EnsemblePlan, 'members'>): readonly NetworkMemberSpec[] {
  return members.map(requireNetwork);
}
