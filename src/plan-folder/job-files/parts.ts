// A plan cut into parts, each of which is a task of a scheduler: whole strands, in the order of their members, as many as
// take about as long as a task should. Pure: what a strand costs was measured by others.

/** What is trained in one task. */
export interface Part {
  /** Places of its members, in order. */
  readonly members: readonly number[];
}

/** What a part may not cut: members that are trained together or not at all. */
export interface Piece {
  readonly members: readonly number[];
  /** Threads that it keeps busy. */
  readonly width: number;
  /** How long it takes of one thread, in any unit, the same for all. */
  readonly cost: number;
}

/**
 * Parts of at least so many members; the last may have fewer.
 * @param members an integer ≥ 1. A piece that has more stays whole.
 */
export function partsOfMembers(pieces: readonly Piece[], members: number): Part[] {
  const parts: number[][] = [];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (last === undefined || last.length >= members) parts.push([...piece.members]);
    else last.push(...piece.members);
  }
  return parts.map(partOf);
}

/**
 * Parts that take about equally long on so many threads, and no longer than `target` where pieces allow.
 * @param target in the unit of the pieces' costs, as the time of a whole part. @param threads of a part.
 */
export function partsOfTime(pieces: readonly Piece[], target: number, threads: number): Part[] {
  const batches = batchesOf(pieces, threads);
  const total = batches.reduce((sum, { time }) => sum + time, 0);
  const count = Math.max(1, Math.min(batches.length, Math.ceil(total / target)));
  const parts = Array.from({ length: count }, (): number[] => []);
  let done = 0;
  for (const { members, time } of batches) {
    // The part in which the batch's middle lies when the whole is cut evenly.
    const at = total === 0 ? 0 : Math.min(count - 1, Math.floor((count * (done + time / 2)) / total));
    parts[at]!.push(...members);
    done += time;
  }
  // A batch that takes longer than a part leaves none for the next.
  return parts.filter((part) => part.length > 0).map(partOf);
}

/** How long the longest of some parts takes on so many threads, in the unit of the pieces' costs. */
export function longestPart(parts: readonly Part[], pieces: readonly Piece[], threads: number): number {
  const pieceOf = new Map(pieces.map((piece) => [piece.members[0]!, piece]));
  const times = parts.map(({ members }) => {
    const own = members.map((member) => pieceOf.get(member)).filter((piece) => piece !== undefined);
    return batchesOf(own, threads).reduce((sum, { time }) => sum + time, 0);
  });
  return Math.max(...times);
}

interface Batch {
  readonly members: number[];
  /** On all threads of a part. */
  time: number;
}

/** Pieces that together keep the threads of a part busy: fewer in a part would leave threads idle. */
function batchesOf(pieces: readonly Piece[], threads: number): Batch[] {
  const batches: Batch[] = [];
  let room = 0;
  for (const { members, width, cost } of pieces) {
    if (room <= 0) {
      batches.push({ members: [], time: 0 });
      room = threads;
    }
    const batch = batches.at(-1)!;
    batch.members.push(...members);
    batch.time = Math.max(batch.time, cost / Math.min(width, threads));
    room -= width;
  }
  return batches;
}

function partOf(members: readonly number[]): Part {
  return { members: [...members].sort((a, b) => a - b) };
}
