// The store that other tests use, held against what every store does.

import t from 'tap';
import { memoryStore } from '../support/memory-store.js';
import { behavesAsAStore } from './every-store.js';

behavesAsAStore(t, async () => memoryStore());
