// Trained networks in one memory, ready to run forward block of rows by block of rows on the calling thread. Weights
// lie there side by side, or in turns if they are many; members run one after the other and share their activations.
// What is done with their raw outputs is the business of predictor.ts and differentiable.ts.

import type { Task } from '../../data/dataset/dataset.js';
import { type Kernels, kernelsOf } from '../../kernels/kernels.js';
import { paddedBytes, RegionAllocator, writePaddedRows } from '../../memory/layout.js';
import { giveBackMemory, lendAgain, lendMemory } from '../../memory/memory-cache.js';
import type { UnitFactors } from '../../model/layer-types.js';
import type { LayerShape } from '../../model/layers.js';
import { layerShapes } from '../../model/network.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import { type DropoutLayout, weightScalingFactors, writeFactors } from './dropout.js';
import {
  dropoutsOf,
  layoutNetwork,
  type NetworkLayout,
  NO_TECHNIQUES,
  paddedParameterCount,
} from './network-layout.js';
import { panelsOf } from './panels.js';
import { packParameters } from './parameters.js';
import { bindNetwork, type NetworkProgram, runForward, runForwardRow } from './program.js';

/**
 * Weights beyond this take turns in memory: loading one for a whole block costs about a tenth of predicting it, for
 * one row many times as much.
 */
const LOADED_BYTES = 16 * 2 ** 20;

/** A trained network. */
export interface TrainedNetwork {
  readonly spec: NetworkMemberSpec;
  /** Unpadded parameters. */
  readonly parameters: Float32Array;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
  /** What multiplies the units; null for the weight scaling rule of the member's own dropout. */
  readonly factors: UnitFactors | null;
}

/** What is loaded, and for what. */
export interface Loading<Places> {
  readonly members: readonly TrainedNetwork[];
  readonly features: number;
  readonly task: Task;
  /** Most rows at once. */
  readonly blockRows: number;
  /** Bytes of weights that stay loaded; the others take turns. @default 16 MiB */
  readonly loadedBytes?: number | undefined;
  /** `train` keeps what a backward pass reads. */
  readonly mode: 'train' | 'predict';
  /** For messages: "Predicting with 3 members". */
  readonly what: string;
  /** Places of the caller's own, in the same memory. */
  place(regions: RegionAllocator): Places;
}

export interface LoadedNetworks<Places> {
  readonly kernels: Kernels;
  readonly buffer: ArrayBufferLike;
  readonly places: Places;
  /** u32[blockRows], counting from 0: the rows of a block, for kernels that gather. */
  readonly identity: number;
  /** One per member, in order. */
  readonly networks: readonly NetworkProgram[];
  /** Puts encoded rows, f32[count, features], where every member gathers its own from. */
  writeRows(rows: Float32Array, count: number): void;
  /** Runs a member on the `count` rows that were written; its last stage then has its raw outputs. */
  forward(member: number, count: number): void;
  /** Gives a member other factors; it must have been loaded with some. */
  setFactors(member: number, factors: UnitFactors): void;
  /** Gives the memory to whoever asks for one next; views of it are not to be read any more. */
  dispose(): void;
  /** Takes the memory back and loads the weights anew. @returns whether that memory was still to be had. */
  resume(): boolean;
}

/** Loads networks into a memory of their own. @throws ERR_MEMORY */
export function loadNetworks<Places>(
  module: WebAssembly.Module,
  loading: Loading<Places>,
): LoadedNetworks<Places> {
  const { members, features, mode, what } = loading;
  const { rows, own, places, bytes } = layoutMembers(loading);
  const { memory } = lendMemory(bytes, what);
  const { buffer } = memory;
  const kernels = kernelsOf(module, memory);
  const bound = own.map((member, at) => bindMember(kernels, member, members[at]!));
  let guest: Float32Array | null = null;
  const load = () => {
    loadMembers(buffer, rows, bound);
    guest = null;
  };
  load();
  return {
    ...{ kernels, buffer, places, identity: rows.identity, networks: bound.map(({ network }) => network) },
    writeRows: (x, count) => writePaddedRows(buffer, rows.x, rows.stride, x, count, features),
    forward(at, count) {
      const program = bound[at]!;
      const { network, member, dropouts } = program;
      if (!program.stays && guest !== member.parameters) {
        loadWeights(buffer, program);
        guest = member.parameters;
      }
      gatherInputs(kernels, rows, program, count);
      // Their place is the members' common scratch, so that they are written anew each time.
      if (dropouts.length > 0) writeFactors(buffer, dropouts, program.factors!);
      if (count === 1 && mode === 'predict') runForwardRow(network);
      else runForward(network, panelsOf(count));
    },
    setFactors(at, factors) {
      bound[at]!.factors = factors;
    },
    dispose: () => giveBackMemory(memory),
    resume() {
      if (!lendAgain(memory, bytes)) return false;
      load();
      return true;
    },
  };
}

