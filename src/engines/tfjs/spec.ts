// The spec of a member of TensorFlow.js.

import type { ModuleSpec, OptimisedMemberSpec } from '../../model/spec.js';

/** A member that is a tf.LayersModel, built by a module of the user's and trained by TensorFlow.js. */
export interface TfjsMemberSpec extends OptimisedMemberSpec {
  readonly engine: 'tfjs';
  readonly model: ModuleSpec;
}
