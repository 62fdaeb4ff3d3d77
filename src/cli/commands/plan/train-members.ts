// `tutti train-members`: trains members of a plan, on any machine that has its folder. It may be killed, run again and run twice.

import { TuttiError } from '../../../errors.js';
import { quoted } from '../../../files/shell-word.js';
import { openPlan } from '../../../plan-folder/open-plan.js';
import { rangesText } from '../../../plan-folder/planned-results.js';
import { readPlan } from '../../../plan-folder/read-plan.js';
import { type TrainedPart, trainPlanned } from '../../../plan-folder/train-planned.js';
import { createPool } from '../../../pool/pool.js';
import { counted } from '../../../report/words.js';
import { ALLOW_MODULE_ROW } from '../../files/input-files.js';
import { PACE_ROWS, paceOf } from '../../options/checkpoint-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../../options/command.js';
import { FAILURE_ROWS, failureSettingsOf } from '../../options/failure-flags.js';
import { POOL_ROWS, poolFlagsOf, poolOptions } from '../../options/pool-flags.js';
import { rowsIn } from '../../options/rows.js';
import { endWithProcess } from '../../terminal/ending.js';
import { reportFailure } from '../../terminal/failure.js';
import { listenForInterrupt } from '../../terminal/interrupt.js';
import { createProgressDisplay } from '../../terminal/progress.js';
import { note, paletteOf, print, printJson } from '../../terminal/terminal.js';
import { failureTexts } from '../../text/failure-text.js';
import { placesOf } from './places.js';
import { allowedPaths } from './plan-modules.js';
import { parsePlanNote } from './plan-note.js';

const run = rowsIn('run');

const PLAN_ROW = run.path('plan', 'folder that tutti plan wrote', {
  argument: 'folder',
  common: true,
});

export const command: CommandDefinition = {
  arguments: [],
  options: [
    PLAN_ROW,
    run.text('members', 'which members to train, by their places from 0 and ranges of them', {
      short: 'k',
      argument: '0-15,20',
      defaultText: 'all that are not trained yet',
      common: true,
    }),
    ...POOL_ROWS,
    ...PACE_ROWS,
    ...FAILURE_ROWS.filter(({ name }) => name === 'retries').map((row) => ({
      ...row,
      defaultText: 'as it was planned',
    })),
    ...[ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti train-members --plan digits-plan --members 0-15 --threads 8',
    'tutti train-members --plan digits-plan',
  ],
  run: (_words, given) => trainMembers(given),
};

/**
 * @returns 0 when all that was asked for is trained, or failed for good and says so; 1 when trying again may help; the number of
 * a signal and 128 where one came. What is wrong for good is thrown, and ends with 2.
 */
async function trainMembers(given: GivenOptions): Promise<number> {
  const folder = requirePlanFlag(given);
  const opened = await openPlan(folder);
  const { plan, strands } = opened;
  // A program's plan says nothing of how it is run.
  const planned = parsePlanNote(plan.note)?.run ?? null;
  const places =
    given.members === undefined ? undefined : placesOf(String(given.members), plan.plan.members.length);
  const on = poolFlagsOf(given);
  const { retries = planned?.request.failures.retries } = failureSettingsOf(given);
  const quiet = given.quiet === true;
  const options = poolOptions(
    { threads: on.threads, isolate: on.isolate ?? planned?.isolate },
    places?.length ?? strands.length,
  );
  const pace = paceOf(given);
  const allowModules = allowedPaths(opened, planned?.cwd ?? process.cwd(), given);
  const pool = endWithProcess(createPool(options));
  const display = await createProgressDisplay(quiet);
  const interrupt = listenForInterrupt(() => {
    display.stop();
    if (!quiet) note('Stopping when the epochs in training end; Ctrl-C again ends at once.');
  });
  try {
    const part = await trainPlanned(folder, {
      ...{ runner: pool, allowModules, pace, signal: interrupt.signal },
      ...(places === undefined ? {} : { members: places }),
      ...(retries === undefined ? {} : { retries }),
      onProgress: (progress) => {
        if (!interrupt.signal.aborted) display.update(progress);
      },
    });
    display.stop();
    return interrupt.status() ?? (await report(folder, part, given));
  } catch (error) {
    display.stop();
    return statusOf(error, interrupt.status(), folder, quiet);
  } finally {
    display.stop();
    interrupt.release();
  }
}

/** The folder that `--plan` names. @throws ERR_OPTION */
function requirePlanFlag({ plan }: GivenOptions): string {
  if (typeof plan === 'string' && plan !== '') return plan;
  const message = 'Expected `plan` to be the folder that tutti plan wrote, got nothing';
  throw new TuttiError('ERR_OPTION', message, { option: 'plan' });
}

/** Another machine may have the memory that this one lacks. */
function statusOf(error: unknown, signalled: number | null, folder: string, quiet: boolean): number {
  if (signalled !== null && error instanceof TuttiError && error.code === 'ERR_CANCELLED') {
    if (!quiet) note(`Interrupted; what is finished is in ${folder}, and the same command goes on`);
    return signalled;
  }
  if (!(error instanceof TuttiError && error.code === 'ERR_MEMORY')) throw error;
  reportFailure(error);
  return 1;
}

async function report(folder: string, part: TrainedPart, given: GivenOptions): Promise<number> {
  const { members, before, trained, failures, again, replaced } = part;
  const { missing, again: unsure, plan } = await readPlan(folder);
  const left = missing.length + unsure.length;
  for (const { index, text } of failureTexts([...failures, ...again]))
    note(
      `${paletteOf(process.stderr).yellow('tutti:')} ${/^Member \d/.test(text) ? text : `Member ${index} failed: ${text}`}`,
    );
  const quiet = given.quiet === true;
  if (!quiet) for (const file of replaced) note(`${folder}/${file} could not be read, and has been replaced`);
  if (!quiet && again.length > 0)
    note(`The same command tries ${rangesText(again.map(({ index }) => index))} again`);
  const brief = (list: readonly { readonly index: number }[]) => list.map(({ index }) => index);
  if (given.json === true) {
    const counts = { planned: plan.members.length, left };
    printJson({
      plan: folder,
      members,
      trained,
      before,
      failed: brief(failures),
      again: brief(again),
      replaced,
      ...counts,
    });
  } else {
    const there = before.length === 0 ? '' : `; ${counted(before.length, 'member')} had been trained before`;
    print(
      `Trained ${counted(trained.length, 'member')} of ${folder}${trained.length === 0 ? '' : ` (${rangesText(trained)})`}${there}`,
    );
    print(
      left === 0
        ? `All ${plan.members.length} are there: tutti collect ${quoted(folder)} --out FILE`
        : `${left} of ${plan.members.length} are left`,
    );
  }
  return again.length > 0 ? 1 : 0;
}
