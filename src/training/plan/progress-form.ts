// Where a member stands, as JSON can say it: before there is a best epoch its loss is infinite.

import type { MemberProgress } from '../../training/plan/runs.js';

export interface SentProgress {
  readonly epoch: number;
  readonly learningRate: number;
  readonly best: { readonly epoch: number; readonly loss: number } | null;
}

export function sentProgress({ epoch, learningRate, best }: MemberProgress): SentProgress {
  return { epoch, learningRate, best: best.epoch === 0 ? null : { epoch: best.epoch, loss: best.loss } };
}

export function progressFrom({ epoch, learningRate, best }: SentProgress): MemberProgress {
  return { epoch, learningRate, best: best ?? { epoch: 0, loss: Number.POSITIVE_INFINITY } };
}
