// What the options of an optimizer resolve to in a member's spec.

import { failOption } from '../../errors.js';
import type { OptimizerSpec } from '../spec.js';

/** The options of optimizers, defaults in place. */
export interface OptimizerOptions {
  readonly optimizer: OptimizerSpec['kind'];
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly muonLearningRate: number;
  readonly muonMomentum: number;
  readonly l1: number;
  readonly l2: number;
}

/** @throws ERR_OPTION for combinations that make no sense. */
export function resolveOptimizer(o: OptimizerOptions): OptimizerSpec {
  const { learningRate, beta1, beta2, optimizer: kind } = o;
  switch (kind) {
    case 'sgd':
      if (o.nesterov && o.momentum === 0) failOption('momentum', 'above 0 when `nesterov` is on', 0);
      return { kind, learningRate, momentum: o.momentum, nesterov: o.nesterov };
    case 'adam':
      return { kind, learningRate, beta1, beta2, tolerance: 1e-8, weightDecay: 0 };
    case 'adamW':
      return { kind, learningRate, beta1, beta2, tolerance: 1e-8, weightDecay: o.weightDecay };
    case 'muon': {
      // A penalty's gradient would be orthogonalised with that of the loss.
      if (o.l1 > 0) failOption('l1', '0 with `optimizer` muon', o.l1);
      if (o.l2 > 0) failOption('l2', '0 with `optimizer` muon: `weightDecay` takes its place', o.l2);
      const own = { muonLearningRate: o.muonLearningRate, muonMomentum: o.muonMomentum };
      return { kind, learningRate, beta1, beta2, tolerance: 1e-8, weightDecay: o.weightDecay, ...own };
    }
    default:
      return kind satisfies never;
  }
}
