// Where the rows of a cross-validation come from: a table, whose columns are fitted anew on the training rows of each fold,
// or a dataset of arrays, which is scaled anew.

import { columnJudge } from '../../data/columns/file-judge.js';
import { type Judgement, judgeTable } from '../../data/columns/judge-table.js';
import { numbersOf, numericReading } from '../../data/columns/reading.js';
import { Dataset, type Task } from '../../data/dataset/dataset.js';
import { type Fold, type FoldOptions, makeFolds } from '../../data/folds.js';
import type { LoadOptions } from '../../data/load.js';
import {
  fitPreprocessing,
  timesOf as ranksIn,
  transformTable,
  transformTargets,
} from '../../data/preprocessing/preprocessing.js';
import { fitTarget } from '../../data/preprocessing/target.js';
import { fitRowWeights, groupsOf } from '../../data/preprocessing/weights.js';
import { cellError, requireColumn, type Table } from '../../data/table/table.js';
import { failOption } from '../../errors.js';

/** How a table is read for a cross-validation: without a test share, since every row is tested on. */
export type FoldLoadOptions = Omit<LoadOptions, 'testShare' | 'seed' | 'delimiter' | 'encoding'>;

export interface FoldSource {
  readonly task: Task;
  /** What is dealt; places in them are what folds hold. */
  readonly dealt: Pick<FoldOptions, 'rows' | 'labels' | 'classes' | 'groups' | 'times'>;
  /** The table's row of each of them; null for a dataset. */
  readonly tableRows: Uint32Array | null;
  /** Weights of the rows in scores, f32[rows]; null where all are 1. */
  readonly weights: Float32Array | null;
  /** Sentences about how the columns were taken. */
  readonly notes: readonly string[];
  /** The rows to train on, and those to test on in their encoding. */
  datasets(fold: Fold): { readonly train: Dataset; readonly test: Dataset };
}

/** @param time the column that says when a row happened; it is left out of the features. */
export function tableSource(table: Table, load: FoldLoadOptions, time: string | undefined): FoldSource {
  const options = time === undefined ? load : withoutColumn(table, load, time);
  const judgement = judgeTable(table, options);
  const { rows: all, group } = judgement;
  const target = fitTarget(table, judgement.target, all, all);
  const labels = transformTargets({ target }, table, all)!.labels;
  const task: Task =
    target.kind === 'classification'
      ? { kind: target.kind, classes: target.classes }
      : { kind: target.kind, targets: target.columns };
  const classes = task.kind === 'classification' ? task.classes : [];
  const groups = group === null ? null : groupsOf(table, all, group);
  const { time: own } = judgement;
  const ranks = own === null ? null : Float64Array.from(ranksIn(table, all, own));
  const times = time === undefined ? ranks : timesOf(table, all, load, time);
  return {
    task,
    dealt: { rows: all.length, labels, classes, groups, times },
    tableRows: all,
    weights: fitRowWeights(table, all, judgement.weight, null, labels, classes),
    notes: judgement.notes,
    datasets: (fold) => tableFold(table, options, judgement, fold),
  };
}

function tableFold(
  table: Table,
  options: FoldLoadOptions,
  judgement: Judgement,
  { train, test }: Fold,
): { readonly train: Dataset; readonly test: Dataset } {
  const { rows } = judgement;
  const [trainRows, testRows] = [train, test].map((own) => own.map((row) => rows[row]!));
  const preprocessing = fitPreprocessing(table, trainRows!, options, judgement);
  return {
    train: transformTable(preprocessing, table, trainRows!, { classWeights: options.classWeights }),
    test: transformTable(preprocessing, table, testRows!),
  };
}

/** Time orders the rows; as a feature it would only ever be larger in the rows tested on. */
function withoutColumn(table: Table, load: FoldLoadOptions, time: string): FoldLoadOptions {
  const { name } = requireColumn(table, 'time', time);
  const { only, drop = [] } = load;
  if (only !== undefined) return { ...load, only: only.filter((own) => own !== name) };
  return drop.includes(name) ? load : { ...load, drop: [...drop, name] };
}

