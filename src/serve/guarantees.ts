// Guarantees by what was asked for: to make one sorts the scores of all rows that conformed, so the last few are kept.

import type { Guarantee } from '../conformal/guarantee.js';
import { COVERAGE_OPTIONS, type CoverageOptions } from '../conformal/guarantee-options.js';
import { checkOptions, pickOptions } from '../option-names.js';

/** Each may be as large as the scores of 10 000 rows. */
const MOST_KEPT = 8;

export class Guarantees {
  readonly #make: (asked: CoverageOptions) => Guarantee | null;
  readonly #kept = new Map<string, Guarantee>();

  constructor(make: (asked: CoverageOptions) => Guarantee | null) {
    this.#make = make;
  }

  /** Null where no coverage is asked for. @throws ERR_OPTION, ERR_DATA for one that cannot be had. */
  of(asked: CoverageOptions): Guarantee | null {
    if (asked.coverage === undefined && asked.conformal === undefined) return null;
    const options = pickOptions(asked, COVERAGE_OPTIONS);
    checkOptions('predict', options, COVERAGE_OPTIONS);
    const key = `${options.coverage} ${options.conformal}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = this.#make(options);
    if (made === null) return null;
    if (this.#kept.size === MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(key, made);
    return made;
  }
}
