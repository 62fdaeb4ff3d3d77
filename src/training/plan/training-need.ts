// The memory that a training takes beside what the process has already, for so many slots: from its first job until its
// ensemble is saved and measured. The figures here are measured: real trainings take no more, and not much less.

import type { Dataset } from '../../data/dataset/dataset.js';
import { engineOf } from '../../engines/registry.js';
import type { MemberSize } from '../../engines/shared/definition.js';
import { stateShape } from '../../engines/wasm/tying.js';
import { measuringBytes } from '../../ensemble/predict/loaded-bytes.js';
import { availableMemory } from '../../machine/available-memory.js';
import {
  formatBytes,
  type MemoryPart,
  requireMemory,
  roomText,
  totalOf,
} from '../../machine/memory-limit.js';
import { MAX_MEMORY_BYTES } from '../../memory/layout.js';
import { memberFeatures } from '../../model/network.js';
import { isNetwork } from '../../model/network-members.js';
import { cycleOf } from '../../model/snapshots.js';
import { type EnsemblePlan, hasEpochs, type MemberSpec } from '../../model/spec.js';
import { type Run, restingBytes } from './runs.js';

const MIB = 2 ** 20;
const KIB = 1024;

/** What training takes of the calling thread, however small: its code compiled, and garbage. */
const BYTES_OF_TRAINING = 24 * MIB;
/** The same of each thread at work. */
const BYTES_PER_SLOT = 4 * MIB;
/** A process of its own has Node.js and tutti's code for itself. */
const BYTES_PER_PROCESS = 48 * MIB;
/** A member that is handed over is written while the next may be paused. */
const STATES_HANDED = 2;
/** Spec, rows in bag and bookkeeping of a member, and of one of its epochs. */
const BYTES_PER_MEMBER = 8 * KIB;
const BYTES_PER_EPOCH = 160;
/** What saving makes of those. */
const SAVED_BYTES_PER_MEMBER = 5 * KIB;

/** Parts of what a training needs with so many slots. */
export type TrainingNeed = (slots: number) => readonly MemoryPart[];

/** What is to be trained, and on what. */
export interface Trained {
  readonly dataset: Dataset;
  readonly plan: EnsemblePlan;
  readonly runs: readonly Run[];
  readonly reseeds?: number;
}

/** What each slot takes. */
export interface SlotNeed {
  readonly arenaBytes: number;
  /** Of the members that it hands over while they are trained; 0 where it does not. */
  readonly stateBytes: number;
  /** Whether a user's module has a process of its own. */
  readonly apart: boolean;
  /** Rows that a member draws from. */
  readonly candidates: number;
}

/**
 * What a training needs, for any number of slots.
 * @param sharedBytes of its memory without arenas.
 */
export function trainingNeed(training: Trained, sharedBytes: number, slot: SlotNeed): TrainingNeed {
  const { dataset, plan, runs, reseeds = 0 } = training;
  const specs = runs.flatMap(({ memberIndices }) => memberIndices.map((index) => plan.members[index]!));
  const results = resultParts(specs, specs.length, dataset);
  const after = afterwardsBytes(specs, dataset);
  const { library, each } = enginesNeed(specs, dataset, sharedBytes, slot);
  return (slots) => {
    const resting = restingBytes(runs, dataset, slots, reseeds) + slots * STATES_HANDED * slot.stateBytes;
    const arenas = slots * slot.arenaBytes;
    const count = slots === 1 ? 'a member' : `${slots} members`;
    return [
      { use: 'for the dataset', bytes: sharedBytes, remedy: 'fewer rows or columns need less' },
      {
        use: `for ${count} in training`,
        bytes: arenas + slots * (BYTES_PER_SLOT + each),
        remedy: `a smaller network or batch${slots === 1 ? '' : ', or fewer threads,'} needs less`,
      },
      { use: 'for states between epochs', bytes: resting, remedy: 'smaller networks need less' },
      ...results,
      { use: 'for the library of an engine', bytes: library, remedy: 'another engine needs less' },
      { use: 'for the process itself', bytes: BYTES_OF_TRAINING, remedy: 'there is no doing with less' },
      {
        use: 'for saving and measuring',
        // Arenas and states are gone by then.
        bytes: Math.max(0, after - arenas - resting),
        remedy: 'fewer members or rows need less',
      },
    ];
  };
}

/**
 * Refuses members whose results alone would not fit, before a million specs are made.
 * @param choices the distinct specs, which the members take in turn.
 * @throws ERR_MEMORY
 */
