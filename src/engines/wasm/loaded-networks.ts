// Trained networks in one memory, ready to run forward block of rows by block of rows on the calling thread. Weights
// lie there side by side, or in turns if they are many; members run one after the other and share their activations.
// What is done with their raw outputs is the business of predictor.ts and differentiable.ts.

import type { Task } from '../../data/dataset/dataset.js';
import { type ExecutorCode, executorOf } from '../../kernels/executor.js';
import type { Operand } from '../../kernels/operand.js';
import { placeProgram } from '../../kernels/program.js';
import { ProgramBuilder } from '../../kernels/program-builder.js';
import { validateProgram } from '../../kernels/validate-program.js';
import { paddedBytes, RegionAllocator, writePaddedRows } from '../../memory/layout.js';
import { giveBackMemory, lendAgain, lendMemory, noteContent } from '../../memory/memory-cache.js';
import type { UnitFactors } from '../../model/layer-types.js';
import type { LayerShape } from '../../model/layers.js';
import { layerShapes } from '../../model/network.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import { factorsBytes, weightScalingFactors, writeFactors } from './dropout.js';
import {
  dropoutsOf,
  layoutNetwork,
  type NetworkLayout,
  NO_TECHNIQUES,
  paddedParameterCount,
} from './network-layout.js';
import { type Block, panelStrideOf, panelsOf } from './panels.js';
import { packParameters } from './parameters.js';
import { type BoundNetwork, bindNetwork, callForward, callForwardRow } from './passes.js';
import { STEP, STEP_BLOCK_BYTES, StepBlock, stepLimits } from './step-block.js';

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
export interface Loading<Places, Segments> {
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
  /**
   * What is to be run on the rows that were written, as segments of the program.
   * @param gather calls what brings so many rows before the members that see all columns.
   */
  write(
    calls: ProgramBuilder,
    members: readonly CallableMember[],
    places: Places,
    gather: (count: Operand) => void,
  ): Segments;
}

/** A member that calls can be made of. Members share their activations: what is wanted of one is taken before the next. */
export interface CallableMember {
  readonly network: BoundNetwork;
  /** Its weights are in memory all the time; those of the others by {@link LoadedNetworks.takeTurn}. */
  readonly stays: boolean;
  /** Its forward pass on gathered rows, of which it gathers a random subspace itself; its last stage then has its raw outputs. */
  callForward(): void;
  /** The same for one row. */
  callForwardRow(): void;
  /** Gathers f32[count, width], rows of `stride` bytes at `from`, into panels. */
  callGather(from: number, stride: number, width: number, into: Block): void;
}

export interface LoadedNetworks<Places, Segments> {
  readonly buffer: ArrayBufferLike;
  readonly places: Places;
  readonly segments: Segments;
  readonly block: StepBlock;
  /** Puts encoded rows, f32[count, features], where every member gathers its own from. */
  writeRows(rows: Float32Array, count: number): void;
  /** Loads the weights of a member that has no place of its own. */
  takeTurn(member: number): void;
  /** Runs a segment on the rows that were written; returns the sum of what it counts. */
  run(segment: number): number;
  /** Gives a member other factors; it must have been loaded with some. */
  setFactors(member: number, factors: UnitFactors): void;
  /** Gives the memory to whoever asks for one next; views of it are not to be read any more. */
  dispose(): void;
  /**
   * Takes the memory back, and loads the weights anew where others have had it since. @returns whether it was still to be
   * had.
   */
  resume(): boolean;
}

/** Loads networks into a memory of their own. @throws ERR_MEMORY */
export function loadNetworks<Places, Segments>(
  code: ExecutorCode,
  loading: Loading<Places, Segments>,
): LoadedNetworks<Places, Segments> {
  const { members, features, what } = loading;
  const { rows, own, places, programAt } = layoutMembers(loading);
  const calls = new ProgramBuilder();
  const loadedMembers = own.map((place, at) => bindMember(calls, rows, place, members[at]!));
  const segments = loading.write(calls, loadedMembers, places, (count) =>
    callGather(calls, rows, members, count),
  );
  const bytes = programAt + calls.bytes;
  const { memory } = lendMemory(bytes, what);
  const { buffer } = memory;
  const executor = executorOf(code, memory);
  const program = calls.build(buffer, programAt);
  validateProgram(buffer, program, stepLimits(rows.blockRows, rows.identity, rows.identity));
  const block = new StepBlock(buffer, rows.block);
  const content = { of: loadedMembers, start: 0, end: bytes };
  let guest: Float32Array | null = null;
  loadMembers(buffer, rows, loadedMembers);
  return {
    ...{ buffer, places, segments, block },
    writeRows(x, count) {
      writePaddedRows(buffer, rows.x, rows.stride, x, count, features);
      block.setBatch(rows.identity, count);
    },
    takeTurn(at) {
      const own = loadedMembers[at]!;
      if (own.stays || guest === own.member.parameters) return;
      loadWeights(buffer, own);
      guest = own.member.parameters;
    },
    run: (segment) => executor.run(program, segment, rows.block),
    setFactors(at, factors) {
      const own = loadedMembers[at]!;
      own.factors = factors;
      writeFactors(buffer, dropoutsOf(own.network), factors);
    },
    dispose() {
      noteContent(memory, content);
      giveBackMemory(memory);
    },
    resume() {
      const again = lendAgain(memory, bytes, content);
      if (again === null) return false;
      guest = null;
      if (again.holds) {
        // Whose weights were changed in place predicts with those.
        for (const own of loadedMembers) if (own.stays) loadWeights(buffer, own);
        return true;
      }
      placeProgram(program, buffer);
      block.clear();
      loadMembers(buffer, rows, loadedMembers);
      return true;
    },
  };
}

