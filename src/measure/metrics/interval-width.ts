import { CENTRAL_DEVIATE } from './interval-coverage.js';
import { varianceMetric } from './target-losses.js';

export const intervalWidth = varianceMetric(
  {
    name: 'intervalWidth',
    title: 'width of 90 % intervals',
    says: 'mean width of those intervals, in the target’s units',
    better: 'less',
    written: 'figure',
  },
  width,
);

function width(_: number, deviation: number): number {
  return 2 * CENTRAL_DEVIATE * deviation;
}
