// The dataset as numbers: what training reads. Made by the readers and preprocessing of this folder
// or from a caller's typed arrays; it knows nothing of members, threads or files.

/** What is predicted. Order of `classes` is the order of probability columns everywhere. */
export type Task =
  | { readonly kind: 'classification'; readonly classes: readonly string[] }
  | { readonly kind: 'regression'; readonly targets: readonly string[] };

export interface Dataset {
  readonly task: Task;
  readonly rows: number;
  /** Columns of `x`, after one-hot encoding. */
  readonly features: number;
  /** f32[rows, features], row-major, as the networks see it (standardised when preprocessing says so). */
  readonly x: Float32Array;
  /** Classification: class index of each row, i32[rows]. Empty for regression. */
  readonly labels: Int32Array;
  /** Regression: f32[rows, targets], row-major, standardised by `targetScale`. Empty for classification. */
  readonly targets: Float32Array;
  /** Regression: value in the user's units = mean + std × standardised, one of each per target. */
  readonly targetScale: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** Weights of the loss, f32[rows], mean 1; null when all are 1. */
  readonly rowWeights: Float32Array | null;
  /** Group index of each row for grouped resampling and splitting, or null. */
  readonly groups: Int32Array | null;
  /** SHA-256 of the task, shape and numbers above, hexadecimal. */
  readonly hash: string;
}

/** Columns of a network's raw prediction for a task: class count, or target count. */
export function outputCount(task: Task): number {
  return task.kind === 'classification' ? task.classes.length : task.targets.length;
}
