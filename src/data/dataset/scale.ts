// A scale of columns. A type alone, which encodings of features and of targets have in common.

/** One mean and one standard deviation per column: value in the user's units = mean + std × standardised. */
export interface Scale {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}
