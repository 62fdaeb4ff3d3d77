// Records kernel calls in shared memory, to be run again and again by one call of `runCalls`. What a call computes
// and in which order stays with whoever makes the calls; this file only writes them down.

import { TuttiError } from '../errors.js';
import { activationKind, type SmoothActivation } from './activation-kind.js';
import type { Kernels } from './kernels.js';
import { OPERATIONS, type OperationName } from './operations.js';

/** What can be recorded. */
const RECORDABLE = [
  'gatherRows',
  'gatherColumns',
  'gatherLabels',
  'gatherWeights',
  'forward',
  'activate',
  'applyMask',
  'softmaxCrossEntropy',
  'binaryCrossEntropy',
  'squaredError',
  'gaussianNll',
  'smoothLabels',
  'inputGradient',
  'addActivityGradient',
  'multiply',
  'weightGradient',
] as const satisfies readonly (keyof Kernels & OperationName)[];

/** Those whose operation takes a stride and panels where the kernel has a count of floats, its last argument. */
const ELEMENTWISE: readonly string[] = ['activate', 'applyMask', 'multiply'];

/** Stands for an address that each run brings along. Not aligned, so that it is no address of anything. */
export const VARIABLE_ADDRESS = 0xffff_fffd;

/** Words of the longest call. */
const MAX_CALL_WORDS = 11;

/** Words that a list of this many calls fits in. */
export function callListWords(calls: number): number {
  return calls * MAX_CALL_WORDS;
}

/** Thrown by a recorder that is asked for something it cannot record. */
class NotRecordable extends Error {}

/** Stands in for every kernel that cannot be recorded. */
const REFUSING = new Proxy(
  {},
  {
    get: () => () => {
      throw new NotRecordable();
    },
  },
);

/** Recorded calls. */
export interface CallList {
  /**
   * Runs the calls with `address` in every place of {@link VARIABLE_ADDRESS}.
   * @returns the sum of the losses; no call follows one that is not finite.
   */
  run(address: number): number;
}

/**
 * Records the calls that `make` makes of the kernels it is given; losses are 0 meanwhile.
 * @param at where the list may lie, 4-byte aligned; `words` words.
 * @returns null when it makes a call that cannot be recorded.
 * @throws ERR_INTERNAL when they need more room.
 */
export function recordCalls(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  at: number,
  words: number,
  make: (recorder: Kernels) => void,
): CallList | null {
  const list = new Uint32Array(memory.buffer, at, words);
  const floats = new Float32Array(memory.buffer, at, words);
  const variables: number[] = [];
  let length = 0;
  const write: Write = (operation, floatPlaces, values) => {
    // The slow road would be taken silently, for as long as nobody measures it.
    if (length + 1 + values.length > words)
      throw new TuttiError('ERR_INTERNAL', `A list of calls needs more than its ${words} words`);
    list[length++] = operation + 256 * 4 * (1 + values.length);
    for (let place = 0; place < values.length; place++) {
      const value = values[place]!;
      if (value === VARIABLE_ADDRESS) variables.push(length);
      if (floatPlaces.includes(place)) floats[length++] = value;
      else list[length++] = value;
    }
  };
  try {
    make(recorder(write));
  } catch (error) {
    if (error instanceof NotRecordable) return null;
    throw error;
  }
  const end = at + length * 4;
  const { runCalls } = kernels;
  return {
    run(address) {
      for (let i = 0; i < variables.length; i++) list[variables[i]!] = address;
      return runCalls(at, end);
    },
  };
}

type Write = (operation: number, floatPlaces: readonly number[], values: readonly number[]) => void;

/** Kernels that write their calls down. */
function recorder(write: Write): Kernels {
  return Object.create(RECORDING, { write: { value: write } }) as Kernels;
}

/** What all recorders have in common: two are made for every member. Their kernels are to be called as methods. */
const RECORDING = createRecording();

function createRecording(): object {
  const own: Record<string, PropertyDescriptor> = {};
  const names = Object.keys(OPERATIONS);
  for (const name of RECORDABLE) {
    const operation = names.indexOf(name);
    const floatPlaces = OPERATIONS[name].args.flatMap(([, kind], place) => (kind === 'f32' ? [place] : []));
    const record = function (this: { write: Write }, ...values: number[]) {
      const all = ELEMENTWISE.includes(name) ? [...values.slice(0, -1), values.at(-1)! * 4, 1] : values;
      this.write(operation, floatPlaces, all);
      return 0;
    };
    const activate = function (this: { write: Write }, kind: SmoothActivation, ...rest: number[]) {
      return record.call(this, activationKind(kind), ...rest);
    };
    own[name] = { value: name === 'activate' ? activate : record };
  }
  return Object.create(REFUSING, own) as object;
}
