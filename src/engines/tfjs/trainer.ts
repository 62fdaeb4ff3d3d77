// PLACEHOLDER: the place of the tfjs engine's trainer.

import type { TfjsMemberSpec } from '../../model/spec.js';
import type { MemberRows, MemberTrainer } from '../engine.js';
import type { TrainingContext } from '../wasm/trainer.js';
import { requireTfjs } from './requirement.js';

export async function createTfjsTrainer(
  _context: Omit<TrainingContext, 'kernels'>,
  _spec: TfjsMemberSpec,
  member: number,
  _rows: MemberRows,
  _state: Float32Array | null = null,
): Promise<MemberTrainer & { dispose(): void; readonly topology: string; readonly weightCount: number }> {
  return requireTfjs(member);
}
