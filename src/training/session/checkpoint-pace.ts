// How often members in training are kept: said by whoever asks for a training, and to whoever runs its members.

/** How often members in training are kept, at the end of an epoch: never more often than takes a hundredth of the time. */
export interface CheckpointPace {
  /** Every so many epochs; excludes `seconds`. */
  readonly epochs?: number | undefined;
  /** Every so many seconds, at the end of an epoch. @default 10, unless `epochs` is given */
  readonly seconds?: number | undefined;
}
