// `tutti boost`: nets of which each is taught what those before it leave, one after the other or all together, measured and
// perhaps saved. Ctrl-C keeps what there is.

import { BOOST_OPTIONS, BOOSTED_NETWORK_OPTIONS, type BoostOptions } from '../../../boosting/options.js';
import { failOption } from '../../../errors.js';
import { pickOptions, statedOptions } from '../../../option-names.js';
import { checkOutput } from '../../files/input-files.js';
import {
  type CommandDefinition,
  DATA_FILE,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../../options/command.js';
import { fromConfig, readConfig } from '../../options/config-file.js';
import { DATA_ROWS, QUERY_ROWS } from '../../options/data-flags.js';
import { INTERVAL_ROWS } from '../../options/figure-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import type { OptionRow } from '../../options/option-row.js';
import { rowsIn } from '../../options/rows.js';
import { OUT_ROW, resolveTrainSettings, trainRows } from '../../options/train-settings.js';

const ensemble = rowsIn('ensemble');

const OWN = {
  kind: BOOST_OPTIONS.kind,
  rounds: BOOST_OPTIONS.rounds,
  shrinkage: BOOST_OPTIONS.shrinkage,
  heldOutShare: BOOST_OPTIONS.heldOutShare,
  patience: BOOST_OPTIONS.patience,
};

const BOOST_ROWS: readonly OptionRow[] = [
  ensemble.of(OWN, 'kind', { common: true }),
  ensemble.of(OWN, 'rounds', { argument: 'n', defaultText: '50, of soft 8', common: true }),
  ensemble.of(OWN, 'shrinkage', { argument: 'share' }),
  ensemble.of(OWN, 'heldOutShare', { argument: 'share' }),
  ensemble.of(OWN, 'patience', { argument: 'n', defaultText: '8, of soft 20 epochs' }),
];

/** What each net is, its seed, the file of rows to test on and the config file, as of train. */
const OF_TRAIN = new Set<string>([...BOOSTED_NETWORK_OPTIONS, 'seed', 'test', 'threads', 'config']);

/** Where nets that are boosted have other defaults than members. */
const DEFAULTS: Readonly<Record<string, string>> = {
  epochs: '20, of soft 200',
  threads: 'one that trains; more than one predict',
};

const ROWS: readonly OptionRow[] = [
  ...DATA_ROWS,
  ...BOOST_ROWS,
  ...trainRows()
    .filter(({ name }) => OF_TRAIN.has(name))
    .map(
      (row): OptionRow => ({
        ...row,
        searchable: false,
        ...(DEFAULTS[row.name] === undefined ? {} : { defaultText: DEFAULTS[row.name]! }),
      }),
    ),
  ...[OUT_ROW, ...INTERVAL_ROWS, JSON_ROW, QUIET_ROW],
];

/** What a file may set: queries stand in the place of a file of rows, and no file names another. */
const SETTABLE = ROWS.filter((row) => !QUERY_ROWS.includes(row) && row.name !== 'config');

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: ROWS,
  examples: [
    'tutti boost prices.csv --target price --test-share 0.3 --out prices.tutti',
    'tutti boost digits.csv --target digit --kind soft --rounds 8 --seed 1',
  ],
  run: ([file], given, origins) => boost(file!, given, origins),
};

async function boost(file: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const { config: _config, ...flags } = given;
  const fromFile = await fromConfig(given, origins, (path) => readConfig(path, SETTABLE, []));
  const values: GivenOptions = { ...fromFile, ...flags };
  const {
    kind: _,
    rounds: _rounds,
    shrinkage: _share,
    heldOutShare: _held,
    patience: _patience,
    ...rest
  } = values;
  const settings = await resolveTrainSettings(rest, origins, ROWS);
  const { test, out, training } = settings;
  if (file === '-' && test === '-') failOption('test', 'a file, as standard input is trained on', '-');
  await checkOutput(out, [file, ...(test === undefined ? [] : [test])]);
  const nets = statedOptions(training, BOOSTED_NETWORK_OPTIONS);
  const { runBoost } = await import('./boost-run.js');
  return runBoost(file, settings, { ...pickOptions(values, OWN), ...nets } as BoostOptions, origins);
}
