// The spec of a member of TensorFlow.js.

import type { EpochMemberSpec, ModuleSpec } from '../../model/spec.js';

/** A member that is a tf.LayersModel, built by a module of the user's and trained by TensorFlow.js. */
export interface TfjsMemberSpec extends EpochMemberSpec {
  readonly engine: 'tfjs';
  readonly model: ModuleSpec;
}
