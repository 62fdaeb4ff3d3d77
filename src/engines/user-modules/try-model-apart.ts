// Builds a module's model once, in a process of its own, where whatever it does costs an error.

import { fromWire } from '../../errors.js';
import type { TranslatedNetwork } from '../../model/options/module-table.js';
import type { ModuleSpec } from '../../model/spec.js';
import { Child } from '../../processes/child.js';
import type { ModelPurpose } from '../shared/definition.js';
import { RunningModule } from './running-module.js';
import { moduleError } from './user-module.js';

/** What such a process is asked for. */
export interface ModelTrial {
  readonly engine: string;
  readonly module: ModuleSpec;
  readonly purpose: ModelPurpose;
}

/**
 * As the engine's own check does; see {@link ModuleCheck.tryModel}.
 * @throws ERR_MODULE also for a module that ends its process, or takes too long; ERR_THREAD_START.
 */
export async function tryModelApart(
  engine: string,
  module: ModuleSpec,
  purpose: ModelPurpose,
): Promise<TranslatedNetwork | null> {
  const running = new RunningModule<ModelTrial, TranslatedNetwork | null>(await Child.start('trial'));
  try {
    const outcome = await running.ask({ engine, module, purpose }, 'building its model');
    if ('problem' in outcome) {
      throw moduleError({ module, member: purpose.member }, `the module ${module.path} ${outcome.problem}`);
    }
    if (outcome.error !== undefined) throw fromWire(outcome.error);
    return outcome.answer ?? null;
  } finally {
    await running.end();
  }
}
