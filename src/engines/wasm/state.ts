// What of a member's arena must outlive a job: parameters, moments, the best weights so far, averages. All of them
// are laid out like the parameters, so a state is those regions one after the other, as they lie in memory.
// Everything else (rows, order, masks, counters) is drawn again or follows from the epoch.

import type { Arena } from './arena.js';

/** Byte offsets of the regions a state holds, the parameters first. */
function stateRegions(arena: Arena): readonly number[] {
  const { network, firstMoment, secondMoment, kept, average, swag } = arena;
  return [network.weights, firstMoment, secondMoment, kept, average, ...swag].filter(
    (address) => address !== 0,
  );
}

/** Floats of a member's state. */
export function stateLengthFloats(arena: Arena): number {
  return stateRegions(arena).length * arena.network.weightsLength;
}

/** Copies the state out of the arena: `into` f32[stateLengthFloats]. */
export function copyStateOut(buffer: ArrayBufferLike, arena: Arena, into: Float32Array): void {
  const length = arena.network.weightsLength;
  stateRegions(arena).forEach((address, region) => {
    into.set(new Float32Array(buffer, address, length), region * length);
  });
}

/** Copies a state into the arena of the same member, in whatever slot. */
export function copyStateIn(buffer: ArrayBufferLike, arena: Arena, from: Float32Array): void {
  const length = arena.network.weightsLength;
  stateRegions(arena).forEach((address, region) => {
    new Float32Array(buffer, address, length).set(from.subarray(region * length, (region + 1) * length));
  });
}
