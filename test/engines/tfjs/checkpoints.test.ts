// tfjs members go on from where they rested to the bytes of members that never did.

import { join } from 'node:path';
import t from 'tap';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import { createPool, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { trainInPieces } from '../../support/pauses.js';
import { DENSE, tensorFlowOrSkip } from '../../support/tfjs.js';

const dataset = clusters(90, 6, 3);

const tf = await tensorFlowOrSkip(t);
if (tf !== null) {
  const folder = t.testdir({ 'dense.mjs': DENSE });
  const model = join(folder, 'dense.mjs');
  const plan = { members: 3, engine: 'tfjs', model, epochs: 6, batchSize: 16, seed: 2 } as const;

  for (const [name, options] of Object.entries({
    'of any optimizer': { ...plan, optimizer: 'adam' as const },
    'that stop early': { ...plan, earlyStopping: 'validation' as const, patience: 4, learningRate: 0.05 },
  })) {
    for (const isolate of [null, 'process'] as const) {
      t.test(`members ${name}, ${isolate === null ? 'on threads' : 'in processes'}`, async (t) => {
        await using pool = createPool({ threads: 1, ...(isolate === null ? {} : { isolate }) });
        const whole = await trainEnsemble(dataset, options, { runner: pool });
        t.same(whole.failures, []);
        const kept = join(folder, `${name} ${isolate}`);
        const allowModules = [model];
        const { ensemble, pauses } = await trainInPieces(dataset, options, kept, {
          every: 4,
          runner: pool,
          allowModules,
        });
        t.ok(pauses > 1, 'it was paused');
        t.same(ensembleToBytes(ensemble), ensembleToBytes(whole));
      });
    }
  }
}
