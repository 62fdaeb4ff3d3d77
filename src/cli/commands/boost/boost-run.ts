// What `tutti boost` does once its options are settled: load, boost, save, measure, print.

import { boostEnsemble } from '../../../boosting/boost.js';
import type { Boosted, BoostOptions } from '../../../boosting/options.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import { createPool } from '../../../pool/pool.js';
import { counted, figure } from '../../../report/words.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import { poolOptions } from '../../options/pool-flags.js';
import type { TrainSettings } from '../../options/train-settings.js';
import { endWithProcess } from '../../terminal/ending.js';
import { listenForInterrupt } from '../../terminal/interrupt.js';
import { createShareDisplay } from '../../terminal/progress.js';
import { note, print } from '../../terminal/terminal.js';
import { reportRun } from '../train/report-run.js';
import { saveTrained } from '../train/train-and-save.js';
import { loadFor, requestOf } from '../train/train-run.js';
import { headerLines, trainJson } from '../train/train-text.js';

/**
 * Boosts on a file.
 * @returns the exit status.
 */
export async function runBoost(
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
  // One net is trained at a time, or one run.
  const runner = endWithProcess(createPool(poolOptions(settings, 1)));
  const display = await createShareDisplay(quiet, 'Boosting');
  const interrupt = listenForInterrupt(() => {
    display.stop();
    if (!quiet) note('Stopping; Ctrl-C again ends at once.');
  });
  const unit = options.kind === 'soft' ? 'epoch' : 'net';
  try {
    const started = performance.now();
    const boosted = await boostEnsemble(data.train, {
      ...options,
      ...{ seed: request.seed, runner, signal: interrupt.signal, onInterrupt: 'keep' },
      onProgress: ({ done, of, heldOutLoss, best }) => {
        if (interrupt.signal.aborted) return;
        const text = `${unit} ${done} of at most ${of}, held-out loss ${figure(heldOutLoss, 4)}, best after ${best}`;
        display.update(done / of, text);
      },
    });
    display.stop();
    const trained = { ...boosted.ensemble, wallMs: performance.now() - started };
    const saved = await saveTrained(trained, out);
    if (!json) for (const line of boostLines(boosted, unit)) print(line);
    const { rounds, kept, endedBy } = boosted;
    const run = { ensemble: trained, ...saved, fewerThreads: null, interruptStatus: interrupt.status() };
    return await reportRun(run, data, {
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
  const loss = figure(rounds[kept - 1]!.heldOutLoss, 4);
  const length = unit === 'net' ? '' : `${counted(ensemble.members.length, 'net')} together, `;
  return [
    `Boosted ${length}${counted(rounds.length, unit)}: ${ENDED[endedBy]}; best after ${kept}, held-out loss ${loss}`,
    'It is measured as one predictor: a net by itself means nothing, only their sum does',
  ];
}
