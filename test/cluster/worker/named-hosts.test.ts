// Before a module of a user's runs, its task says which host has it: a module may end the whole process at once.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openProgress } from '../../../src/cluster/messages/reports.js';
import { trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { CENTROIDS } from '../../support/learners.js';
import { queueRunner } from '../../support/queue-runner.js';
import { SECRET, startCluster } from './support.js';

t.test('the host of a learner is known, however short it takes', async (t) => {
  const folder = t.testdir({ modules: {} });
  const learner = join(folder, 'modules', 'centroids.mjs');
  mkdirSync(join(folder, 'modules'), { recursive: true });
  writeFileSync(learner, CENTROIDS);
  await using cluster = startCluster();
  const said: [id: string, text: string][] = [];
  cluster.queue.sender({ progress: (id, text) => void said.push([id, text]) });
  await cluster.start({ host: 'a', threads: 1, modules: join(folder, 'modules') });
  const runner = queueRunner({ ...cluster, secret: SECRET });
  const { members } = await trainEnsemble(clusters(60, 6, 3), { learner, members: 3, seed: 1 }, { runner });
  t.equal(members.length, 3);
  const tasks = new Set<string>();
  for (const [id, text] of said) {
    const { host, refused } = await openProgress(SECRET, id, text);
    t.same([host, refused], ['a', null]);
    tasks.add(id);
  }
  t.equal(tasks.size, 3);
});
