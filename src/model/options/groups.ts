// The groups that options of training stand in, in the order of the help and of the reference: the words that
// `tutti help train GROUP` takes, each with its heading. It knows no option; each says its group itself.

export const TRAINING_GROUPS = {
  ensemble: 'The ensemble',
  resampling: 'Resampling',
  network: 'The networks',
  training: 'Training',
  stopping: 'Early stopping',
  dropout: 'Dropout',
  regularization: 'Regularization',
  adversarial: 'Adversarial training',
  tying: 'Tying',
  sharing: 'Shared weights',
  neighbours: 'Nearest neighbours',
  trees: 'Boosted trees',
  modules: 'Modules of your own',
  run: 'The run',
} as const;

export type TrainingGroup = keyof typeof TRAINING_GROUPS;
