// Predicts with the members of an ensemble, block of rows by block of rows, on the calling thread.
// Members' weights lie in a memory of its own, in turns if they are many; a block's rows are copied in once.

import { outputCount, type Scale, type Task } from '../../data/dataset/dataset.js';
import { kernelsOf } from '../../kernels/kernels.js';
import { paddedBytes, RegionAllocator, writePaddedRows } from '../../memory/layout.js';
import { giveBackMemory, lendAgain, lendMemory } from '../../memory/memory-cache.js';
import { type LayerShape, layerShapes, type UnitFactors } from '../../model/network.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import { BLOCK_ROWS } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { type DropoutLayout, weightScalingFactors, writeFactors } from './dropout.js';
import { packParameters } from './parameters.js';
import { createPredictionHead, type PredictionHead } from './prediction-head.js';
import {
  bindNetwork,
  dropoutsOf,
  layoutNetwork,
  type NetworkLayout,
  type NetworkProgram,
  NO_TECHNIQUES,
  paddedParameterCount,
  panelStrideOf,
  panelsOf,
  runForward,
  runForwardRow,
} from './program.js';

/**
 * Weights beyond this take turns in memory: loading one for a whole block costs about a tenth of predicting it, for
 * one row many times as much.
 */
const LOADED_BYTES = 16 * 2 ** 20;

/** A network as prediction needs it. */
export interface PredictableMember {
  readonly spec: NetworkMemberSpec;
  /** Unpadded parameters. */
  readonly weights: Float32Array;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
  /** What multiplies the units; null for the weight scaling rule of the member's own dropout. */
  readonly factors: UnitFactors | null;
}

export interface NetworkPredictor {
  /**
   * Predicts encoded rows, f32[count, features], at most `blockRows`.
   * @returns one per member, in order, in the user's units; views that the next call overwrites.
   */
  predict(rows: Float32Array, count: number): readonly Predictions[];
  /** Gives the member at a position other factors; it must have been loaded with some. */
  setFactors(position: number, factors: UnitFactors): void;
  /**
   * How many (row, unit) pairs of `count` rows have an output of magnitude above `threshold`:
   * one list per member, one count per hidden layer.
   */
  countActive(rows: Float32Array, count: number, threshold: number): readonly (readonly number[])[];
  /** Gives its memory to whoever predicts next; views of it are not to be read any more. */
  dispose(): void;
  /** Takes its memory back and loads the weights anew. @returns whether that memory was still to be had. */
  resume(): boolean;
}

/**
 * Loads the members into a memory of their own, ready to predict.
 * @param loadedBytes of weights that stay loaded; the others take turns.
 */
export function loadNetworks(
  module: WebAssembly.Module,
  members: readonly PredictableMember[],
  features: number,
  task: Task,
  scale: Scale,
  blockRows: number = BLOCK_ROWS,
  loadedBytes: number = LOADED_BYTES,
): NetworkPredictor {
  const outputs = outputCount(task);
  const { shared, own, bytes } = layoutMembers(members, features, task, blockRows, loadedBytes);
  const { x, xStride, identity, pair } = shared;
  const { memory } = lendMemory(bytes, `Predicting with ${members.length} members`);
  const { buffer } = memory;
  const kernels = kernelsOf(module, memory);
  const programs = own.map((places, index): MemberProgram => {
    const member = members[index]!;
    const network = bindNetwork(kernels, places.layout);
    const z = network.stages.at(-1)!.output;
    const { mean, second } = places;
    const head = createPredictionHead(
      kernels,
      buffer,
      { z, mean, second, pair },
      member.spec.loss,
      outputs,
      scale,
    );
    return Object.assign({ member, network, head, dropouts: dropoutsOf(network) }, places);
  });
  let guest: Float32Array | null = null;
  const factors: (UnitFactors | null)[] = [];
  const load = () => {
    const identityRows = new Uint32Array(buffer, identity, blockRows);
    for (let row = 0; row < blockRows; row++) identityRows[row] = row;
    for (const [at, program] of programs.entries()) {
      const { member, columns, shapes } = program;
      if (program.stays) loadWeights(buffer, program);
      if (member.columns !== null)
        new Uint32Array(buffer, columns, member.columns.length).set(member.columns);
      factors[at] = unitFactors(member, shapes);
    }
    guest = null;
  };
  load();

  const writeRows = (rows: Float32Array, count: number) =>
    writePaddedRows(buffer, x, xStride, rows, count, features);
  const forward = (program: MemberProgram, at: number, count: number) => {
    const { network, member, columns, dropouts } = program;
    if (!program.stays && guest !== member.weights) {
      loadWeights(buffer, program);
      guest = member.weights;
    }
    const { inputs } = network.stages[0]!.shape;
    const { address: input, stride: inputStride } = network.input;
    if (member.columns === null) {
      kernels.gatherRows(x, xStride, identity, count, inputs, input, inputStride);
    } else {
      kernels.gatherColumns(x, xStride, identity, count, columns, inputs, input, inputStride);
    }
    // Their place is the members' common scratch, so that they are written anew each time.
    if (dropouts.length > 0) writeFactors(buffer, dropouts, factors[at]!);
    if (count === 1) runForwardRow(network);
    else runForward(network, panelsOf(count));
  };
  return {
    predict(rows, count) {
      writeRows(rows, count);
      return programs.map((program, at) => {
        forward(program, at, count);
        return program.head.read(count);
      });
    },
    setFactors(position, changed) {
      factors[position] = changed;
    },
    countActive(rows, count, threshold) {
      writeRows(rows, count);
      return programs.map((program, at) => {
        forward(program, at, count);
        const hidden = program.network.stages.slice(0, -1);
        return hidden.map(({ output, shape }) =>
          kernels.countActive(output.address, output.stride, shape.units, count, threshold),
        );
      });
    },
    dispose: () => giveBackMemory(memory),
    resume() {
      if (!lendAgain(memory, bytes)) return false;
      load();
      return true;
    },
  };
}

