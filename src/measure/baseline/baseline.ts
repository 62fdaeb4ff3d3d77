// What a trained ensemble is held against, as plain data that is saved with it: the same answer for every row, and a
// linear model. Types alone.

/** A prediction that any ensemble should beat. */
export interface Baseline {
  /** The share of each class, [classes], or the mean of each target in the user's units, [targets]; by the rows' weights. */
  readonly constant: readonly number[];
  /** Null where none was fitted. */
  readonly linear: LinearBaseline | null;
}

/** A linear model of the features as members see them. */
export interface LinearBaseline {
  /** [features, outputs], row-major. */
  readonly weights: readonly number[];
  /** [outputs] */
  readonly bias: readonly number[];
  /** How many training rows it was fitted on. */
  readonly rows: number;
}
