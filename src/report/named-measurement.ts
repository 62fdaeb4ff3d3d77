// Measurements that stand side by side in what is printed, each under its name.

import type { Measurement } from '../measure/measurement.js';

/** A measurement and what its rows are called: `out of bag`, `test`. */
export interface NamedMeasurement {
  readonly name: string;
  readonly measurement: Measurement;
}
