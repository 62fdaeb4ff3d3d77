// What is no ensemble, handed to whatever takes one: one clear error.

import t from 'tap';
import * as tutti from '../../src/index.js';

const CALLS: Readonly<Record<string, (ensemble: never) => unknown>> = {
  predictEnsemble: (ensemble) => tutti.predictEnsemble(ensemble, [1]),
  createPredictor: (ensemble) => tutti.createPredictor(ensemble),
  extendEnsemble: (ensemble) => tutti.extendEnsemble(ensemble, 1 as never, { members: 3 }),
  contentHash: (ensemble) => tutti.contentHash(ensemble),
  saveEnsemble: (ensemble) => tutti.saveEnsemble(ensemble, null),
  exportEnsemble: (ensemble) => tutti.exportEnsemble(ensemble, { format: 'json' }),
  serveEnsemble: (ensemble) => tutti.serveEnsemble(ensemble),
  predictionHandler: (ensemble) => tutti.predictionHandler(ensemble),
};

for (const [name, call] of Object.entries(CALLS)) {
  t.test(name, async (t) => {
    for (const wrong of [5, null, undefined, 'digits.tutti', {}, { plan: {} }]) {
      const error = { code: 'ERR_OPTION', message: /^Expected `ensemble` to be a trained ensemble/ };
      await t.rejects(async () => call(wrong as never), error);
    }
  });
}
