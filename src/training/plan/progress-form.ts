// Where a member stands, as plain data can say it, in files and to other hosts: before there is a best epoch its loss is infinite.

import type { MemberProgress } from './runs.js';

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
