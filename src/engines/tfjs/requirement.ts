// PLACEHOLDER: says that the tfjs engine is not there.

import { TuttiError } from '../../errors.js';

export function requireTfjs(member: number): never {
  throw new TuttiError(
    'ERR_ENGINE_MISSING',
    `Member ${member} needs TensorFlow.js: npm install @tensorflow/tfjs-node, or scripts/install-tfjs-node.sh`,
    { member },
  );
}
