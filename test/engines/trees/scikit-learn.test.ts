// Boosted trees beside scikit-learn's HistGradientBoosting of the same settings (scikit-learn.py): where every value has a bin of its
// own, the same answers.

import t from 'tap';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { Dataset, readCsv, type TrainingOptions, trainEnsemble } from '../../../src/index.js';
import { FIGURES } from './scikit-learn.js';

/** Leaves are kept in single precision here, and scikit-learn has its derivatives in it. */
const SAME = 1e-6;
/** Where edges of bins differ. */
const NEAR = 0.02;

interface Figures {
  readonly target: string;
  readonly classes: readonly string[] | null;
  readonly options: TrainingOptions;
  readonly weighed: boolean;
  /** Mean over the rows held out: log-loss, or squared error. */
  readonly loss: number;
  /** Of the first twelve of them: probabilities, or what is predicted. */
  readonly answers: readonly number[];
}

/** Every fourth row of a table, or the others. */
function rowsOf(name: string, { target, classes, weighed }: Figures, held: boolean): Dataset {
  const table = readCsv(`data/${name}.csv`);
  const all = Array.from({ length: table.rows }, (_, row) => row);
  const truth = table.columns.find((column) => column.name === target)!;
  const kept = all.filter((row) => classes === null || classes.includes(truth.text(row)));
  const own = kept.filter((_, at) => (at % 4 === 3) === held);
  const columns = table.columns.filter((column) => column !== truth);
  const x = Float64Array.from(own.flatMap((row) => columns.map((column) => Number(column.text(row)))));
  return Dataset.fromArrays({
    ...{ x, rows: own.length, features: columns.length },
    ...(classes === null
      ? { targets: Float64Array.from(own, (row) => Number(truth.text(row))) }
      : { labels: Int32Array.from(own, (row) => classes.indexOf(truth.text(row))) }),
    ...(weighed && !held ? { rowWeights: Float32Array.from(own, (_, at) => [0.5, 1, 1, 1.5][at % 4]!) } : {}),
  });
}

for (const [name, figures] of Object.entries<Figures>(FIGURES)) {
  t.test(name, async (t) => {
    const [file] = name.split(',');
    const [train, test] = [false, true].map((held) => rowsOf(file!, figures, held)) as [Dataset, Dataset];
    const ensemble = await trainEnsemble(train, {
      ...{ engine: 'trees', members: 1, seed: 1, resample: 'none', earlyStopping: 'none' },
      ...figures.options,
    });
    const isClasses = figures.classes !== null;
    const { mean, outputs } = await predictEnsemble(ensemble, test.x, isClasses ? {} : { clip: false });
    const loss = Array.from({ length: test.rows }, (_, row) =>
      isClasses
        ? -Math.log(mean[row * outputs + test.labels[row]!]!)
        : (mean[row]! - test.targets[row]!) ** 2,
    ).reduce((sum, own) => sum + own / test.rows, 0);
    const scale = isClasses ? 1 : test.encoding.targets.std[0]!;
    const furthest = Math.max(...figures.answers.map((own, at) => Math.abs(own - mean[at]!) / scale));
    const isSame = (figures.options.treeBins as number) === 255;
    t.ok(Math.abs(loss / figures.loss - 1) < (isSame ? SAME : NEAR), `loss ${loss} for ${figures.loss}`);
    if (isSame) t.ok(furthest < SAME, `answers ${furthest} apart`);
  });
}
