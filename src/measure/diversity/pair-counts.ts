// How often which of two members is right, for every pair of members: the table that measures of diversity are made of.
// Owns counting over rows that both count for; diversity.ts makes figures of it.

/** Of two members, over the rows that both count for, each row times its weight. */
export interface PairCounts {
  /** Of all those rows. */
  readonly rows: number;
  readonly bothRight: number;
  /** Only the first, only the second. */
  readonly firstRight: number;
  readonly secondRight: number;
  readonly bothWrong: number;
  /** Rows for which both predict the same class. */
  readonly alike: number;
}

/** What each member chose in some rows. */
export interface Choices {
  readonly rows: number;
  /** i32[k, rows]: the class that each member predicts. */
  readonly labels: Int32Array;
  /** i32[rows]: the class that each is. */
  readonly truth: Int32Array;
  /** Weight of each row, ≥ 0; null: all 1. */
  readonly weights: ArrayLike<number> | null;
  /** u8[k, rows], 1 where a member counts; null where all do. */
  readonly mask: Uint8Array | null;
}

export interface PairCounter {
  add(choices: Choices): void;
  at(first: number, second: number): PairCounts;
}

/** Numbers kept for each pair: both right, the first alone, the second alone, both wrong, alike. */
const FIELDS = 5;

/** An empty counter of `members` members: k² numbers however many rows come. */
export function createPairCounter(members: number): PairCounter {
  const sums = new Float64Array(members * members * FIELDS);
  return {
    add: (choices) => addRows(sums, members, choices),
    at(first, second) {
      const swapped = first > second;
      const [low, high] = swapped ? [second, first] : [first, second];
      const from = (low * members + high) * FIELDS;
      const [bothRight, lowRight, highRight, bothWrong, alike] = [0, 1, 2, 3, 4].map(
        (at) => sums[from + at]!,
      );
      const [firstRight, secondRight] = swapped ? [highRight!, lowRight!] : [lowRight!, highRight!];
      const rows = bothRight! + firstRight + secondRight + bothWrong!;
      return { rows, bothRight: bothRight!, firstRight, secondRight, bothWrong: bothWrong!, alike: alike! };
    },
  };
}

function addRows(sums: Float64Array, members: number, choices: Choices): void {
  const { rows, labels, truth } = choices;
  const counted = countedWeights(members, choices);
  const right = new Uint8Array(members * rows);
  for (let at = 0; at < right.length; at++) right[at] = labels[at] === truth[at % rows] ? 1 : 0;
  for (let first = 0; first < members; first++) {
    for (let second = first + 1; second < members; second++) {
      const [a, b] = [first * rows, second * rows];
      const to = (first * members + second) * FIELDS;
      // Sums run on in the order of the rows, so that how these were cut into blocks changes no bit.
      let bothRight = sums[to]!;
      let firstRight = sums[to + 1]!;
      let secondRight = sums[to + 2]!;
      let bothWrong = sums[to + 3]!;
      let alike = sums[to + 4]!;
      for (let row = 0; row < rows; row++) {
        // A row that one of them does not count for has no weight in one of the two.
        const own = counted[a + row]!;
        const weight = Math.min(own, counted[b + row]!);
        const x = right[a + row]!;
        const y = right[b + row]!;
        bothRight += weight * (x & y);
        firstRight += weight * (x & ~y);
        secondRight += weight * (y & ~x);
        bothWrong += weight * (1 - (x | y));
        if (labels[a + row] === labels[b + row]) alike += weight;
      }
      sums[to] = bothRight;
      sums[to + 1] = firstRight;
      sums[to + 2] = secondRight;
      sums[to + 3] = bothWrong;
      sums[to + 4] = alike;
    }
  }
}

/** f64[k, rows]: the weight of a row where a member counts for it, else 0. */
function countedWeights(members: number, { rows, weights, mask }: Choices): Float64Array {
  const counted = new Float64Array(members * rows).fill(1);
  for (let at = 0; at < counted.length; at++) {
    if (mask !== null && mask[at] === 0) counted[at] = 0;
    else if (weights !== null) counted[at] = weights[at % rows]!;
  }
  return counted;
}
