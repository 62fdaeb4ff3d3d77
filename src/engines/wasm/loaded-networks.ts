// Trained networks in one memory, ready to run forward block of rows by block of rows on the calling thread. Weights
// lie there side by side, or in turns if they are many; members run one after the other and share their activations.
// What is done with their raw outputs is the business of predictor.ts and differentiable.ts.

import type { Task } from '../../data/dataset/dataset.js';
import type { Executor } from '../../kernels/executor.js';
import type { Operand } from '../../kernels/operand.js';
import { type Program, placeProgram } from '../../kernels/program.js';
import { ProgramBuilder } from '../../kernels/program-builder.js';
import { paddedBytes, RegionAllocator, writePaddedRows } from '../../memory/layout.js';
import type { SharedMemory } from '../../memory/webassembly-types.js';
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
import { LOADED_BYTES } from './predictor-bytes.js';
import type { Content, ProgramSite } from './program-site.js';
import { STEP, STEP_BLOCK_BYTES, StepBlock, stepLimits } from './step-block.js';

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

/** Networks in a memory of their own. */
export class LoadedNetworks<Places, Segments> {
  readonly places: Places;
  readonly segments: Segments;
  readonly block: StepBlock;
  readonly #rows: RowPlaces;
  readonly #members: readonly LoadedMember[];
  readonly #memory: SharedMemory;
  readonly #program: Program;
  readonly #executor: Executor;
  readonly #site: ProgramSite;
  /** Whose weights are where members take turns. */
  #guest: Float32Array | null = null;

  /** @throws ERR_MEMORY */
  constructor(site: ProgramSite, loading: Loading<Places, Segments>) {
    const { members, what } = loading;
    const { rows, own, places, programAt } = layoutMembers(loading);
    const calls = new ProgramBuilder();
    const callable = own.map((place, at) => bindMember(calls, rows, place, members[at]!));
    const gather = (count: Operand) => callGather(calls, rows, members, count);
    this.places = places;
    this.segments = loading.write(calls, callable, places, gather);
    this.#rows = rows;
    this.#members = callable;
    this.#site = site;
    this.#memory = site.lend(programAt + calls.bytes, what);
    this.#executor = site.bind(this.#memory);
    this.#program = calls.build(this.buffer, programAt);
    site.validate(this.buffer, this.#program, stepLimits(rows.blockRows, rows.identity, rows.identity));
    this.block = new StepBlock(this.buffer, rows.block);
    this.#load();
  }

  get buffer(): ArrayBufferLike {
    return this.#memory.buffer;
  }

  /** Puts encoded rows, f32[count, features], where every member gathers its own from. */
  writeRows(x: Float32Array, count: number): void {
    const { x: address, stride, features, identity } = this.#rows;
    writePaddedRows(this.buffer, address, stride, x, count, features);
    this.block.setBatch(identity, count);
  }

  /** Loads the weights of a member that has no place of its own. */
  takeTurn(member: number): void {
    const own = this.#members[member]!;
    if (own.stays || this.#guest === own.member.parameters) return;
    loadWeights(this.buffer, own);
    this.#guest = own.member.parameters;
  }

  /** Runs a segment on the rows that were written; returns the sum of what it counts. */
  run(segment: number): number {
    return this.#executor.run(this.#program, segment, this.block.address);
  }

  /** Gives a member other factors; it must have been loaded with some. */
  setFactors(member: number, factors: UnitFactors): void {
    const own = this.#members[member]!;
    own.factors = factors;
    writeFactors(this.buffer, dropoutsOf(own.network), factors);
  }

  /** Gives the memory to whoever asks for one next; views of it are not to be read any more. */
  dispose(): void {
    this.#site.giveBack(this.#memory, this.#content);
  }

  /**
   * Takes the memory back, and loads all anew that others have had since. @returns whether it was still to be had.
   */
  resume(): boolean {
    const content = this.#content;
    const again = this.#site.lendAgain(this.#memory, content.end, content);
    if (again === null) return false;
    this.#guest = null;
    // Whose weights were changed in place predicts with those.
    if (again.holds) this.#loadWeights();
    else this.#loadAnew();
    return true;
  }

  /** All that lies in the memory, while nobody else has it. */
  get #content(): Content {
    return { of: this.#members, start: 0, end: this.#program.address + this.#program.bytes };
  }

  #loadAnew(): void {
    placeProgram(this.#program, this.buffer);
    this.block.clear();
    this.#load();
  }

  /** Writes row numbers, columns, factors and the weights that stay. */
  #load(): void {
    const { identity, blockRows } = this.#rows;
    const rows = new Uint32Array(this.buffer, identity, blockRows);
    for (let row = 0; row < blockRows; row++) rows[row] = row;
    for (const { member, columns, network, factors } of this.#members) {
      const own = member.columns;
      if (own !== null) new Uint32Array(this.buffer, columns, own.length).set(own);
      if (factors !== null) writeFactors(this.buffer, dropoutsOf(network), factors);
    }
    this.#loadWeights();
  }

  #loadWeights(): void {
    for (const own of this.#members) if (own.stays) loadWeights(this.buffer, own);
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