export function requireMemoryOfResults(
  choices: readonly MemberSpec[],
  members: number,
  dataset: Dataset,
): void {
  requireMemory(resultParts(choices, members, dataset), `Training ${members} members`);
}

/**
 * What members leave, but for models whose size is known only when they are there.
 * @param choices specs that the members take in turn.
 */
function resultParts(choices: readonly MemberSpec[], members: number, dataset: Dataset): MemoryPart[] {
  const mean = (sizeOf: (spec: MemberSpec) => number) =>
    choices.reduce((sum, spec) => sum + sizeOf(spec), 0) / choices.length;
  const use = members === 1 ? 'for the finished member' : `for ${members} finished members`;
  const records = mean((spec) => BYTES_PER_MEMBER + BYTES_PER_EPOCH * epochsOf(spec));
  return [
    {
      use,
      bytes: members * mean((spec) => weightBytes(spec, dataset)),
      remedy: 'fewer or smaller members need less',
    },
    {
      use: 'for the records of their epochs',
      bytes: members * records,
      remedy: 'fewer members or epochs need less',
    },
  ];
}

/** What is needed when the members are there. */
function afterwardsBytes(specs: readonly MemberSpec[], dataset: Dataset): number {
  const { features, task, rows } = dataset;
  const sizes: MemberSize[] = specs.map((spec) => ({ spec, bytes: weightBytes(spec, dataset) }));
  const saving = specs.reduce(
    (sum, spec) => sum + SAVED_BYTES_PER_MEMBER + BYTES_PER_EPOCH * epochsOf(spec),
    0,
  );
  return saving + measuringBytes(sizes, features, task, rows);
}

/** Of engines that take memory of their own: once for their library, and for each member in training. */
function enginesNeed(
  specs: readonly MemberSpec[],
  { features }: Dataset,
  sharedBytes: number,
  { apart, candidates }: SlotNeed,
): { readonly library: number; readonly each: number } {
  let library = 0;
  let each = 0;
  for (const spec of specs) {
    const { footprint, module } = engineOf(spec);
    const own = footprint?.thread(4 * candidates * memberFeatures(spec, features)) ?? 0;
    const isApart = apart && module?.of(spec) !== undefined && module.of(spec) !== null;
    if (isApart) {
      // A process has the library and the dataset for itself.
      each = Math.max(each, BYTES_PER_PROCESS + sharedBytes + own + (footprint?.process ?? 0));
    } else {
      library = Math.max(library, footprint?.process ?? 0);
      each = Math.max(each, own);
    }
  }
  return { library, each };
}

/** Bytes of a member's state, as it is handed over; 0 where an engine does not tell. */
export function stateBytesOf(spec: MemberSpec, { features, task }: Dataset): number {
  return isNetwork(spec) ? 4 * stateShape(spec, features, task).lengthFloats : 0;
}

function weightBytes(spec: MemberSpec, { features, task, rows }: Dataset): number {
  return 4 * (engineOf(spec).weightsLength(spec, features, task, rows) ?? 0);
}

/** Epochs that a member's history has, at most. */
function epochsOf(spec: MemberSpec): number {
  if (!hasEpochs(spec)) return 0;
  const { first, last } = cycleOf(spec);
  return last - first + 1;
}

/** How many slots a training gets, and why it is not as many as wanted. */
export interface SlotsThatFit {
  readonly slots: number;
  /** A sentence with all figures; null where all fit. */
  readonly fewerThreads: string | null;
}

/**
 * The most slots that fit.
 * @param isShared whether so many arenas fit into one memory. @param what the training, in messages.
 * @throws ERR_MEMORY when one does not.
 */
export function slotsThatFit(
  need: TrainingNeed,
  isShared: (slots: number) => boolean,
  wanted: number,
  what: string,
): SlotsThatFit {
  const room = availableMemory();
  let slots = wanted;
  while (slots > 1 && !(isShared(slots) && totalOf(need(slots)) <= room.available)) slots--;
  if (slots === 1) requireMemory(need(1), `${what} on one thread`, room);
  if (slots === wanted) return { slots, fewerThreads: null };
  const limit = isShared(slots + 1) ? roomText(room) : `${formatBytes(MAX_MEMORY_BYTES)} can be shared`;
  const [few, more] = [slots, slots + 1].map((count) => formatBytes(totalOf(need(count))));
  const fewerThreads = `${what} on ${slots} of ${wanted} threads, which needs about ${few} of memory: ${slots + 1} would need ${more}, but only ${limit}`;
  return { slots, fewerThreads };
}
