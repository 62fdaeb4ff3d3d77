// Convolutional members on threads: the same bytes on one and two, and back from a file.

import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createPool } from '../../src/index.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const OPTIONS = {
  members: 3,
  image: '8x8',
  layers: ['conv 5@3x3 same', 'maxpool 2', { kind: 'conv2d', filters: 4, kernel: 2 }, 'dense 6'],
  epochs: 2,
  seed: 5,
} as const;

t.test('convolutional members are the same on one thread, on two and inline, and when loaded', async (t) => {
  const data = clusters(60, 64, 3);
  const inline = await trainEnsemble(data, OPTIONS);
  for (const threads of [1, 2]) {
    const pool = createPool({ threads });
    const pooled = await trainEnsemble(data, OPTIONS, { runner: pool });
    await pool.close();
    for (const [index, member] of pooled.members.entries()) {
      t.same(member.parameters, inline.members[index]!.parameters, `member ${index} on ${threads} threads`);
    }
  }
  const path = join(t.testdir(), 'images.tutti');
  await saveEnsemble(inline, path);
  const loaded = await loadEnsemble(path);
  t.same(loaded.plan, inline.plan);
  t.same((await predictEnsemble(loaded, data.x)).mean, (await predictEnsemble(inline, data.x)).mean);
});
