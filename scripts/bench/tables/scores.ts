// What a contender's predictions of test rows are worth: the same formulas for everyone.

/** Of classes, row by row; or of numbers, with a Gaussian deviation, or the bounds of an interval for 90 %. */
export type Answer =
  | { readonly probabilities: readonly ArrayLike<number>[] }
  | {
      readonly mean: ArrayLike<number>;
      readonly sd: ArrayLike<number>;
      readonly bounds?: { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };
    };

/** Mean over the test rows. */
export interface ClassScores {
  readonly accuracy: number;
  /** −ln p of the true class, p floored at 1e-15. */
  readonly logLoss: number;
  /** Squared error summed over classes. */
  readonly brier: number;
  /** Expected calibration error of the predicted class, 15 bins of equal width. */
  readonly ece: number;
}

export interface NumberScores {
  /** Over the standard deviation of the test rows' target. */
  readonly rmse: number;
  /** Gaussian negative log-likelihood of the target in units of that deviation. */
  readonly nll: number;
  /** Share of rows within the interval for 90 %. */
  readonly coverage: number;
}

export type Scores = ClassScores | NumberScores;

const BINS = 15;
/** Of a Gaussian within ±1.6449 deviations. */
const NINETY_PERCENT = 1.6448536269514722;

export function scoresOf(answer: Answer, truth: ArrayLike<number>): Scores {
  return 'probabilities' in answer ? classScores(answer.probabilities, truth) : numberScores(answer, truth);
}

function classScores(probabilities: readonly ArrayLike<number>[], truth: ArrayLike<number>): ClassScores {
  const bins = Array.from({ length: BINS }, () => ({ confidence: 0, hits: 0 }));
  let [hits, loss, brier] = [0, 0, 0];
  probabilities.forEach((row, at) => {
    const label = truth[at]!;
    const all = Array.from(row);
    const confidence = Math.max(...all);
    const hit = all.indexOf(confidence) === label ? 1 : 0;
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))]!;
    bin.confidence += confidence;
    bin.hits += hit;
    hits += hit;
    loss -= Math.log(Math.max(1e-15, all[label]!));
    brier += all.reduce((sum, p, c) => sum + (p - (c === label ? 1 : 0)) ** 2, 0);
  });
  const rows = probabilities.length;
  const gaps = bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.hits), 0);
  return { accuracy: hits / rows, logLoss: loss / rows, brier: brier / rows, ece: gaps / rows };
}

function numberScores(
  { mean, sd, bounds }: Extract<Answer, { mean: unknown }>,
  truth: ArrayLike<number>,
): NumberScores {
  const y = Array.from(truth);
  const centre = y.reduce((sum, value) => sum + value, 0) / y.length;
  const unit = Math.sqrt(y.reduce((sum, value) => sum + (value - centre) ** 2, 0) / y.length);
  let [squares, nll, covered] = [0, 0, 0];
  y.forEach((value, row) => {
    const error = (value - mean[row]!) / unit;
    const deviation = sd[row]! / unit;
    squares += error ** 2;
    nll += 0.5 * (Math.log(2 * Math.PI) + (error / deviation) ** 2) + Math.log(deviation);
    const within = bounds
      ? bounds.lower[row]! <= value && value <= bounds.upper[row]!
      : Math.abs(error) <= NINETY_PERCENT * deviation;
    covered += within ? 1 : 0;
  });
  const rows = y.length;
  return { rmse: Math.sqrt(squares / rows), nll: nll / rows, coverage: covered / rows };
}
