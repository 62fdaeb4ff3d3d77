// Parameter tying: weights drawn toward those of other members.
import { madd, splat } from './vector';

/** w += share × (anchor − w); count a multiple of 4. A weight that equals its anchor stays as it is. */
// @ts-ignore: decorator
@inline
export function pullToward(w: usize, anchor: usize, count: i32, share: f32): void {
  const part = splat(share);
  for (const end = w + (<usize>count << 2); w < end; w += 16, anchor += 16) {
    const weight = v128.load(w);
    v128.store(w, madd(part, f32x4.sub(v128.load(anchor), weight), weight));
  }
}
