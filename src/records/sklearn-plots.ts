// What DVC draws of the test rows beside tables of numbers: the files that DVCLive makes of scikit-learn’s curves, and what
// dvc.yaml says of each.

import type { RowCurves } from './figures.js';

/** A file of `plots/sklearn`, and how it is drawn. */
export interface SklearnPlot {
  readonly name: string;
  readonly data: object;
  readonly config: Readonly<Record<string, string>>;
}

/** Above so many rows the matrix, an entry a row, is no file for git. */
const MOST_CONFUSED_ROWS = 20_000;

/** The plots of some rows; none of regressions. ROC and calibration are of two classes. */
export function sklearnPlots({ confusion, roc, calibration }: RowCurves): SklearnPlot[] {
  return [
    ...(confusion === null || confusion.rows > MOST_CONFUSED_ROWS ? [] : [confusionPlot(confusion)]),
    ...(roc === null ? [] : [rocPlot(roc)]),
    ...(calibration === null ? [] : [calibrationPlot(calibration)]),
  ];
}

function confusionPlot({ classes, counts }: NonNullable<RowCurves['confusion']>): SklearnPlot {
  const data = classes.flatMap((actual, row) =>
    classes.flatMap((predicted, column) =>
      Array.from({ length: counts[row]![column]! }, () => ({ actual, predicted })),
    ),
  );
  const config = { template: 'confusion', x: 'actual', y: 'predicted', title: 'Confusion Matrix' };
  return {
    name: 'confusion_matrix',
    data,
    config: { ...config, x_label: 'True Label', y_label: 'Predicted Label' },
  };
}

function rocPlot(points: NonNullable<RowCurves['roc']>): SklearnPlot {
  const data = points.map(({ falsePositiveRate: fpr, truePositiveRate: tpr, threshold }) => ({
    fpr,
    tpr,
    threshold,
  }));
  const title = 'Receiver operating characteristic (ROC)';
  const config = { template: 'simple', x: 'fpr', y: 'tpr', title };
  return {
    name: 'roc',
    data: { roc: data },
    config: { ...config, x_label: 'False Positive Rate', y_label: 'True Positive Rate' },
  };
}

function calibrationPlot(points: NonNullable<RowCurves['calibration']>): SklearnPlot {
  const data = points.map(({ predicted, observed }) => ({ prob_true: observed, prob_pred: predicted }));
  const config = { template: 'simple', x: 'prob_pred', y: 'prob_true', title: 'Calibration Curve' };
  return {
    name: 'calibration',
    data: { calibration: data },
    config: { ...config, x_label: 'Mean Predicted Probability', y_label: 'Fraction of Positives' },
  };
}
