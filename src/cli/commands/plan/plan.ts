// `tutti plan`: what `tutti train` would train, as a folder that any number of machines train in parts.

import { join } from 'node:path';
import { failOption } from '../../../errors.js';
import { quoted } from '../../../files/shell-word.js';
import { openPlan } from '../../../plan-folder/open-plan.js';
import { modulesInFolder } from '../../../plan-folder/planned-modules.js';
import { writePlan } from '../../../plan-folder/write-plan.js';
import { createPool } from '../../../pool/pool.js';
import { counted } from '../../../report/words.js';
import { rememberModules } from '../../files/trusted-modules.js';
import { type CommandDefinition, DATA_FILE, type GivenOptions } from '../../options/command.js';
import { JOB_ROWS } from '../../options/job-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import { ISOLATE_ROW } from '../../options/pool-flags.js';
import { rowsIn } from '../../options/rows.js';
import { plannedRows, resolveTrainSettings } from '../../options/train-settings.js';
import { endWithProcess } from '../../terminal/ending.js';
import { stoppable } from '../../terminal/stoppable.js';
import { note, print, printJson } from '../../terminal/terminal.js';
import { noteOfTraining } from '../train/kept-run.js';
import { loadFor, modulesNamed, requestOf } from '../train/train-run.js';
import { headerLines } from '../train/train-text.js';
import { jobJson, jobLines, writeJobs } from './plan-jobs.js';
import { planNote } from './plan-note.js';

const run = rowsIn('run');

const PLAN_ROWS = plannedRows([
  run.path('out', 'folder to write the plan into', { short: 'o', argument: 'folder', common: true }),
  ISOLATE_ROW,
  ...JOB_ROWS,
]);

export const command: CommandDefinition = {
  arguments: [DATA_FILE],
  options: PLAN_ROWS,
  examples: [
    'tutti plan digits.csv --target digit --members 200 --hidden 64 --epochs 40 --seed 1 --out digits-plan',
    'tutti plan digits.csv --target digit --members 1000 --out digits-plan --for slurm --at-once 64',
    'tutti train-members --plan digits-plan --members 0-99',
    'tutti collect digits-plan --out digits.tutti',
  ],
  run: ([file], given, origins) => plan(file!, given, origins),
};

async function plan(file: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const { out: folder, ...others } = given;
  if (typeof folder !== 'string' || folder === '')
    failOption('out', 'the path of a folder for the plan', folder);
  const settings = await resolveTrainSettings(others, origins, PLAN_ROWS);
  if (file === '-' && settings.test === '-')
    failOption('test', 'a file, as standard input is trained on', '-');
  const request = requestOf(file, settings);
  const { isolate, jobs, json, quiet } = settings;
  const data = await loadFor(request, origins, quiet);
  const options = { ...settings.training, seed: request.seed };
  const modules = await modulesNamed(settings.training);
  const stopped = await stoppable(null, quiet, ({ signal }) => {
    const runner =
      isolate === undefined ? {} : { runner: endWithProcess(createPool({ threads: 1, isolate })) };
    const own = planNote(noteOfTraining(request, { isolate }), data);
    return writePlan(folder, data.train, options, { test: data.test, note: own, signal, ...runner });
  });
  if ('status' in stopped) return stopped.status;
  const { result: written } = stopped;
  // Whoever plans with modules has said that they may run: also when the plan is trained.
  await rememberModules([...modules, ...modulesInFolder(await openPlan(folder))]);
  const { strands, hash, settled } = written;
  const members = written.plan.members.length;
  if (!quiet) {
    const say = json ? note : print;
    for (const line of [...settings.notes, ...headerLines(data, request, null)]) say(line);
  }
  const job =
    jobs === null
      ? null
      : await writeJobs(written, jobs, { folder, dataset: data.train, quiet, ...(isolate && { isolate }) });
  if (job !== null && 'status' in job) return job.status;
  if (json) {
    const { seed, arithmetic } = written.plan;
    printJson({
      folder,
      file,
      hash,
      seed,
      arithmetic,
      members,
      strands: strands.length,
      rows: data.train.rows,
      settled: settled.length,
      ...(job !== null && jobs !== null && { jobs: jobJson(job, jobs) }),
    });
    return 0;
  }
  const apart =
    strands.length === members ? '' : `, ${counted(strands.length, 'part')} that can be trained apart`;
  print(`Planned ${counted(members, 'member')}${apart}: ${folder} (plan ${hash.slice(0, 12)})`);
  const collecting = `tutti collect ${quoted(folder)} --out ${quoted(`${join(folder, '..', 'ensemble')}.tutti`)}`;
  if (job !== null && jobs !== null) {
    for (const line of jobLines(job, jobs, collecting)) print(line);
    return 0;
  }
  print(`Train them anywhere: tutti train-members --plan ${quoted(folder)} --members 0-${members - 1}`);
  print(`Then:                ${collecting}`);
  return 0;
}
