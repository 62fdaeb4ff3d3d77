// Runs programs, which src/kernels/program.ts describes: lists of calls in shared memory, each its number, whether its
// loss does not count (+ 128) and its length in bytes (× 256), then its arguments, 4 bytes each.
import { FINGERPRINT, dispatch } from './dispatch';

/** A program begins with 4 words, then come 4 words for each segment: byte offsets from the program. */
const HEAD_BYTES: usize = 16;
const CALLS: usize = 0;
const CALLS_END: usize = 4;
const PATCHES: usize = 8;
const PATCHES_END: usize = 12;

/** A bit of a call's first word: what it returns is not added. */
const UNCOUNTED: u32 = 128;

/** Copies fields of the step block to the arguments that read them. */
// @ts-ignore: decorator
@inline
function patch(program: usize, segment: usize, stepBlock: usize): void {
  let at = program + load<u32>(segment, PATCHES);
  for (const end = program + load<u32>(segment, PATCHES_END); at < end; at += 8) {
    store<u32>(program + load<u32>(at), load<u32>(stepBlock + load<u32>(at, 4)));
  }
}

/** Returns the sum of the losses; one that is not finite ends the run, so that no update follows it. */
export function run(program: usize, segment: i32, stepBlock: usize): f64 {
  if (load<u32>(program) != FINGERPRINT) unreachable();
  const place = program + HEAD_BYTES + (<usize>segment << 4);
  patch(program, place, stepBlock);
  return runCalls(program + load<u32>(place, CALLS), program + load<u32>(place, CALLS_END));
}

/** Makes the calls from `call` to `end`. */
function runCalls(call: usize, end: usize): f64 {
  let total: f64 = 0;
  while (call < end) {
    const head = load<u32>(call);
    const loss = dispatch(call);
    if (!(head & UNCOUNTED)) total += loss;
    if (!isFinite(total)) return total;
    call += head >> 8;
  }
  return total;
}
