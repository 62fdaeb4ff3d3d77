// PLACEHOLDER: the place of the tfjs engine's predictor.

import type { Scale, Task } from '../../data/dataset.js';
import type { TfjsMemberSpec } from '../../model/spec.js';
import type { MemberPredictor } from '../engine.js';
import { requireTfjs } from './requirement.js';

export interface TfjsMember {
  readonly spec: TfjsMemberSpec;
  /** Its place in the plan, for messages. */
  readonly index: number;
  readonly weights: Float32Array;
  readonly topology: string;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
}

export async function createTfjsPredictor(
  { index }: TfjsMember,
  _features: number,
  _task: Task,
  _targetScale: Scale,
): Promise<MemberPredictor> {
  return requireTfjs(index);
}
