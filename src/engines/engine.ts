// What an engine gives the training loop: one member that can be advanced epoch by epoch.
// The loop (order of epochs, early stopping, history) is src/ensemble/train-member.ts, for every engine.

/** The rows and columns of one member, drawn before its engine starts. */
export interface MemberRows {
  /** The resample: row numbers of the dataset, in any order, with repetitions. */
  readonly inBag: Uint32Array;
  /** Random subspace: ascending column numbers, or null for all. */
  readonly columns: Uint32Array | null;
}

/** One member in training. Epochs count from 1. */
export interface MemberTrainer {
  readonly stepsPerEpoch: number;
  /**
   * Trains one epoch over the resample in a fresh keyed order.
   * @returns the mean training loss per example, or null when a stop was requested before its end.
   * @throws ERR_DIVERGED when the loss of a step is not finite.
   */
  runEpoch(epoch: number, learningRate: number): number | null;
  /** Mean loss per example over these rows, without changing anything. */
  evaluate(rows: Uint32Array): number;
  /** Remembers the current weights as the best so far. */
  keepWeights(): void;
  /** Goes back to the weights last kept. */
  restoreWeights(): void;
  /** Writes the unpadded parameters: per layer W[inputs, units] row-major, then the bias. */
  exportWeights(into: Float32Array): void;
}
