// Checkpoints and plans with a changed file, by fixed seeds as in readers.test.ts: apart from those, since the disk is waited
// for while little is computed.

import t from 'tap';
import { checkpointTarget } from '../../scripts/support/fuzz/checkpoint-target.js';
import { planTarget } from '../../scripts/support/fuzz/plan-target.js';
import { clusters } from '../support/datasets.js';
import { fuzzed } from './support.js';

t.test('checkpoints', async (t) => fuzzed(t, await checkpointTarget(t.testdir(), clusters(24, 3, 2)), 150));
t.test('plans', async (t) => fuzzed(t, await planTarget(t.testdir(), clusters(24, 3, 2)), 40));
