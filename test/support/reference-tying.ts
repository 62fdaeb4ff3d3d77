// Tied members by the reference network, in double precision: in lockstep with the gradient of
// Ω = λ Σ_{i<j} ‖wᵢ − wⱼ‖² as a sum over pairs, and in rounds toward the mean of the round before.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import { initialParameters } from '../../src/engines/wasm/parameters.js';
import { drawCandidates, drawMember } from '../../src/ensemble/member-rows.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { scheduleFactor } from '../../src/model/learning-rate.js';
import { layerShapes } from '../../src/model/network.js';
import type { EnsemblePlan, NetworkMemberSpec, TyingSpec } from '../../src/model/spec.js';
import { type batchGradient, createOptimizer, flatten, type Layer, layersOf } from './reference-network.js';
import { createReferenceStep } from './reference-step.js';

/** A planned member that is a network. */
export function networkOf({ members }: EnsemblePlan, index: number): NetworkMemberSpec {
  return members[index] as NetworkMemberSpec;
}

type Gradients = ReturnType<typeof batchGradient>['gradients'];

/** One member between its steps. */
export interface ReferenceMember {
  readonly layers: Layer[];
  readonly steps: number;
  readonly epochs: number;
  gradient(epoch: number, step: number): Gradients;
  update(gradients: Gradients, epoch: number, step: number): void;
  rate(epoch: number, step: number): number;
}

export function referenceMember(dataset: Dataset, plan: EnsemblePlan, index: number): ReferenceMember {
  const spec = networkOf(plan, index);
  const shapes = layerShapes(spec, dataset.features, dataset.task);
  const layers = layersOf(
    shapes,
    initialParameters(shapes, spec.network.init, streamKey(plan.seed, 'init', spec.streams.init)),
  );
  const { inBag, columns } = drawMember(
    plan.seed,
    spec,
    dataset,
    dataset.features,
    drawCandidates(plan, dataset),
  );
  const optimizer = createOptimizer(spec.optimizer, spec.normPenalty, layers);
  const { gradient } = createReferenceStep(dataset, plan, spec, layers, columns);
  const steps = Math.ceil(inBag.length / spec.batchSize);
  const rate = (epoch: number, step: number) =>
    spec.optimizer.learningRate *
    scheduleFactor(spec.schedule, (epoch - 1) * steps + step, steps, spec.epochs);
  return {
    layers,
    steps,
    epochs: spec.epochs,
    rate,
    gradient(epoch, step) {
      const order = inBag.slice();
      shuffleInPlace(order, new RandomStream(streamKey(plan.seed, 'order', spec.streams.order, epoch)));
      const rows = order.subarray(step * spec.batchSize, (step + 1) * spec.batchSize);
      return gradient(rows, epoch, step).gradients;
    },
    update: (gradients, epoch, step) => optimizer(gradients, rate(epoch, step)),
  };
}

/** Positions in `layers` of the tied ones. */
export function tiedOf(layers: readonly Layer[], { layers: tied }: TyingSpec): number[] {
  return layers.map((_, at) => at).filter((at) => tied === 'all' || tied.includes(at + 1));
}

/** Ω of a group. */
export function tyingPenalty(group: readonly (readonly Layer[])[], tying: TyingSpec): number {
  let total = 0;
  for (let i = 0; i < group.length; i++) {
    for (let j = i + 1; j < group.length; j++) {
      for (const at of tiedOf(group[i]!, tying)) {
        for (const part of ['w', 'b'] as const) {
          const [a, b] = [group[i]![at]![part], group[j]![at]![part]];
          for (let k = 0; k < a.length; k++) total += tying.strength * (a[k]! - b[k]!) ** 2;
        }
      }
    }
  }
  return total;
}

/** Adds ∂Ω/∂wᵢ = 2λ Σⱼ (wᵢ − wⱼ) to member i's gradients. */
export function addTyingGradient(
  gradients: Gradients,
  group: readonly (readonly Layer[])[],
  i: number,
  tying: TyingSpec,
): void {
  for (const at of tiedOf(group[i]!, tying)) {
    for (const part of ['w', 'b'] as const) {
      const own = group[i]![at]![part];
      for (const other of group) {
        for (let k = 0; k < own.length; k++) {
          gradients[at]![part][k]! += 2 * tying.strength * (own[k]! - other[at]![part][k]!);
        }
      }
    }
  }
}

/** Exact tying of all members of a plan; each has its own clock and leaves at its end. */
export function trainTiedExactly(dataset: Dataset, plan: EnsemblePlan): Float64Array[] {
  const members = plan.members.map((_, index) => referenceMember(dataset, plan, index));
  const tying = networkOf(plan, 0).tying!;
  for (let tick = 0; ; tick++) {
    const live = members.filter(({ steps, epochs }) => tick < steps * epochs);
    if (live.length === 0) return members.map(({ layers }) => flatten(layers));
    const at = (member: ReferenceMember) =>
      [Math.floor(tick / member.steps) + 1, tick % member.steps] as const;
    const gradients = live.map((member) => member.gradient(...at(member)));
    const group = live.map(({ layers }) => layers);
    for (const [i, gradient] of gradients.entries()) addTyingGradient(gradient, group, i, tying);
    for (const [i, member] of live.entries()) member.update(gradients[i]!, ...at(member));
  }
}

/** Tying in rounds of all members of a plan. */
export function trainTiedInRounds(dataset: Dataset, plan: EnsemblePlan): Float64Array[] {
  const members = plan.members.map((_, index) => referenceMember(dataset, plan, index));
  const tying = networkOf(plan, 0).tying!;
  const parts = (member: ReferenceMember) =>
    tiedOf(member.layers, tying).flatMap((at) => [member.layers[at]!.w, member.layers[at]!.b]);
  for (let epoch = 1; ; epoch++) {
    const live = members.filter(({ epochs }) => epoch <= epochs);
    if (live.length === 0) return members.map(({ layers }) => flatten(layers));
    const all = live.map(parts);
    const anchors = all[0]!.map((part, p) =>
      part.map((_, k) => all.reduce((sum, own) => sum + own[p]![k]!, 0) / all.length),
    );
    for (const member of live) {
      for (let step = 0; step < member.steps; step++) {
        member.update(member.gradient(epoch, step), epoch, step);
        if (live.length < 2) continue;
        const beta = 2 * member.rate(epoch, step) * tying.strength * live.length;
        for (const [p, part] of parts(member).entries()) {
          for (let k = 0; k < part.length; k++) part[k] = (part[k]! + beta * anchors[p]![k]!) / (1 + beta);
        }
      }
    }
  }
}
