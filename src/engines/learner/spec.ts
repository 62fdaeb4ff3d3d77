// The spec of a learner's member.

import type { JsonObject, MemberSpec, ModuleSpec } from '../../model/spec.js';

/** A member that a learner of the user's fits. */
export interface LearnerMemberSpec extends MemberSpec {
  readonly engine: 'learner';
  readonly learner: ModuleSpec;
  /** Handed to the learner as they are. */
  readonly options: JsonObject;
  /** There is nothing to stop. */
  readonly earlyStopping: null;
}
