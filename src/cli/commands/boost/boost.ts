// `tutti boost`: nets of which each is taught what those before it leave, one after the other or all together, measured and
// perhaps saved. Ctrl-C keeps what there is.

import {
  BOOST_OPTIONS,
  BOOSTED_NETWORK_OPTIONS,
  type Boosted,
  type BoostOptions,
} from '../../../boosting/options.js';
import { saveEnsemble } from '../../../bundle/save.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import { failOption } from '../../../errors.js';
import { createPool } from '../../../pool/pool.js';
import { counted, figure } from '../../../report/words.js';
import { checkOutput } from '../../files/input-files.js';
import {
  type CommandDefinition,
  DATA_FILE,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../../options/command.js';
import { DATA_ROWS } from '../../options/data-flags.js';
import { INTERVAL_ROWS } from '../../options/figure-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import type { OptionRow } from '../../options/option-row.js';
import { rowsIn } from '../../options/rows.js';
import {
  OUT_ROW,
  resolveTrainSettings,
  type TrainSettings,
  trainRows,
} from '../../options/train-settings.js';
import { endWithProcess } from '../../terminal/ending.js';
import { listenForInterrupt } from '../../terminal/interrupt.js';
import { createShareDisplay } from '../../terminal/progress.js';
import { note, print } from '../../terminal/terminal.js';
import { reportRun } from '../train/report-run.js';
import { loadFor, requestOf } from '../train/train-run.js';
import { headerLines, trainJson } from '../train/train-text.js';

const ensemble = rowsIn('ensemble');

const BOOST_ROWS: readonly OptionRow[] = [
  ensemble.of(BOOST_OPTIONS, 'kind', { common: true }),
  ensemble.of(BOOST_OPTIONS, 'rounds', { argument: 'n', defaultText: '50, of soft 8', common: true }),
  ensemble.of(BOOST_OPTIONS, 'shrinkage', { argument: 'share' }),
  ensemble.of(BOOST_OPTIONS, 'heldOutShare', { argument: 'share' }),
  ensemble.of(BOOST_OPTIONS, 'patience', { argument: 'n', defaultText: '8, of soft 20 epochs' }),
  ensemble.of(BOOST_OPTIONS, 'seed', { argument: 'n' }),
];

/** What each net is, and the file of rows to test on, as of train. */
const OF_TRAIN = new Set<string>([...BOOSTED_NETWORK_OPTIONS, 'test']);

const ROWS: readonly OptionRow[] = [
  ...DATA_ROWS,
  ...BOOST_ROWS,
  ...trainRows().filter(({ name }) => OF_TRAIN.has(name)),
  ...[OUT_ROW, ...INTERVAL_ROWS, JSON_ROW, QUIET_ROW],
];

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
  const { kind, rounds, shrinkage, heldOutShare, patience, seed = 0, ...rest } = given;
  const own = { kind, rounds, shrinkage, heldOutShare, patience };
  const settings = await resolveTrainSettings({ ...rest, seed }, origins, ROWS);
  const { test, out } = settings;
  if (file === '-' && test === '-') failOption('test', 'a file, as standard input is trained on', '-');
  await checkOutput(out, [file, ...(test === undefined ? [] : [test])]);
  const stated = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const nets = Object.fromEntries(
    BOOSTED_NETWORK_OPTIONS.flatMap((name) =>
      settings.training[name] === undefined ? [] : [[name, settings.training[name]]],
    ),
  );
  return runBoost(file, settings, { ...stated, ...nets, seed: Number(seed) } as BoostOptions, origins);
}

async function runBoost(
  file: string,
  settings: TrainSettings,
  options: BoostOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { quiet, json, test = null, out } = settings;
  const request = requestOf(file, settings);
  const data = await loadFor(request, origins, quiet);
  const say = json ? note : print;
  if (!quiet) for (const line of headerLines(data, request, null)) say(line);
  const runner = endWithProcess(createPool({ threads: 1 }));
  const display = await createShareDisplay(quiet, 'Boosting');
  const interrupt = listenForInterrupt(() => {
    display.stop();
    if (!quiet) note('Stopping; Ctrl-C again ends at once.');
  });
  const unit = options.kind === 'soft' ? 'epoch' : 'net';
  try {
    const { boostEnsemble } = await import('../../../boosting/boost.js');
    const started = performance.now();
    const boosted = await boostEnsemble(data.train, {
      ...options,
      ...{ runner, signal: interrupt.signal, onInterrupt: 'keep' },
      onProgress: ({ done, of, heldOutLoss, best }) => {
        if (interrupt.signal.aborted) return;
        const text = `${unit} ${done} of at most ${of}, held-out loss ${figure(heldOutLoss, 4)}, best after ${best}`;
        display.update(done / of, text);
      },
    });
    display.stop();
    const trained = { ...boosted.ensemble, wallMs: performance.now() - started };
    const saved = out === undefined ? null : await saveEnsemble(trained, out);
    if (!json) for (const line of boostLines(boosted, unit)) print(line);
    const { rounds, kept, endedBy } = boosted;
    const run = { ensemble: trained, saved, saveError: null, fewerThreads: null };
    return await reportRun({ ...run, interruptStatus: interrupt.status() }, data, {
      ...{
        out,
        failures: {},
        allowFailures: false,
        kept: null,
        membersBefore: 0,
        live: null,
        log: null,
        file,
      },
      aggregator: data.train.task.kind === 'classification' ? 'geometricMean' : 'arithmeticMean',
      calibrate: null,
      figures: { ...settings.intervals, runner },
      jsonOf: json
        ? (outcome) => ({
            ...trainJson({ ...outcome, file, test, data }),
            boosting: { rounds, kept, endedBy },
          })
        : null,
    });
  } catch (error) {
    const status = interrupt.status();
    if (status === null || error !== interrupt.signal.reason) throw error;
    if (!quiet) note('Stopped: nothing is kept.');
    return status;
  } finally {
    display.stop();
    interrupt.release();
  }
}

const ENDED = {
  rounds: 'all were trained',
  patience: 'no more made it better',
  signal: 'it was interrupted',
} as const;

function boostLines({ rounds, kept, endedBy, ensemble }: Boosted<TrainedEnsemble>, unit: string): string[] {
  const loss = rounds[kept - 1]!.heldOutLoss;
  return [
    `Boosted ${counted(ensemble.members.length, 'net')}: ${counted(rounds.length, unit)}, ${ENDED[endedBy]}; best after ${kept}, held-out loss ${figure(loss, 4)}`,
    'A member by itself means nothing: only their sum does',
  ];
}
