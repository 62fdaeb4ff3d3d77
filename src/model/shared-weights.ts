// Submodels that share weights while they are trained. A run trains k of them at once and leaves k ordinary networks: a
// layer of one of them, (x ∘ r) W ∘ s + b, is a dense layer of the matrix diag(r) W diag(s). So all that comes after
// training knows nothing of this. Here is what the layers of the network become while it is trained, and become again.

import { failOption } from '../errors.js';
import type { LayerShape, TrainedShape } from './layers.js';
import { parameterCount } from './network.js';
import { type SharedShape, sharedMatrices } from './shared-layer.js';
import type { NetworkMemberSpec, SharingSpec } from './spec.js';
import { tableWidth } from './submodel-masks.js';

/** Submodels of a member's run; 1 where it shares nothing. */
export function submodelsOf({ sharing }: Pick<NetworkMemberSpec, 'sharing'>): number {
  return sharing?.submodels ?? 1;
}

/** Whether submodels see the same examples in a step, each its own copy of them. */
export function seesWholeBatch({ sharing }: Pick<NetworkMemberSpec, 'sharing'>): boolean {
  return sharing?.batch === 'whole';
}

/** The first stage that all submodels have copies of; what is below it they share. */
export function firstSpread(shapes: readonly TrainedShape[]): number {
  return shapes.findIndex((shape) => shape.kind === 'shared' || shape.kind === 'own');
}

/**
 * The layers of a run as they are trained.
 * @param shapes of one of its members, the output layer last.
 * @throws ERR_OPTION where its first layer is not dense.
 */
export function trainedShapes(
  spec: Pick<NetworkMemberSpec, 'sharing'>,
  shapes: readonly LayerShape[],
): readonly TrainedShape[] {
  const { sharing } = spec;
  if (sharing === undefined) return shapes;
  const submodels = submodelsOf(spec);
  let isBelow = true;
  return shapes.map((shape, index) => {
    if (shape.kind !== 'dense') return shape;
    const { inputs, units, activation } = shape;
    const place = { isFirst: index === 0, repeats: isBelow && sharing.batch === 'whole' };
    const isLowest = isBelow;
    isBelow = false;
    const common = { inputs, units, activation, submodels, ...place };
    const isHead = index === shapes.length - 1;
    if (sharing.kind === 'softBoosting')
      return { kind: 'own', ...common, ...(isHead ? { memberScale: scaleOfSum(sharing) } : {}) };
    if (sharing.kind === 'packed' || (isHead && (sharing.kind === 'tabm' || sharing.kind === 'tabmMini')))
      return { kind: 'own', ...common };
    const parts = sharedParts(sharing, isLowest);
    if (parts === null) return shape;
    return { kind: 'shared', ...common, ...parts, maskScale: sharing.maskScale ?? 0 };
  });
}

/** What the mean of the answers is in their boosted sum: Σ η fⱼ = mean of k η fⱼ. */
export function scaleOfSum({ submodels, shrinkage = 1 }: SharingSpec): number {
  return submodels * shrinkage;
}

type SharedParts = Pick<SharedShape, 'inputFactors' | 'outputFactors' | 'ownBias'>;

/**
 * What each submodel has of its own in a layer; null for nothing.
 * **Source:** BatchEnsemble: Wen, Tran, Ba (2020), section 3. TabM: Gorishniy, Kotelnikov, Babenko (2025), section 3: all
 * factors begin at 1 but the very first; of TabM-mini the very first is all there is. Masksembles: Durasov et al. (2021).
 */
function sharedParts({ kind }: SharingSpec, isLowest: boolean): SharedParts | null {
  if (kind === 'batchEnsemble') return { inputFactors: 'signs', outputFactors: 'signs', ownBias: true };
  if (kind === 'tabm')
    return { inputFactors: isLowest ? 'signs' : 'ones', outputFactors: 'ones', ownBias: true };
  const inputFactors = kind === 'masksembles' ? (isLowest ? 'none' : 'masks') : 'signs';
  if (kind === 'tabmMini' && !isLowest) return null;
  return { inputFactors, outputFactors: 'none', ownBias: false };
}

/**
 * Layers of an evaluation, in which all submodels see every row.
 * @param shapes as they are trained.
 */
export function evaluatedShapes(shapes: readonly TrainedShape[]): readonly TrainedShape[] {
  const first = firstSpread(shapes);
  return shapes.map((shape, index) =>
    index === first && (shape.kind === 'shared' || shape.kind === 'own')
      ? { ...shape, repeats: true }
      : shape,
  );
}

/**
 * One submodel as an ordinary network.
 * @param trained canonical parameters of `shapes`, as they are trained. @param member its own, f32[parameterCount], written.
 */
export function submodelParameters(
  shapes: readonly TrainedShape[],
  trained: Float32Array,
  submodel: number,
  member: Float32Array,
): void {
  let from = 0;
  let to = 0;
  for (const shape of shapes) {
    const length = parameterCount([shape]);
    const layer = trained.subarray(from, from + length);
    from += length;
    if (shape.kind === 'own') {
      const count = length / shape.submodels;
      const { memberScale = 1 } = shape;
      for (let at = 0; at < count; at++) member[to + at] = memberScale * layer[submodel * count + at]!;
      to += count;
    } else if (shape.kind === 'shared') {
      to += sharedLayer(shape, layer, submodel, member.subarray(to));
    } else {
      member.set(layer, to);
      to += length;
    }
  }
}

/** diag(r) W diag(s) and the bias, each rounded once. @returns how many numbers that is */
function sharedLayer(shape: SharedShape, layer: Float32Array, submodel: number, into: Float32Array): number {
  const { inputs, units, submodels } = shape;
  const { inputFactors, outputFactors, biases } = sharedMatrices(shape);
  let next = inputs * units + units;
  const row = (place: number, rows: number) => {
    if (place < 0) return null;
    const width = tableWidth(rows);
    const start = next + submodel * width;
    next += submodels * width;
    return layer.subarray(start, start + rows);
  };
  const r = row(inputFactors, inputs);
  const s = row(outputFactors, units);
  const bias = row(biases, units) ?? layer.subarray(inputs * units, inputs * units + units);
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < units; o++)
      into[i * units + o] = layer[i * units + o]! * (r?.[i] ?? 1) * (s?.[o] ?? 1);
  }
  into.set(bias, inputs * units);
  return inputs * units + units;
}

/** @throws ERR_OPTION for rows too few for every submodel to see some. */
export function requireRowsForAll(spec: NetworkMemberSpec, rows: number): void {
  const least = 8 * submodelsOf(spec);
  if (spec.sharing?.batch !== 'split' || rows >= least) return;
  failOption(
    'submodels',
    `at most ${Math.floor(rows / 8)} for ${rows} rows, of which each takes 8 at a time`,
    least / 8,
  );
}