function timesOf(table: Table, rows: Uint32Array, load: FoldLoadOptions, time: string): Float64Array {
  const column = requireColumn(table, 'time', time);
  const judge = columnJudge(table, [column], load);
  const verdict = judge.verdict(column);
  if (verdict.kind !== 'numeric') failOption('time', 'a column of numbers or dates', time);
  const reading = numericReading(column, verdict.format, judge.words);
  const numbers = numbersOf(table, reading);
  return Float64Array.from(rows, (row) => {
    if (Number.isNaN(numbers[row]))
      throw cellError(table, row, column, 'filled in', 'every row needs its time');
    return numbers[row]!;
  });
}

/** @param times when each row happened. @throws ERR_OPTION for a dataset of a table. */
export function datasetSource(dataset: Dataset, times: Float64Array | null): FoldSource {
  if (dataset.preprocessing !== null) {
    const expected =
      'a dataset of arrays, or the table, so that each fold is preprocessed by its training rows';
    failOption('source', expected, 'a dataset of a table');
  }
  const { rows, labels, groups, task, rowWeights, times: ranks } = dataset;
  const classes = task.kind === 'classification' ? task.classes : [];
  return {
    task,
    dealt: { rows, labels, classes, groups, times: times ?? (ranks ? Float64Array.from(ranks) : null) },
    ...{ tableRows: null, weights: rowWeights, notes: [] },
    datasets(fold) {
      const train = rowsOfDataset(dataset, fold.train, null);
      return { train, test: rowsOfDataset(dataset, fold.test, train) };
    },
  };
}

/** Some rows of a dataset of arrays, scaled by themselves or like others; those tested on have no weights or groups. */
export function rowsOfDataset(dataset: Dataset, index: Uint32Array, like: Dataset | null): Dataset {
  const {
    task,
    features,
    x,
    labels,
    targets,
    rowWeights,
    groups,
    tangents,
    encoding,
    rows,
    times,
    timeGap = 0,
  } = dataset;
  const pick = (values: ArrayLike<number>, width: number) => {
    const own = new Float64Array(index.length * width);
    for (let at = 0; at < index.length; at++) {
      for (let i = 0; i < width; i++) own[at * width + i] = values[index[at]! * width + i]!;
    }
    return own;
  };
  const picked = pick(x, features);
  const truth =
    task.kind === 'classification'
      ? { labels: pick(labels, 1), ...(like === null ? { classes: task.classes } : {}) }
      : {
          targets: pick(targets, task.targets.length),
          ...(like === null
            ? {
                targetNames: task.targets,
                targetScaling: encoding.targets.map?.kind ?? ('standard' as const),
              }
            : {}),
        };
  const { scaling = 'columns', clipShape } = encoding.features ?? {};
  const softClip = encoding.features?.softClip?.[0] ?? null;
  const scaled = encoding.features !== null;
  return Dataset.fromArrays({
    ...{ rows: index.length, features, ...truth },
    x: x instanceof Float32Array ? Float32Array.from(picked) : picked,
    ...(like === null
      ? {
          ...{ standardise: scaled, ...(scaled ? { softClip, scaling } : {}) },
          ...(clipShape === undefined ? {} : { clipShape }),
          ...(rowWeights === null ? {} : { rowWeights: pick(rowWeights, 1) }),
          ...(groups === null ? {} : { groups: pick(groups, 1) }),
          ...(times === undefined ? {} : { times: pick(times, 1), timeGap }),
          ...(tangents === null ? {} : { tangents: pick(tangents, tangents.length / rows) }),
        }
      : { like }),
  });
}

/** The folds of a source. @throws as `makeFolds`. */
export function foldsOfSource(
  source: FoldSource,
  how: Pick<FoldOptions, 'folds' | 'repeats' | 'seed' | 'gap'>,
): readonly Fold[] {
  return makeFolds({ ...source.dealt, ...how });
}
