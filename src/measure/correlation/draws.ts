// Which units each replicate of a bootstrap holds. Every interval of the same number of units is of the same draws, so that
// differences are paired; they are drawn once for all intervals of a measurement.

import { RandomStream, streamKey } from '../../math/random.js';

/** Draws that are kept for who asks next: 4 MB, a thousand replicates of the most units there are. */
const MOST_KEPT = 2 ** 21;

/** The last ones; whoever is short of memory may have it. */
let kept: { readonly key: string; readonly draws: WeakRef<Uint16Array> } | null = null;

/**
 * Calls `visit` for each replicate with the units it holds, u16[count], with repetition; the array is only lent.
 * @param count of units, at most 65 536.
 */
export function eachDraw(
  count: number,
  replicates: number,
  seed: number,
  visit: (picked: Uint16Array, replicate: number) => void,
): void {
  if (count * replicates <= MOST_KEPT) {
    const draws = drawsOf(count, replicates, seed);
    for (let replicate = 0; replicate < replicates; replicate++) {
      visit(draws.subarray(replicate * count, (replicate + 1) * count), replicate);
    }
    return;
  }
  const stream = new RandomStream(streamKey(seed, 'bootstrapInterval'));
  const picked = new Uint16Array(count);
  for (let replicate = 0; replicate < replicates; replicate++) {
    fill(picked, count, stream);
    visit(picked, replicate);
  }
}

function drawsOf(count: number, replicates: number, seed: number): Uint16Array {
  const key = `${count} ${replicates} ${seed}`;
  const known = kept?.key === key ? kept.draws.deref() : undefined;
  if (known !== undefined) return known;
  const draws = new Uint16Array(count * replicates);
  fill(draws, count, new RandomStream(streamKey(seed, 'bootstrapInterval')));
  kept = { key, draws: new WeakRef(draws) };
  return draws;
}

function fill(picked: Uint16Array, count: number, stream: RandomStream): void {
  for (let draw = 0; draw < picked.length; draw++) picked[draw] = stream.below(count);
}
