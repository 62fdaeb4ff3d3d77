// What a network makes of its features before the first layer, in words and numbers; part of described-ensemble.ts.

import type { PortableInputs, PortablePart } from '../../model/portable-input-types.js';

export type DescribedPart<Numbers> =
  | { readonly kind: 'copied'; readonly from: number; readonly count: number }
  | {
      readonly kind: 'numbers';
      readonly from: number;
      readonly count: number;
      readonly expansion: 'periodic' | 'piecewise';
      /** [count][terms]: frequencies and phases, or where bins begin and what they take per unit. */
      readonly first: Numbers;
      readonly second: Numbers;
      /** [count][terms][size] and [count][size]; null: terms are as they are. */
      readonly projection: { readonly weight: Numbers; readonly bias: Numbers } | null;
    }
  | {
      readonly kind: 'category';
      readonly from: number;
      readonly count: number;
      /** [count][size]. */
      readonly weight: Numbers;
    };

export interface DescribedInputs<Numbers> {
  /** In the order of the columns; what they become lies in one row, part after part. */
  readonly parts: readonly DescribedPart<Numbers>[];
  /** What each of that is multiplied by; null: nothing. */
  readonly factors: Numbers | null;
}

/** How a format has numbers: in place, or under a name. */
export type WriteNumbers<Numbers> = (name: string, shape: readonly number[], values: Float32Array) => Numbers;

/** @param name of the member, before the names of its numbers. */
export function describeInputs<Numbers>(
  { parts, factors, units }: PortableInputs,
  name: string,
  write: WriteNumbers<Numbers>,
): DescribedInputs<Numbers> {
  return {
    parts: parts.map((part, at) => describePart(part, `${name}.inputs.${at + 1}`, write)),
    factors: factors === null ? null : write(`${name}.inputs.factors`, [units], factors),
  };
}

function describePart<Numbers>(
  part: PortablePart,
  name: string,
  write: WriteNumbers<Numbers>,
): DescribedPart<Numbers> {
  const { kind, from, count } = part;
  if (kind === 'copied') return { kind, from, count };
  if (kind === 'category') {
    return { kind, from, count, weight: write(`${name}.weight`, [count, part.size], part.weight) };
  }
  const { expansion, terms, first, second, projection } = part;
  return {
    ...{ kind, from, count, expansion },
    first: write(`${name}.first`, [count, terms], first),
    second: write(`${name}.second`, [count, terms], second),
    projection: projection && {
      weight: write(`${name}.weight`, [count, terms, projection.size], projection.weight),
      bias: write(`${name}.bias`, [count, projection.size], projection.bias),
    },
  };
}
