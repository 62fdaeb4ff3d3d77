// A process in which models of a user's modules are built once, to see whether they can be.

import { toWire } from '../errors.js';
import type { TranslatedNetwork } from '../model/options/module-table.js';
import type { Parent } from '../processes/parent.js';
import { engines } from './registry.js';
import type { Reply, Request } from './user-modules/running-module.js';
import type { ModelTrial } from './user-modules/try-model-apart.js';

export function serveTrials(parent: Parent): void {
  parent.listen(async (message) => {
    const { id, asked } = message as Request<ModelTrial>;
    const result = await tryModel(asked).then(
      (answer) => ({ answer }),
      (error) => ({ error: toWire(error) }),
    );
    parent.say({ id, ...result, spoiled: false } satisfies Reply<TranslatedNetwork | null>);
  });
}

async function tryModel({ engine, module, purpose }: ModelTrial): Promise<TranslatedNetwork | null> {
  const check = await engines.get(engine).module!.loadCheck(null);
  return check.tryModel(module, purpose);
}
