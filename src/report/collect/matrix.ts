// How members err together, pair by pair: from the k × k means of products of their errors.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import type { ErrorCorrelation } from '../../measure/correlation/error-report.js';
import { clusterOrder } from '../charts/order-by-clusters.js';
import type { MatrixData } from '../page/page-data.js';

type Products = readonly (readonly (number | null)[])[];

/** Null without the matrix, which takes two members and at most 128. */
export function matrixOf(
  { members }: Pick<TrainedEnsemble, 'members'>,
  { covariance }: Pick<ErrorCorrelation, 'covariance'>,
): MatrixData | null {
  if (covariance === null || covariance.length < 2) return null;
  const correlation = covariance.map((row, i) => row.map((_, j) => correlationAt(covariance, i, j)));
  const distances = correlation.map((row, i) =>
    row.map((own, j) => (i === j ? 0 : own === null ? null : 1 - own)),
  );
  const order = clusterOrder(distances);
  return {
    order: order.map((at) => members[at]!.index),
    correlation: order.map((i) => order.map((j) => correlation[i]![j]!)),
  };
}

function correlationAt(products: Products, i: number, j: number): number | null {
  const [own, first, second] = [products[i]![j], products[j]![j], products[i]![i]];
  if (own == null || first == null || second == null || first <= 0 || second <= 0) return null;
  return i === j ? 1 : own / Math.sqrt(first * second);
}
