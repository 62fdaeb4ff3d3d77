// What a plan says of a member.

import type { MemberSpec } from '../../../src/model/spec.js';

export interface ToySpec extends MemberSpec {
  readonly engine: 'toy';
  readonly earlyStopping: null;
}