/** The factors a member predicts with: those given, else its dropout's own where that asks for any. */
function unitFactors(
  { spec: { dropout }, factors }: PredictableMember,
  shapes: readonly LayerShape[],
): UnitFactors | null {
  if (factors !== null) return factors;
  return dropout?.scaling === 'plain' ? weightScalingFactors(dropout, shapes) : null;
}

interface MemberPlaces {
  readonly shapes: readonly LayerShape[];
  /** Its weights have a place of their own, and not one that members take turns in. */
  readonly stays: boolean;
  readonly layout: NetworkLayout;
  readonly columns: number;
  /** f32[rows, outputs]: probabilities or means. */
  readonly mean: number;
  /** f32[rows, outputs]: log-probabilities or variances. */
  readonly second: number;
}

interface MemberProgram extends MemberPlaces {
  readonly member: PredictableMember;
  readonly network: NetworkProgram;
  readonly head: PredictionHead;
  readonly dropouts: readonly DropoutLayout[];
}

/** Lays out what all members share and each member's own part. */
function layoutMembers(
  members: readonly PredictableMember[],
  features: number,
  task: Task,
  blockRows: number,
  loadedBytes: number,
) {
  const outputs = outputCount(task);
  const regions = new RegionAllocator(0);
  const xStride = paddedBytes(features);
  const shared = {
    x: regions.take(blockRows * xStride),
    xStride,
    identity: regions.takeWords(blockRows),
    pair: regions.take(panelsOf(blockRows) * panelStrideOf(2)),
  };
  const weightPlaces = placeWeights(regions, members, features, task, loadedBytes);
  const places = members.map(({ spec, weights }) => {
    const shapes = layerShapes(spec, features, task);
    const { address, stays } = weightPlaces.get(weights)!;
    return {
      shapes,
      address,
      stays,
      columns: regions.takeWords(shapes[0]!.inputs),
      mean: regions.takeWords(blockRows * outputs),
      second: regions.takeWords(blockRows * outputs),
    };
  });
  let bytes = regions.end;
  const own = places.map((place, index): MemberPlaces => {
    // Members run one after the other, so their activations share what follows.
    const scratch = new RegionAllocator(regions.end);
    const member = members[index]!;
    const dropout = unitFactors(member, place.shapes) === null ? null : member.spec.dropout;
    const techniques = { ...NO_TECHNIQUES, dropout };
    const panels = panelsOf(blockRows);
    const layout = layoutNetwork(place.shapes, place.address, panels, scratch, 'predict', techniques);
    bytes = Math.max(bytes, scratch.end);
    return Object.assign({ layout }, place);
  });
  return { shared, own, bytes };
}

interface WeightPlace {
  readonly address: number;
  readonly stays: boolean;
}

/**
 * Places of their own for weights while the budget lasts, then one that the rest share: memory grows with
 * the members by their saved weights alone. Masks of one dropout net have the same weights, and one place.
 */
function placeWeights(
  regions: RegionAllocator,
  members: readonly PredictableMember[],
  features: number,
  task: Task,
  loadedBytes: number,
): ReadonlyMap<Float32Array, WeightPlace> {
  const places = new Map<Float32Array, WeightPlace>();
  const guests = new Set<Float32Array>();
  let left = loadedBytes / 4;
  let longest = 0;
  for (const { spec, weights } of members) {
    if (places.has(weights) || guests.has(weights)) continue;
    const length = paddedParameterCount(layerShapes(spec, features, task));
    left -= length;
    if (left >= 0) {
      places.set(weights, { address: regions.takeWords(length), stays: true });
    } else {
      guests.add(weights);
      longest = Math.max(longest, length);
    }
  }
  const address = regions.takeWords(longest);
  for (const weights of guests) places.set(weights, { address, stays: false });
  return places;
}

function loadWeights(buffer: ArrayBufferLike, { member, shapes, network }: MemberProgram): void {
  packParameters(shapes, member.weights, new Float32Array(buffer, network.weights, network.weightsLength));
}
