// What a network makes of its features before the first layer, as types: the public declarations hold them.

/** Columns of x, `from` on, and what they become: what the parts become lies in one row, part after part. */
export type PortablePart =
  /** As they are. */
  | { readonly kind: 'copied'; readonly from: number; readonly count: number }
  /**
   * Of each number x itself and then its terms: periodic cos(2π first x + second), piecewise min(max((x − first) × second, 0), 1);
   * or, where there is a projection, terms · weight + bias.
   */
  | {
      readonly kind: 'numbers';
      readonly from: number;
      readonly count: number;
      readonly expansion: 'periodic' | 'piecewise';
      readonly terms: number;
      /** f32[count, terms], row-major. */
      readonly first: Float32Array;
      readonly second: Float32Array;
      /** weight f32[count, terms, size], bias f32[count, size]. */
      readonly projection: {
        readonly size: number;
        readonly weight: Float32Array;
        readonly bias: Float32Array;
      } | null;
    }
  /** 0/1 columns of one column of categories: x W with W f32[count, size]. */
  | {
      readonly kind: 'category';
      readonly from: number;
      readonly count: number;
      readonly size: number;
      readonly weight: Float32Array;
    };

/** What becomes of the features before the first layer. */
export interface PortableInputs {
  /** What the first layer takes. */
  readonly units: number;
  /** In the order of the columns, all of which they take; one that copies all where nothing is embedded. */
  readonly parts: readonly PortablePart[];
  /** What each of that is then multiplied by, f32[units]; null: nothing. */
  readonly factors: Float32Array | null;
}
