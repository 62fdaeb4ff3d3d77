// Greedy selection by a judge, and what such a selection is worth on rows that it was not made on. Knows predictions
// as tables of numbers and nothing of ensembles.

import { betweenBlocks } from '../../long-calls.js';
import { mean, variance } from '../../math/statistics.js';
import { type Judge, type PredictionTable, range } from './selection-judges.js';

export interface GreedySelection {
  /** Every addition with the score it led to. */
  readonly path: readonly { readonly member: number; readonly score: number }[];
  /** The shortest start of the path with the best score. */
  readonly chosen: readonly number[];
}

/** Adds `size` times the member that makes the judged average best; the first of equals. */
export async function selectGreedily(
  judge: Judge,
  members: number,
  size: number,
  signal?: AbortSignal,
): Promise<GreedySelection> {
  const path = await addGreedily(judge, members, size, false, signal);
  const length = smallestAt(path.map(({ score }) => score)) + 1;
  return { path, chosen: path.slice(0, length).map(({ member }) => member) };
}

/** Adds `size` different members, each time the one that makes the judged average best; the first of equals. */
export async function selectDistinct(
  judge: Judge,
  members: number,
  size: number,
  signal?: AbortSignal,
): Promise<GreedySelection> {
  const path = await addGreedily(judge, members, size, true, signal);
  return { path, chosen: path.map(({ member }) => member) };
}

async function addGreedily(
  judge: Judge,
  members: number,
  size: number,
  once: boolean,
  signal?: AbortSignal,
): Promise<GreedySelection['path'][number][]> {
  const taken = new Set<number>();
  const all = range(members);
  const path: GreedySelection['path'][number][] = [];
  while (path.length < size) {
    const scores = all.map((at) => (taken.has(at) ? Number.POSITIVE_INFINITY : judge.scoreWith(at)));
    const member = smallestAt(scores);
    judge.add(member);
    if (once) taken.add(member);
    path.push({ member, score: scores[member]! });
    await betweenBlocks(signal);
  }
  return path;
}

/** The first position of the smallest value. */
export function smallestAt(values: readonly number[]): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! < values[best]!) best = at;
  return best;
}

/** Means over parts of the rows, each scored by selections made on the other parts. */
export interface SelectionCheck {
  readonly parts: number;
  readonly score: number;
  /** Of all members equally, on those same rows. */
  readonly equalWeights: number;
  /** equalWeights − score: above 0 where selecting helps. */
  readonly gain: number;
  /** Of the gain, from its spread over the parts. */
  readonly standardError: number;
}

/** A tenth of the rows at a time: nearly all of them select. */
const PARTS = 10;
/** Fewer rows than this in a part say nothing of a gain. */
const LEAST_PART_ROWS = 3;

/** Whether selecting helps on rows it was not made on by more than chance: by two standard errors. */
export function helps({ gain, standardError }: SelectionCheck): boolean {
  return gain > 2 * standardError;
}

/**
 * Selects on all parts of the rows but one and scores there; null where the rows are too few. Every tenth row makes a
 * part, so that sorted rows are dealt out evenly.
 *
 * **Source:** Stone 1974, Cross-validatory choice and assessment of statistical predictions.
 */
export async function checkSelection(
  table: PredictionTable,
  judgeOf: (table: PredictionTable) => Judge,
  size: number,
  signal?: AbortSignal,
  select: typeof selectGreedily = selectGreedily,
): Promise<SelectionCheck | null> {
  if (table.rows < PARTS * LEAST_PART_ROWS) return null;
  const members = table.terms.length;
  const scores: { readonly selected: number; readonly equally: number }[] = [];
  for (const part of range(PARTS)) {
    const [others, own] = [false, true].map((inside) =>
      range(table.rows).filter((row) => (row % PARTS === part) === inside),
    );
    const { chosen } = await select(judgeOf(rowsOf(table, others!)), members, size, signal);
    const judge = judgeOf(rowsOf(table, own!));
    scores.push({ selected: judge.scoreOf(chosen), equally: judge.scoreOf(range(members)) });
  }
  const gains = scores.map(({ selected, equally }) => equally - selected);
  return {
    parts: PARTS,
    score: mean(scores.map(({ selected }) => selected)),
    equalWeights: mean(scores.map(({ equally }) => equally)),
    gain: mean(gains),
    standardError: Math.sqrt(variance(gains) / (PARTS - 1)),
  };
}

/** Those rows of a table. */
function rowsOf(table: PredictionTable, rows: readonly number[]): PredictionTable {
  const { outputs, terms, counted, labels, targets } = table;
  const wide = <Values extends Float32Array | Float64Array>(values: Values): Values => {
    const picked = new (values.constructor as new (length: number) => Values)(rows.length * outputs);
    for (const [to, row] of rows.entries()) {
      picked.set(values.subarray(row * outputs, (row + 1) * outputs), to * outputs);
    }
    return picked;
  };
  return {
    ...{ rows: rows.length, outputs },
    terms: terms.map((own) => wide(own)),
    counted: counted === null ? null : counted.map((own) => Uint8Array.from(rows, (row) => own[row]!)),
    labels: Int32Array.from(rows, (row) => labels[row]!),
    targets: targets.length === 0 ? targets : wide(targets),
  };
}