/** Writes all that stays until the memory is given back: row numbers, columns, weights. */
function loadMembers(
  buffer: ArrayBufferLike,
  { identity, blockRows }: RowPlaces,
  members: readonly BoundMember[],
): void {
  const rows = new Uint32Array(buffer, identity, blockRows);
  for (let row = 0; row < blockRows; row++) rows[row] = row;
  for (const own of members) {
    const { member, columns, shapes } = own;
    if (own.stays) loadWeights(buffer, own);
    if (member.columns !== null) new Uint32Array(buffer, columns, member.columns.length).set(member.columns);
    own.factors = unitFactors(member, shapes);
  }
}

/** The columns that a member sees of the rows that were written, as its network's input. */
function gatherInputs(
  kernels: Kernels,
  { x, stride, identity }: RowPlaces,
  { network, member, columns }: BoundMember,
  count: number,
): void {
  const { inputs } = network.stages[0]!.shape;
  const { address, stride: inputStride } = network.input;
  if (member.columns === null) {
    kernels.gatherRows(x, stride, identity, count, inputs, address, inputStride);
  } else {
    kernels.gatherColumns(x, stride, identity, count, columns, inputs, address, inputStride);
  }
}

/** The factors a member runs with: those given, else its dropout's own where that asks for any. */
function unitFactors(
  { spec: { dropout }, factors }: TrainedNetwork,
  shapes: readonly LayerShape[],
): UnitFactors | null {
  if (factors !== null) return factors;
  return dropout?.scaling === 'plain' ? weightScalingFactors(dropout, shapes) : null;
}

/** Where all members find the rows of a block. */
interface RowPlaces {
  /** f32[blockRows, features], each row `stride` bytes from the next. */
  readonly x: number;
  readonly stride: number;
  /** u32[blockRows], counting from 0. */
  readonly identity: number;
  readonly blockRows: number;
}

interface MemberPlaces {
  readonly shapes: readonly LayerShape[];
  /** Its weights have a place of their own, and not one that members take turns in. */
  readonly stays: boolean;
  readonly layout: NetworkLayout;
  readonly columns: number;
}

interface BoundMember extends MemberPlaces {
  readonly member: TrainedNetwork;
  readonly network: NetworkProgram;
  readonly dropouts: readonly DropoutLayout[];
  factors: UnitFactors | null;
}

function bindMember(kernels: Kernels, places: MemberPlaces, member: TrainedNetwork): BoundMember {
  const network = bindNetwork(kernels, places.layout);
  // Not by spreading; see bindNetwork.
  return Object.assign({ member, network, dropouts: dropoutsOf(network), factors: null }, places);
}

/** Lays out what all members share and each member's own part. */
function layoutMembers<Places>({
  members,
  features,
  task,
  blockRows,
  loadedBytes = LOADED_BYTES,
  mode,
  place,
}: Loading<Places>) {
  const regions = new RegionAllocator(0);
  const stride = paddedBytes(features);
  const rows: RowPlaces = {
    x: regions.take(blockRows * stride),
    stride,
    identity: regions.takeWords(blockRows),
    blockRows,
  };
  const places = place(regions);
  const weightPlaces = placeWeights(regions, members, features, task, loadedBytes);
  const inPlace = members.map(({ spec, parameters }) => {
    const shapes = layerShapes(spec, features, task);
    const { address, stays } = weightPlaces.get(parameters)!;
    return { shapes, address, stays, columns: regions.takeWords(shapes[0]!.inputs) };
  });
  let bytes = regions.end;
  const own = inPlace.map((known, index): MemberPlaces => {
    // Members run one after the other, so their activations share what follows.
    const scratch = new RegionAllocator(regions.end);
    const member = members[index]!;
    const dropout = unitFactors(member, known.shapes) === null ? null : member.spec.dropout;
    const techniques = { ...NO_TECHNIQUES, dropout };
    const panels = panelsOf(blockRows);
    const layout = layoutNetwork(known.shapes, known.address, panels, scratch, mode, techniques);
    bytes = Math.max(bytes, scratch.end);
    return Object.assign({ layout }, known);
  });
  return { rows, places, own, bytes };
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
  members: readonly TrainedNetwork[],
  features: number,
  task: Task,
  loadedBytes: number,
): ReadonlyMap<Float32Array, WeightPlace> {
  const places = new Map<Float32Array, WeightPlace>();
  const guests = new Set<Float32Array>();
  let left = loadedBytes / 4;
  let longest = 0;
  for (const { spec, parameters } of members) {
    if (places.has(parameters) || guests.has(parameters)) continue;
    const length = paddedParameterCount(layerShapes(spec, features, task));
    left -= length;
    if (left >= 0) {
      places.set(parameters, { address: regions.takeWords(length), stays: true });
    } else {
      guests.add(parameters);
      longest = Math.max(longest, length);
    }
  }
  const address = regions.takeWords(longest);
  for (const weights of guests) places.set(weights, { address, stays: false });
  return places;
}

function loadWeights(buffer: ArrayBufferLike, { member, shapes, network }: BoundMember): void {
  packParameters(shapes, member.parameters, new Float32Array(buffer, network.weights, network.weightsLength));
}