/** Writes all that stays until the memory is given back: row numbers, columns, weights, factors. */
function loadMembers(
  buffer: ArrayBufferLike,
  { identity, blockRows }: RowPlaces,
  members: readonly LoadedMember[],
): void {
  const rows = new Uint32Array(buffer, identity, blockRows);
  for (let row = 0; row < blockRows; row++) rows[row] = row;
  for (const own of members) {
    const { member, columns, network, factors } = own;
    if (own.stays) loadWeights(buffer, own);
    if (member.columns !== null) new Uint32Array(buffer, columns, member.columns.length).set(member.columns);
    if (factors !== null) writeFactors(buffer, dropoutsOf(network), factors);
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
  readonly block: number;
  /** f32[blockRows, features], each row `stride` bytes from the next. */
  readonly x: number;
  readonly stride: number;
  /** Its columns as batch panels, which every member has for input that sees all of them. */
  readonly panels: Block;
  readonly features: number;
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
  readonly factors: UnitFactors | null;
}

interface LoadedMember extends CallableMember {
  readonly member: TrainedNetwork;
  readonly shapes: readonly LayerShape[];
  readonly columns: number;
  factors: UnitFactors | null;
}

function bindMember(
  calls: ProgramBuilder,
  { x, stride, identity }: RowPlaces,
  { layout, shapes, stays, columns, factors }: MemberPlaces,
  member: TrainedNetwork,
): LoadedMember {
  const network = bindNetwork(calls, layout);
  const { address, stride: inputStride } = network.input;
  const { inputs } = shapes[0]!;
  const gatherColumns = (count: Operand) => {
    if (member.columns === null) return;
    calls.gatherColumns(x, stride, identity, count, columns, inputs, address, inputStride);
  };
  return {
    ...{ member, network, shapes, stays, columns, factors },
    callForward() {
      gatherColumns(STEP.count);
      callForward(network, STEP.panels);
    },
    callForwardRow() {
      gatherColumns(1);
      callForwardRow(network);
    },
    callGather(from, fromStride, width, into) {
      calls.gatherRows(from, fromStride, identity, STEP.count, width, into.address, into.stride);
    },
  };
}

function callGather(
  calls: ProgramBuilder,
  { x, stride, identity, panels, features }: RowPlaces,
  members: readonly TrainedNetwork[],
  count: Operand,
): void {
  if (members.every(({ columns }) => columns !== null)) return;
  calls.gatherRows(x, stride, identity, count, features, panels.address, panels.stride);
}

/** Lays out what all members share and each member's own part. */
function layoutMembers<Places, Segments>({
  members,
  features,
  task,
  blockRows,
  loadedBytes = LOADED_BYTES,
  mode,
  place,
}: Loading<Places, Segments>) {
  const regions = new RegionAllocator(0);
  const stride = paddedBytes(features);
  const rows: RowPlaces = {
    block: regions.take(STEP_BLOCK_BYTES),
    x: regions.take(blockRows * stride),
    stride,
    panels: {
      address: regions.take(panelsOf(blockRows) * panelStrideOf(features)),
      stride: panelStrideOf(features),
    },
    identity: regions.takeWords(blockRows),
    ...{ features, blockRows },
  };
  const places = place(regions);
  const weightPlaces = placeWeights(regions, members, features, task, loadedBytes);
  const inPlace = members.map((member) => {
    const shapes = layerShapes(member.spec, features, task);
    const { address, stays } = weightPlaces.get(member.parameters)!;
    const factors = unitFactors(member, shapes);
    const factorsAt = factors === null ? 0 : regions.take(factorsBytes(shapes));
    return { shapes, address, stays, factors, factorsAt, columns: regions.takeWords(shapes[0]!.inputs) };
  });
  let programAt = regions.end;
  const own = inPlace.map(({ shapes, address, stays, factors, factorsAt, columns }, index): MemberPlaces => {
    // Members run one after the other, so their activations share what follows.
    const scratch = new RegionAllocator(regions.end);
    const dropout = factors === null ? null : members[index]!.spec.dropout;
    const techniques = { ...NO_TECHNIQUES, dropout };
    const layout = layoutNetwork(shapes, address, panelsOf(blockRows), scratch, mode, techniques, {
      input: members[index]!.columns === null ? rows.panels : undefined,
      factors: new RegionAllocator(factorsAt),
    });
    programAt = Math.max(programAt, scratch.end);
    return { layout, shapes, stays, columns, factors };
  });
  return { rows, places, own, programAt };
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

function loadWeights(buffer: ArrayBufferLike, { member, shapes, network }: LoadedMember): void {
  packParameters(shapes, member.parameters, new Float32Array(buffer, network.weights, network.weightsLength));
}
