// The commands there are. Each one's own module is loaded only when it is the one asked for, because what a command
// imports is most of a short run's time.

import type { CommandList } from './options/command.js';
import type { CommandOptions } from './options/usage-errors.js';

export const COMMANDS: CommandList = {
  train: {
    summary: 'train an ensemble on a data file and measure it',
    load: () => import('./commands/train/train.js'),
  },
  auto: {
    summary: 'search for the best ensemble within a time',
    load: () => import('./commands/auto/auto.js'),
  },
  boost: {
    summary: 'boost nets on a data file: each is taught what those before it leave',
    load: () => import('./commands/boost/boost.js'),
  },
  extend: {
    summary: 'train more members of a saved ensemble, or those that are missing',
    load: () => import('./commands/train/extend.js'),
  },
  resume: {
    summary: 'go on with a training that was kept in a folder',
    load: () => import('./commands/train/resume.js'),
  },
  plan: {
    summary: 'write what train would train as a folder, which any number of machines train in parts',
    load: () => import('./commands/plan/plan.js'),
  },
  'train-members': {
    summary: 'train members of a plan, on any machine that has its folder',
    load: () => import('./commands/plan/train-members.js'),
  },
  collect: {
    summary: 'make one ensemble of what was trained of a plan, and measure it',
    load: () => import('./commands/plan/collect.js'),
  },
  cv: {
    summary: 'cross-validate a training: an ensemble for each fold of a data file, scored on it',
    load: () => import('./commands/cv.js'),
  },
  describe: {
    summary: 'say what each column of a data file is taken for, and why',
    load: () => import('./commands/describe.js'),
  },
  split: {
    summary: 'write the rows that a test share trains on and holds out as two CSV files',
    load: () => import('./commands/split.js'),
  },
  predict: { summary: 'predict the rows of a data file', load: () => import('./commands/predict.js') },
  serve: {
    summary: 'answer HTTP requests with the predictions of a saved ensemble',
    load: () => import('./commands/serve.js'),
  },
  evaluate: {
    summary: 'score a saved ensemble on a data file',
    load: () => import('./commands/evaluate.js'),
  },
  report: {
    summary: 'write a page that says what a saved ensemble is and how far to trust it',
    load: () => import('./commands/report.js'),
  },
  inspect: { summary: 'say what is in a saved ensemble', load: () => import('./commands/inspect.js') },
  card: {
    summary: 'write the model card of a saved ensemble',
    load: () => import('./commands/card.js'),
  },
  export: {
    summary: 'write a saved ensemble in a format of other programs, such as ONNX',
    load: () => import('./commands/export.js'),
  },
  calibrate: {
    summary: 'fit what makes probabilities mean what they say, and guarantees, on a data file',
    load: () => import('./commands/calibrate.js'),
  },
  select: {
    summary: 'choose the members that make the best average, on rows they were not trained on',
    load: () => import('./commands/select.js'),
  },
  prune: {
    summary: 'keep a few members of a saved ensemble, and say what that costs',
    load: () => import('./commands/prune.js'),
  },
  distill: {
    summary: 'train one net to answer as a saved ensemble does, and say what that costs',
    load: () => import('./commands/distill.js'),
  },
  refit: {
    summary: 'train the members of a saved ensemble once more, on all rows of a data file',
    load: () => import('./commands/refit.js'),
  },
  leaderboard: {
    summary: 'say what a saved ensemble owes to each of its members, on a data file',
    load: () => import('./commands/leaderboard.js'),
  },
  compare: {
    summary: 'compare saved ensembles on the same rows of a data file',
    load: () => import('./commands/compare.js'),
  },
  importance: {
    summary: 'say how much each column of a data file matters to a saved ensemble',
    load: () => import('./commands/importance.js'),
  },
  diagnose: {
    summary: 'find the rows, the labels and the parts of a data file that a saved ensemble does badly on',
    load: () => import('./commands/diagnose.js'),
  },
  measure: {
    summary: "measure how members' errors correlate, from predictions of any library",
    load: () => import('./commands/measure.js'),
  },
  sources: {
    summary: "measure which source of chance makes members' errors differ",
    load: () => import('./commands/sources.js'),
  },
  'compare-masks': {
    summary: 'compare the ways to predict with a dropout net: weight scaling, means over masks',
    load: () => import('./commands/compare-masks.js'),
  },
  attack: {
    summary: 'score a saved ensemble on rows that are moved against it',
    load: () => import('./commands/attack.js'),
  },
  worker: {
    summary: 'train members of a cluster’s trainings on this machine, until asked to end',
    load: () => import('./commands/worker.js'),
  },
  doctor: {
    summary: 'check that this machine has what trainings need',
    load: () => import('./commands/doctor/doctor.js'),
  },
  completion: {
    summary: 'print the script that completes commands and options in a shell',
    load: async () => {
      const { completionCommand } = await import('./commands/completion/completion.js');
      return { command: completionCommand(COMMANDS) };
    },
  },
};

/** The options of every command. */
export async function commandOptions(): Promise<CommandOptions> {
  const all = Object.entries(COMMANDS).map(
    async ([name, { load }]) => [name, (await load()).command.options] as const,
  );
  return new Map(await Promise.all(all));
}
