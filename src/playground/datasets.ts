// The data of the playground: two that are drawn from streams of their own, so that their decision surface can be seen, and
// two that are kept. Every number of theirs is the same in every JavaScript.

import { Dataset } from '../data/dataset/dataset.js';
import { splitRows } from '../data/split.js';
import { cos } from '../math/functions.js';
import { RandomStream, streamKey } from '../math/random.js';
import type { ClassArrays, DatasetName } from './client/protocol.js';
import { embeddedRows } from './embedded.js';

/** Rows before they are split. */
interface Rows {
  /** [rows, features]. */
  readonly x: readonly number[];
  readonly features: number;
  readonly labels: readonly number[];
  readonly classes: readonly string[];
}

interface Source {
  rows(): Rows;
  readonly testShare: number;
}

/** A dataset in its two parts, as typed arrays that `Dataset.fromArrays` takes. */
export interface SplitArrays {
  readonly train: ClassArrays;
  readonly test: ClassArrays;
}

/** Of the draws and splits of all datasets: what varies is who is trained on them. */
const SEED = 1;

const SOURCES: Readonly<Record<DatasetName, Source>> = {
  moons: { rows: () => drawn(1, 400, moon), testShare: 0.75 },
  spirals: { rows: () => drawn(2, 600, spiral), testShare: 0.75 },
  iris: { rows: () => kept(embeddedRows.iris), testShare: 0.3 },
  digits: { rows: () => kept(embeddedRows.digits), testShare: 0.3 },
};

/** The rows of a dataset, a share of each class held out. */
export function arraysOf(name: DatasetName): SplitArrays {
  const { rows, testShare } = SOURCES[name];
  const all = rows();
  const labels = Int32Array.from(all.labels);
  const split = splitRows({ rows: labels.length, share: testShare, seed: SEED, labels, groups: null });
  return { train: pick(all, split.train), test: pick(all, split.test) };
}

/** The same as datasets. */
export function datasetsOf(name: DatasetName): {
  readonly train: Dataset<'classification'>;
  readonly test: Dataset<'classification'>;
} {
  const { train: own, test: heldOut } = arraysOf(name);
  const train = Dataset.fromArrays(own);
  const { classes: _, ...others } = heldOut;
  return { train, test: Dataset.fromArrays({ ...others, like: train }) };
}

function pick({ x, features, labels, classes }: Rows, index: Uint32Array): ClassArrays {
  const own = new Float64Array(index.length * features);
  index.forEach((row, at) => {
    own.set(x.slice(row * features, (row + 1) * features), at * features);
  });
  return {
    x: own,
    rows: index.length,
    features,
    labels: Int32Array.from(index, (row) => labels[row]!),
    classes,
  };
}

/** Lines such as `5.1,3.5,1.4,0.2,setosa`. */
function kept(text: string): Rows {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const names = lines.map((cells) => cells.at(-1)!);
  const classes = [...new Set(names)].sort();
  return {
    x: lines.flatMap((cells) => cells.slice(0, -1).map(Number)),
    features: lines[0]!.length - 1,
    labels: names.map((name) => classes.indexOf(name)),
    classes,
  };
}

type Draw = (label: number, stream: RandomStream) => readonly [number, number];

/** Rows of two classes in a plane, one after the other. */
function drawn(number: number, rows: number, draw: Draw): Rows {
  const stream = new RandomStream(streamKey(SEED, 'split', number));
  const labels = Array.from({ length: rows }, (_, row) => row % 2);
  const x = labels.flatMap((label) => draw(label, stream));
  return { x, features: 2, labels, classes: ['one', 'other'] };
}

/** Two half circles that reach into each other, with noise. */
function moon(label: number, stream: RandomStream): readonly [number, number] {
  const angle = Math.PI * stream.uniform();
  const [across, up] = [cos(angle), sine(angle)];
  const noise = () => 0.24 * stream.normal();
  return label === 0
    ? [across - 0.5 + noise(), up - 0.25 + noise()]
    : [0.5 - across + noise(), 0.25 - up + noise()];
}

/** Two arms, each of a turn and a half. */
function spiral(label: number, stream: RandomStream): readonly [number, number] {
  const along = 0.15 + 0.85 * Math.sqrt(stream.uniform());
  const angle = 3 * Math.PI * along + Math.PI * label;
  const noise = () => 0.09 * stream.normal();
  return [1.6 * along * cos(angle) + noise(), 1.6 * along * sine(angle) + noise()];
}

/** The sine by the cosine that is the same everywhere. */
function sine(angle: number): number {
  return cos(angle - Math.PI / 2);
}
