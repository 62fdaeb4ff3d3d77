// The trainer of each engine that trains epoch by epoch. An engine that is installed apart is loaded only here, when
// a member needs it.

import type { MemberTrainer } from '../../engines/shared/engine.js';
import { createWasmTrainer, type TrainingContext } from '../../engines/wasm/trainer.js';
import type { MemberDraw } from '../../ensemble/member-rows.js';
import type { EpochMemberSpec } from '../../model/spec.js';

/** Prepares a member: from a state that a trainer of the same member saved, or with its initial weights. */
export async function createTrainer(
  context: TrainingContext,
  spec: EpochMemberSpec,
  member: number,
  draw: MemberDraw,
  state: Float32Array | null,
): Promise<MemberTrainer> {
  switch (spec.engine) {
    case 'wasm':
      return createWasmTrainer(context, spec, member, draw, draw.stopping.length, state);
    case 'tfjs': {
      const { createTfjsTrainer } = await import('../../engines/tfjs/trainer.js');
      return createTfjsTrainer(context, spec, member, draw, state);
    }
    default:
      return spec satisfies never;
  }
}
