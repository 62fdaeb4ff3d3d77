// A pool's thread that knows the engine too.

import { engines } from '../../../src/engines/registry.js';
import { TOY } from './definition.js';

engines.add(TOY);

export { default } from '../../../workers/member.js';
