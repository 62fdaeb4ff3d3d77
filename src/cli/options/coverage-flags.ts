// The options that ask for a guarantee: how often intervals or sets are to hold the truth, and how sets are made.

import { COVERAGE_OPTIONS, COVERAGE_USES, type CoverageOptions } from '../../conformal/guarantee-options.js';
import { checkOptions, requireUses } from '../../option-names.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const averaging = rowsIn('averaging');

export const COVERAGE_ROWS: readonly OptionRow[] = [
  averaging.of(COVERAGE_OPTIONS, 'coverage', { argument: 'share' }),
  averaging.of(COVERAGE_OPTIONS, 'conformal'),
];

/** What was asked for, before any work is done for it. @throws ERR_OPTION */
export function coverageOf(command: string, given: GivenOptions): CoverageOptions {
  const names = ['coverage', 'conformal'].filter((name) => given[name] !== undefined);
  const options = Object.fromEntries(names.map((name) => [name, given[name]])) as CoverageOptions;
  checkOptions(command, options, COVERAGE_OPTIONS);
  requireUses(options, COVERAGE_USES);
  return options;
}
