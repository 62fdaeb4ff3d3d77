// The options by which a command distills an ensemble into one net.

import { DISTILL_OPTIONS, type DistillOptions, SINGLE_NETWORK_OPTIONS } from '../../distillation/options.js';
import { failOption } from '../../errors.js';
import { statedOptions } from '../../option-names.js';
import type { GivenOptions } from './command.js';
import { QUERY_ROWS, READING_ROWS } from './data-flags.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';
import { trainingRows } from './training-flags.js';

const single = rowsIn('single');

const SINGLE_ROW = single.flag(
  'single',
  'one net in place of the ensemble, trained on what it says of the rows of `data`; its loss is said',
  { common: true },
);

const LIKE_LARGEST = 'as of the ensemble’s largest network';

const DEFAULTS: Readonly<Record<string, string | undefined>> = {
  hidden: LIKE_LARGEST,
  layers: LIKE_LARGEST,
  image: LIKE_LARGEST,
  activation: LIKE_LARGEST,
  epochs: '40',
};

/** Those that have an effect with {@link SINGLE_ROW} alone. */
const OWN_ROWS: readonly OptionRow[] = [
  single.path('data', 'file of rows for `single`, best the one that the ensemble was trained on', {
    common: true,
  }),
  single.path('heldOut', 'file of rows that judge alone, in place of a share', {
    defaultText: 'the test rows of the training, or a share',
  }),
  single.of(DISTILL_OPTIONS, 'heldOutShare', { argument: 'share' }),
  single.of(DISTILL_OPTIONS, 'copies', { argument: 'n' }),
  single.of(DISTILL_OPTIONS, 'swapShare', { argument: 'share' }),
  single.of(DISTILL_OPTIONS, 'seed', { argument: 'n' }),
  ...trainingRows()
    .filter(({ name }) => (SINGLE_NETWORK_OPTIONS as readonly string[]).includes(name))
    .map(({ defaultText, common: _, ...row }): OptionRow => {
      const own = DEFAULTS[row.name] ?? defaultText;
      return { ...row, group: 'single', ...(own === undefined ? {} : { defaultText: own }) };
    }),
  ...READING_ROWS.map((row): OptionRow => ({ ...row, group: 'single' })),
];

export const SINGLE_ROWS: readonly OptionRow[] = [SINGLE_ROW, ...OWN_ROWS];

/** Those of a command that does nothing else, whose rows are an argument. */
export const DISTILL_ROWS: readonly OptionRow[] = [
  ...OWN_ROWS.filter(({ name }) => name !== 'data').map(
    (row): OptionRow => ({ ...row, common: ['heldOut', 'hidden'].includes(row.name) }),
  ),
  ...QUERY_ROWS,
];

/** @throws ERR_OPTION for an option that has an effect with `single` alone, where it is not given. */
export function requireSingle(given: GivenOptions): void {
  const stray = OWN_ROWS.find(({ name }) => given[name] !== undefined);
  if (stray !== undefined) failOption(stray.name, 'absent unless `single` is given', given[stray.name]);
}

/** What they say to distilling; what they are is checked there. */
export function distillOptionsOf(given: GivenOptions): DistillOptions {
  const names = ['copies', 'swapShare', 'seed', 'aggregator', 'clip', ...SINGLE_NETWORK_OPTIONS] as const;
  return statedOptions(given, names) as DistillOptions;
}
