// Members that diverge: dropped, begun again with other streams, or the end of the training.

import { loadData, type TrainingOptions, TuttiError, trainEnsemble } from 'tutti';

const { train } = await loadData('data/diabetes.csv', { target: 'progression', testShare: 0.3, seed: 1 });
/** Too large a step for some members, not for others. */
const options: TrainingOptions = {
  ...{ members: 12, hidden: [32], epochs: 10, optimizer: 'sgd', learningRate: 0.1, seed: 1 },
  arithmetic: 'strict',
};
const some = await trainEnsemble(train, options);
console.log(some.account().failed, some.account().finished);

const all = await trainEnsemble(train, { ...options, onDivergence: 'reseed', reseeds: 5 });
console.log(all.account().reseeded, all.account().finished);

const failed = trainEnsemble(train, { ...options, onDivergence: 'fail' });
await failed.catch((error) => console.log(error instanceof TuttiError && error.code));
