// Quantiles and logarithms as the page of exported ensembles defines them, for the reader of JSON.

import { erf } from '../kernels/reference.js';

/** What targets are bent by. */
export type Bend =
  | {
      readonly kind: 'log';
      readonly shift: readonly number[];
      readonly mean: readonly number[];
      readonly std: readonly number[];
    }
  | { readonly kind: 'quantile'; readonly quantiles: readonly (readonly number[])[] };

/** By bisection of the distribution function, whose tails are the complementary error function's. */
export function deviateAmong(value: number, quantiles: readonly number[]): number {
  const last = quantiles.length - 1;
  const [below, upTo] = [
    quantiles.filter((q) => q < value).length,
    quantiles.filter((q) => q <= value).length,
  ];
  const between = () => {
    const [low, high] = [quantiles[below - 1]!, quantiles[below]!];
    return below - 1 + (value - low) / (high - low);
  };
  const level = upTo === 0 ? 0 : below > last ? last : upTo > below ? (below + upTo - 1) / 2 : between();
  const share = Math.min(1 - 1e-7, Math.max(1e-7, level / last));
  let [least, most] = [-6, 6];
  for (let step = 0; step < 60; step++) {
    const middle = (least + most) / 2;
    if ((1 + erf(middle / Math.SQRT2)) / 2 < share) least = middle;
    else most = middle;
  }
  return (least + most) / 2;
}

/** What a bent target's output stands for; null where it is not bent. */
export function unbent(map: Bend | undefined, t: number, z: number): number | null {
  if (map === undefined) return null;
  if (map.kind === 'log') return Math.exp(map.mean[t]! + map.std[t]! * z) - map.shift[t]!;
  const quantiles = map.quantiles[t]!;
  const last = quantiles.length - 1;
  const level = (last * (1 + erf(z / Math.SQRT2))) / 2;
  const place = Math.min(last - 1, Math.floor(level));
  return quantiles[place]! + (level - place) * (quantiles[place + 1]! - quantiles[place]!);
}
