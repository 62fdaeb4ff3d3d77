// `tutti collect`: one ensemble of what was trained of a plan, measured and saved as `tutti train` would have done it: the same
// file, byte for byte.

import { failOption } from '../../../errors.js';
import { quoted } from '../../../files/shell-word.js';
import { collectFrom } from '../../../plan-folder/collect-plan.js';
import { openPlan, plannedDataset, plannedTest } from '../../../plan-folder/open-plan.js';
import { createPool } from '../../../pool/pool.js';
import { counted } from '../../../report/words.js';
import { ALLOW_MODULE_ROW, checkOutput } from '../../files/input-files.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../../options/command.js';
import { POOL_ROWS, poolFlagsOf, poolOptions } from '../../options/pool-flags.js';
import { rowsIn } from '../../options/rows.js';
import { ALLOW_FAILURES_ROW, OUT_ROW } from '../../options/train-settings.js';
import { endWithProcess } from '../../terminal/ending.js';
import { carryOutOn } from '../train/train-run.js';
import { allowedPaths } from './plan-modules.js';
import { requirePlanNote } from './plan-note.js';

const run = rowsIn('run');

export const command: CommandDefinition = {
  arguments: [{ name: 'plan', description: 'folder that tutti plan wrote' }],
  options: [
    OUT_ROW,
    run.flag('incomplete', 'make an ensemble of the members that are there, should some not be trained yet', {
      common: true,
    }),
    ALLOW_FAILURES_ROW,
    ...POOL_ROWS.map((row) =>
      row.name === 'threads' ? { ...row, description: 'threads to measure on' } : row,
    ),
    ...[ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: ['tutti collect digits-plan --out digits.tutti', 'tutti collect digits-plan --incomplete --json'],
  run: ([folder], given) => collect(folder!, given),
};

/** @returns the exit status that the training would have had. */
async function collect(folder: string, given: GivenOptions): Promise<number> {
  if (folder === '') failOption('plan', 'the path of a folder', folder);
  const opened = await openPlan(folder);
  const { run: planned, data: facts } = requirePlanNote(folder, opened.plan.note);
  const out = given.out as string | undefined;
  await checkOutput(out, []);
  const allowModules = allowedPaths(opened, planned.cwd, given);
  const own = poolFlagsOf(given);
  const members = opened.plan.plan.members.length;
  const on = { threads: own.threads, isolate: own.isolate ?? planned.isolate };
  const pool = endWithProcess(createPool(poolOptions(on, members)));
  const [train, test] = [await plannedDataset(opened), await plannedTest(opened)];
  const request = {
    ...planned.request,
    ...{ out, log: undefined, allowFailures: planned.request.allowFailures || given.allowFailures === true },
  };
  const beside = test === null ? '' : `, ${counted(test.rows, 'row')} to test on`;
  const header = `${folder}: ${counted(members, 'member')} planned on ${request.file}, ${counted(train.rows, 'row')} to train on${beside}`;
  const missing = given.incomplete === true ? 'leave' : 'reject';
  return carryOutOn(
    { ...facts, train, test },
    [header],
    request,
    (rows, how) => collectFrom(opened, rows, { allowModules, missing }, how),
    {
      command: 'collect',
      ...{ pool, json: given.json === true, quiet: given.quiet === true, notes: [] },
      kept: { folder, resume: `tutti train-members --plan ${quoted(folder)}` },
      ...{ membersBefore: 0, collected: true, live: null },
    },
  );
}
