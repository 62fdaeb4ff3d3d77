// The groups that options of all commands stand in: the words that `tutti help COMMAND GROUP` takes, each with the
// heading of the help, in its order.

import { TRAINING_GROUPS } from '../../model/options/groups.js';

const { run, ...TRAINING } = TRAINING_GROUPS;

export const GROUPS = {
  predictions: 'The predictions',
  data: 'The data',
  split: 'The split',
  ...TRAINING,
  selection: 'The selection',
  masks: 'The masks',
  attack: 'The attack',
  averaging: 'Averaging',
  figures: 'The figures',
  run,
  server: 'The server',
  cluster: 'On a cluster',
  jobs: 'Job files',
  single: 'One net instead',
  output: 'Output',
} as const;

export type Group = keyof typeof GROUPS;
