// How far an explanation is.

export interface ExplainProgress {
  /** Rows predicted of those that there are to predict. */
  readonly done: number;
  readonly total: number;
}
