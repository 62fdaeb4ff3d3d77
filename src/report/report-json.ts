// What was measured of an ensemble, for programs.

import type { EnsembleReport } from './ensemble-report.js';
import { measurementJson } from './measurement-json.js';

/** A training's report as `--json` prints it: each set of rows under its name, null where there are none. */
export function reportJson({ targets, outOfBag, test, honestTest, activeUnits }: EnsembleReport) {
  return {
    outOfBag: outOfBag && measurementJson(outOfBag, targets),
    test: test && measurementJson(test, targets),
    honestTest,
    activeUnits,
  };
}

/** The report of one set of rows: its figures at the top. */
export function testJson({ targets, test, activeUnits }: EnsembleReport): object {
  return {
    ...(test === null ? {} : measurementJson(test, targets)),
    ...(activeUnits === null ? {} : { activeUnits }),
  };
}
